"""Composite roles: what one inherits from, without cycles."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.roles.models import Role, RoleMember
from vaultaris_kit.errors import Invalid

_FIELD = "composite_role_ids"

_REACHES = text(
    """
WITH RECURSIVE below (id) AS (
    SELECT unnest(CAST(:starts AS uuid[]))
    UNION
    SELECT m.member_id FROM below JOIN directory.role_members m ON m.composite_id = below.id
)
SELECT EXISTS (SELECT 1 FROM below WHERE id = :role_id)
"""
)


async def set_members(session: AsyncSession, role: Role, member_ids: Collection[UUID]) -> None:
    """Replaces what a composite role inherits from. Raises :class:`Invalid` for an unknown member or a cycle.

    For a role that others can already inherit from, the caller holds the tenant's lock on the tree of roles.
    """
    wanted = set(member_ids)
    await _check_known(session, role.tenant_id, wanted)
    reaches = await session.execute(_REACHES, {"starts": list(wanted), "role_id": role.id})
    if reaches.scalar_one():
        raise Invalid.field(_FIELD, "A role can't inherit from itself, not even through others.", "cycle")
    await session.execute(delete(RoleMember).where(RoleMember.composite_id == role.id))
    session.add_all(RoleMember(tenant_id=role.tenant_id, composite_id=role.id, member_id=each) for each in wanted)
    await session.flush()


async def _check_known(session: AsyncSession, tenant_id: UUID, role_ids: Collection[UUID]) -> None:
    known = await session.execute(
        select(func.count())
        .select_from(Role)
        .where(Role.tenant_id == tenant_id, Role.id.in_(role_ids), Role.deleted_at.is_(None))
    )
    if known.scalar_one() != len(role_ids):
        raise Invalid.field(_FIELD, "Names a role that is not here.", "unknown_role")
