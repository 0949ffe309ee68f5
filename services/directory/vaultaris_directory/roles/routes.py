"""HTTP: roles and the permissions attached to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.licences.freezing import admit_restored, fill_places
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_directory.permissions.schemas import PermissionOut
from vaultaris_directory.roles import operations
from vaultaris_directory.roles.models import Role
from vaultaris_directory.roles.repository import Roles
from vaultaris_directory.roles.schemas import PermissionAttachment, RoleCreate, RoleOut, RoleUpdate, role_out
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, One, PageOf, Paging, list_of, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/roles", tags=["roles"], route_class=JsonRoute)


async def _whole(roles: Roles, role: Role) -> RoleOut:
    """A role with what it inherits from."""
    return role_out(role, (await roles.members_of([role.id])).get(role.id, ()))


@router.get("", operation_id="roles-list", dependencies=[allow("roles:read")])
async def list_roles(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    is_composite: Annotated[bool | None, Query()] = None,
    is_system: Annotated[bool | None, Query()] = None,
) -> PageOf[RoleOut]:
    """Sorts by created_at, updated_at or name."""
    wanted = {Role.is_composite: is_composite, Role.is_system: is_system}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        roles = Roles(session, tenant_id)
        rows, total = await roles.page(query, *conditions)
        members = await roles.members_of([row.id for row in rows if row.is_composite])
    return page_of(rows, total, query, lambda row: role_out(row, members.get(row.id, ())))


@router.post("", operation_id="roles-create", status_code=201)
async def create_role(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: RoleCreate,
    principal: Annotated[Principal, allow("roles:create")],
) -> One[RoleOut]:
    """A composite role inherits from the roles in `composite_role_ids`."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        role = await operations.create_role(
            session,
            principal,
            held,
            tenant_id=tenant_id,
            fields=body.model_dump(exclude={"composite_role_ids"}),
            members=body.composite_role_ids,
        )
        await stay_within(session, runtime.get(Licences), tenant_id, "roles")
        answer = await _whole(Roles(session, tenant_id), role)
    set_etag(response, role.version)
    return one(answer)


@router.get("/{role_id}", operation_id="roles-get", dependencies=[allow("roles:read")])
async def read_role(
    request: Request,
    response: Response,
    tenant_id: UUID,
    role_id: UUID,
) -> One[RoleOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        roles = Roles(session, tenant_id)
        role = await roles.get(role_id)
        answer = await _whole(roles, role)
    set_etag(response, role.version)
    return one(answer)


@router.put("/{role_id}", operation_id="roles-update")
async def update_role(
    request: Request,
    response: Response,
    tenant_id: UUID,
    role_id: UUID,
    body: RoleUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("roles:update")],
) -> One[RoleOut]:
    """Merges; `composite_role_ids`, when sent, replaces the whole list."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    changes = body.changes()
    members = changes.pop("composite_role_ids", None)
    async with runtime.database.tenant(tenant_id) as session:
        role = await operations.update_role(
            session, principal, held,
            tenant_id=tenant_id, role_id=role_id, changes=changes, members=members, expected=expected,
        )  # fmt: skip
        answer = await _whole(Roles(session, tenant_id), role)
    set_etag(response, role.version)
    return one(answer)


@router.delete("/{role_id}", operation_id="roles-delete", status_code=204)
async def delete_role(
    request: Request,
    tenant_id: UUID,
    role_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("roles:delete")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await operations.delete_role(session, principal, tenant_id=tenant_id, role_id=role_id, expected=expected)
        await fill_places(session, runtime_of(request).get(Licences), tenant_id, "roles")


@router.post("/{role_id}/restore", operation_id="roles-restore")
async def restore_role(
    request: Request,
    response: Response,
    tenant_id: UUID,
    role_id: UUID,
    principal: Annotated[Principal, allow("roles:restore")],
) -> One[RoleOut]:
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        role = await operations.restore_role(session, principal, held, tenant_id=tenant_id, role_id=role_id)
        await admit_restored(session, runtime.get(Licences), tenant_id, "roles", role)
        answer = await _whole(Roles(session, tenant_id), role)
    set_etag(response, role.version)
    return one(answer)


@router.get("/{role_id}/permissions", operation_id="role-permissions-list", dependencies=[allow("roles:read")])
async def list_role_permissions(
    request: Request,
    tenant_id: UUID,
    role_id: UUID,
) -> ListOf[PermissionOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        roles = Roles(session, tenant_id)
        await roles.get(role_id)
        rows = await roles.permissions_of(role_id)
    return list_of(rows, PermissionOut.model_validate)


@router.post("/{role_id}/permissions", operation_id="role-permissions-add", status_code=204)
async def attach_permission(
    request: Request,
    tenant_id: UUID,
    role_id: UUID,
    body: PermissionAttachment,
    principal: Annotated[Principal, allow("permissions:assign")],
) -> None:
    """Nobody can attach a permission that they don't hold."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.attach_permission(
            session, principal, held, tenant_id=tenant_id, role_id=role_id, permission_id=body.permission_id
        )


@router.delete("/{role_id}/permissions/{permission_id}", operation_id="role-permissions-remove", status_code=204)
async def detach_permission(
    request: Request,
    tenant_id: UUID,
    role_id: UUID,
    permission_id: UUID,
    principal: Annotated[Principal, allow("permissions:assign")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await operations.detach_permission(
            session, principal, tenant_id=tenant_id, role_id=role_id, permission_id=permission_id
        )
