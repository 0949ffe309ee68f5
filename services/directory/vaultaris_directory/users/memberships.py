"""Giving users roles and putting them into groups."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.effective.grants import require_held, rights_of_groups, rights_of_roles
from vaultaris_directory.groups.models import GroupMember
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.links import link, unlink
from vaultaris_directory.roles.repository import Roles
from vaultaris_directory.users.models import User, UserRole
from vaultaris_directory.users.repository import Users
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet


async def give_role(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, user_id: UUID, role_id: UUID
) -> None:
    """Gives a user a role; again is no error. Raises :class:`Forbidden` for rights the caller lacks."""
    user = await _thawed_user(session, tenant_id, user_id)
    role = await Roles(session, tenant_id).get(role_id)
    require_held(held, await rights_of_roles(session, tenant_id, [role_id]))
    if await link(session, UserRole, tenant_id, user_id=user_id, role_id=role_id):
        _emit(session, principal, "user.role_assigned", user, new={"role_id": role_id, "role": role.name})


async def take_role(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, user_id: UUID, role_id: UUID
) -> None:
    """Takes a role from a user; if they didn't have it, that is no error."""
    user = await _thawed_user(session, tenant_id, user_id)
    if await unlink(session, UserRole, tenant_id, user_id=user_id, role_id=role_id):
        _emit(session, principal, "user.role_removed", user, old={"role_id": role_id})


async def join_group(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, user_id: UUID, group_id: UUID
) -> None:
    """Puts a user into a group; again is no error. Raises :class:`Forbidden` for rights the caller lacks."""
    user = await _thawed_user(session, tenant_id, user_id)
    group = await Groups(session, tenant_id).get(group_id)
    require_held(held, await rights_of_groups(session, tenant_id, [group_id]))
    if await link(session, GroupMember, tenant_id, group_id=group_id, user_id=user_id):
        _emit(session, principal, "user.group_joined", user, new={"group_id": group_id, "group": group.path})


async def leave_group(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, user_id: UUID, group_id: UUID
) -> None:
    """Takes a user out of a group; if they weren't in it, that is no error."""
    user = await _thawed_user(session, tenant_id, user_id)
    if await unlink(session, GroupMember, tenant_id, group_id=group_id, user_id=user_id):
        _emit(session, principal, "user.group_left", user, old={"group_id": group_id})


async def _thawed_user(session: AsyncSession, tenant_id: UUID, user_id: UUID) -> User:
    user = await Users(session, tenant_id).get(user_id)
    require_thawed(user)
    return user


def _emit(session: AsyncSession, principal: Principal, event_type: str, user: User, **values: Any) -> None:
    OUTBOX.emit(session, principal, event_type, user.tenant_id, resource_type="user", resource_id=user.id, **values)
