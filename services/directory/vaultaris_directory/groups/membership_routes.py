"""HTTP: the members of a group and the roles it confers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from vaultaris_directory.groups import operations
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.groups.schemas import RoleConferral
from vaultaris_directory.roles.schemas import RoleOut, role_out
from vaultaris_directory.users.schemas import UserOut, user_out
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, list_of
from vaultaris_kit.principal import Principal

router = APIRouter(
    prefix="/api/v1/tenants/{tenant_id}/groups/{group_id}", tags=["groups"], route_class=JsonRoute
)  # fmt: skip


@router.get("/members", operation_id="group-members", dependencies=[allow("groups:read")])
async def list_members(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
) -> ListOf[UserOut]:
    """Users in the group itself, not those of the groups below; the users list with `group_id` pages through more."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        groups = Groups(session, tenant_id)
        await groups.get(group_id)
        rows = await groups.members_of(group_id)
    return list_of(rows, user_out)


@router.get("/roles", operation_id="group-roles-list", dependencies=[allow("groups:read")])
async def list_group_roles(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
) -> ListOf[RoleOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        groups = Groups(session, tenant_id)
        await groups.get(group_id)
        rows = await groups.roles_of(group_id)
    return list_of(rows, role_out)


@router.post("/roles", operation_id="group-roles-add", status_code=204)
async def confer_role(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
    body: RoleConferral,
    principal: Annotated[Principal, allow("roles:assign")],
) -> None:
    """Nobody can let a group confer rights that they don't hold."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.confer_role(
            session, principal, held, tenant_id=tenant_id, group_id=group_id, role_id=body.role_id
        )


@router.delete("/roles/{role_id}", operation_id="group-roles-remove", status_code=204)
async def withdraw_role(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
    role_id: UUID,
    principal: Annotated[Principal, allow("roles:assign")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await operations.withdraw_role(session, principal, tenant_id=tenant_id, group_id=group_id, role_id=role_id)
