"""Nobody can grant a right that they don't hold.

Whatever hands rights to somebody (a role given, a permission attached, a group joined or moved, something
deleted restored) asks here what it would hand over, and compares it with what the caller holds.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.groups.models import GroupMember, GroupRole
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.users.models import UserRole
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.rights import RESOURCES, RightSet

_RIGHTS_OF_ROLES = text(
    """
WITH RECURSIVE held (id) AS (
    SELECT id FROM directory.roles WHERE tenant_id = :tenant_id AND id = ANY(:role_ids)
    UNION
    SELECT m.member_id
    FROM held JOIN directory.role_members m ON m.composite_id = held.id
    JOIN directory.roles r ON r.id = m.member_id AND r.deleted_at IS NULL
)
SELECT DISTINCT p.resource || ':' || p.action
FROM held JOIN directory.role_permissions rp ON rp.role_id = held.id
JOIN directory.permissions p ON p.id = rp.permission_id AND p.deleted_at IS NULL
"""
)

_UPWARDS = text(
    """
WITH RECURSIVE up (id, parent_id) AS (
    SELECT id, parent_id FROM directory.groups WHERE tenant_id = :tenant_id AND id = ANY(:group_ids)
    UNION
    SELECT g.id, g.parent_id FROM up JOIN directory.groups g ON g.id = up.parent_id
)
SELECT id FROM up
"""
)


def require_held(held: RightSet, rights: Iterable[str]) -> None:
    """Raises :class:`Forbidden` when one of ``rights`` is not covered by what the caller holds."""
    missing = sorted(right for right in rights if not held.covers(right))
    if missing:
        raise Forbidden(f"You can't grant what you don't hold: {', '.join(missing[:5])}.")


async def rights_of_roles(session: AsyncSession, tenant_id: UUID, role_ids: Collection[UUID]) -> set[str]:
    """The rights that these roles confer, composite members included, whether frozen or not."""
    rows = await session.execute(_RIGHTS_OF_ROLES, {"tenant_id": tenant_id, "role_ids": list(role_ids)})
    return set(rows.scalars())


async def rights_of_groups(session: AsyncSession, tenant_id: UUID, group_ids: Collection[UUID]) -> set[str]:
    """The rights that members of these groups get from them and from the groups above them."""
    upwards = {"tenant_id": tenant_id, "group_ids": list(group_ids)}
    groups = (await session.execute(_UPWARDS, upwards)).scalars().all()
    roles = await session.execute(select(GroupRole.role_id).where(GroupRole.group_id.in_(groups)))
    return await rights_of_roles(session, tenant_id, roles.scalars().all())


def right_of(permission: Permission) -> str:
    """The right that a permission is."""
    return f"{permission.resource}:{permission.action}"


async def rights_of_user(session: AsyncSession, tenant_id: UUID, user_id: UUID) -> set[str]:
    """The rights that a user has, or will have again when restored."""
    roles = (await session.execute(select(UserRole.role_id).where(UserRole.user_id == user_id))).scalars().all()
    groups = (await session.execute(select(GroupMember.group_id).where(GroupMember.user_id == user_id))).scalars().all()
    by_roles = await rights_of_roles(session, tenant_id, roles)
    return by_roles | await rights_of_groups(session, tenant_id, groups)


def require_not_above(held: RightSet, rights: Iterable[str]) -> None:
    """Raises :class:`Forbidden` when ``rights`` hold a management right that the caller lacks.

    Asked before somebody's password, user name or address is changed: else the caller could become them.
    """
    managing = (right for right in rights if right.partition(":")[0] in (*RESOURCES, "*"))
    if not all(held.covers(right) for right in managing):
        raise Forbidden("This person holds management rights that you don't.")
