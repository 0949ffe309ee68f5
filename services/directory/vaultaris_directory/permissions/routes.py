"""HTTP: permissions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.licences.freezing import admit_restored, fill_places
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_directory.permissions import operations
from vaultaris_directory.permissions.repository import Permissions, narrowed_to
from vaultaris_directory.permissions.schemas import PermissionCreate, PermissionOut, PermissionUpdate
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/permissions", tags=["permissions"], route_class=JsonRoute)

_out = PermissionOut.model_validate


@router.get("", operation_id="permissions-list", dependencies=[allow("permissions:read")])
async def list_permissions(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    resource: Annotated[str | None, Query(max_length=200)] = None,
    action: Annotated[str | None, Query(max_length=100)] = None,
) -> PageOf[PermissionOut]:
    """Sorts by created_at, updated_at, name or resource."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await Permissions(session, tenant_id).page(query, *narrowed_to(resource, action))
    return page_of(rows, total, query, _out)


@router.post(
    "",
    operation_id="permissions-create",
    status_code=201,
    responses={200: {"model": One[PermissionOut], "description": "An equal permission was there already."}},
)
async def create_permission(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: PermissionCreate,
    principal: Annotated[Principal, allow("permissions:create")],
) -> One[PermissionOut]:
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        permission, is_new = await operations.create_permission(
            session, principal, tenant_id=tenant_id, fields=body.model_dump()
        )
        if is_new:
            await stay_within(session, runtime.get(Licences), tenant_id, "permissions")
    response.status_code = 201 if is_new else 200
    set_etag(response, permission.version)
    return one(_out(permission))


@router.get("/{permission_id}", operation_id="permissions-get", dependencies=[allow("permissions:read")])
async def read_permission(
    request: Request,
    response: Response,
    tenant_id: UUID,
    permission_id: UUID,
) -> One[PermissionOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        permission = await Permissions(session, tenant_id).get(permission_id)
    set_etag(response, permission.version)
    return one(_out(permission))


@router.put("/{permission_id}", operation_id="permissions-update")
async def update_permission(
    request: Request,
    response: Response,
    tenant_id: UUID,
    permission_id: UUID,
    body: PermissionUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("permissions:update")],
) -> One[PermissionOut]:
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        permission = await operations.update_permission(
            session, principal, held,
            tenant_id=tenant_id, permission_id=permission_id, changes=body.changes(), expected=expected,
        )  # fmt: skip
    set_etag(response, permission.version)
    return one(_out(permission))


@router.delete("/{permission_id}", operation_id="permissions-delete", status_code=204)
async def delete_permission(
    request: Request,
    tenant_id: UUID,
    permission_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("permissions:delete")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await operations.delete_permission(
            session, principal, tenant_id=tenant_id, permission_id=permission_id, expected=expected
        )
        await fill_places(session, runtime_of(request).get(Licences), tenant_id, "permissions")


@router.post("/{permission_id}/restore", operation_id="permissions-restore")
async def restore_permission(
    request: Request,
    response: Response,
    tenant_id: UUID,
    permission_id: UUID,
    principal: Annotated[Principal, allow("permissions:restore")],
) -> One[PermissionOut]:
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        permission = await operations.restore_permission(
            session, principal, held, tenant_id=tenant_id, permission_id=permission_id
        )
        await admit_restored(session, runtime.get(Licences), tenant_id, "permissions", permission)
    set_etag(response, permission.version)
    return one(_out(permission))
