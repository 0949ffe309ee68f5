"""HTTP: roles, groups and tenants of a user."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from vaultaris_directory.groups.schemas import GroupOut
from vaultaris_directory.roles.schemas import RoleOut, role_out
from vaultaris_directory.users import memberships
from vaultaris_directory.users.editing import editor_of
from vaultaris_directory.users.repository import Users, accounts_of
from vaultaris_directory.users.schemas import AccountOut, GroupAssignment, RoleAssignment, account_out
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Caller, allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, list_of
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1", tags=["users"], route_class=JsonRoute)

_USER = "/tenants/{tenant_id}/users/{user_id}"


@router.get(f"{_USER}/roles", operation_id="user-roles-list")
async def list_user_roles(request: Request, tenant_id: UUID, user_id: UUID, principal: Caller) -> ListOf[RoleOut]:
    """Roles given directly. Needs `users:read`, except for oneself."""
    runtime = runtime_of(request)
    await editor_of(runtime, principal, "users:read", tenant_id, user_id)
    async with runtime.database.tenant(tenant_id) as session:
        users = Users(session, tenant_id)
        await users.get(user_id)
        rows = await users.roles_of(user_id)
    return list_of(rows, role_out)


@router.post(f"{_USER}/roles", operation_id="user-roles-add", status_code=204)
async def give_role(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    body: RoleAssignment,
    principal: Annotated[Principal, allow("roles:assign")],
) -> None:
    """Nobody can give a role whose rights they don't hold."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        await memberships.give_role(
            session, principal, held, tenant_id=tenant_id, user_id=user_id, role_id=body.role_id
        )


@router.delete(f"{_USER}/roles/{{role_id}}", operation_id="user-roles-remove", status_code=204)
async def take_role(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    role_id: UUID,
    principal: Annotated[Principal, allow("roles:assign")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await memberships.take_role(session, principal, tenant_id=tenant_id, user_id=user_id, role_id=role_id)


@router.get(f"{_USER}/groups", operation_id="user-groups-list")
async def list_user_groups(request: Request, tenant_id: UUID, user_id: UUID, principal: Caller) -> ListOf[GroupOut]:
    """Groups that the user was put into. Needs `users:read`, except for oneself."""
    runtime = runtime_of(request)
    await editor_of(runtime, principal, "users:read", tenant_id, user_id)
    async with runtime.database.tenant(tenant_id) as session:
        users = Users(session, tenant_id)
        await users.get(user_id)
        rows = await users.groups_of(user_id)
    return list_of(rows, GroupOut.model_validate)


@router.post(f"{_USER}/groups", operation_id="user-groups-add", status_code=204)
async def join_group(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    body: GroupAssignment,
    principal: Annotated[Principal, allow("groups:assign")],
) -> None:
    """Nobody can put a user into a group whose rights they don't hold."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        await memberships.join_group(
            session, principal, held, tenant_id=tenant_id, user_id=user_id, group_id=body.group_id
        )


@router.delete(f"{_USER}/groups/{{group_id}}", operation_id="user-groups-remove", status_code=204)
async def leave_group(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    group_id: UUID,
    principal: Annotated[Principal, allow("groups:assign")],
) -> None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await memberships.leave_group(session, principal, tenant_id=tenant_id, user_id=user_id, group_id=group_id)


@router.get("/users/{user_id}/tenants", operation_id="user-tenants")
async def list_user_tenants(request: Request, user_id: UUID, principal: Caller) -> ListOf[AccountOut]:
    """Accounts with the same verified e-mail address; visible to that person and to master administrators."""
    runtime = runtime_of(request)
    rights = await runtime.access.rights_of(principal)
    is_self = principal.is_present and principal.id == user_id
    if not is_self and not (principal.in_master_tenant and rights.unlimited):
        raise NotFound
    async with runtime.database.instance() as session:
        accounts = await accounts_of(session, user_id)
    return list_of(accounts, account_out)
