"""Limits of the licence, checked in the transaction that makes something."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.applications.models import Application
from vaultaris_directory.groups.models import Group
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.locks import lock_name, lock_tree
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import Role
from vaultaris_directory.users.models import User
from vaultaris_kit.errors import Forbidden

COUNTED_ELSEWHERE: Final = frozenset({"clients", "identity_providers", "api_keys", "policies", "plugins"})
"""Resources that a licence may limit and other services own."""

_COUNTED: Final[Mapping[str, Select[Any]]] = {
    "users": select(User.id).where(User.deleted_at.is_(None)),
    "roles": select(Role.id).where(Role.deleted_at.is_(None), Role.is_system.is_(False)),
    "groups": select(Group.id).where(Group.deleted_at.is_(None)),
    "permissions": select(Permission.id).where(Permission.deleted_at.is_(None), Permission.is_system.is_(False)),
    "applications": select(Application.id),
}
"""What counts: live rows, without the system roles and permissions that every tenant is born with."""

COUNTED: Final = frozenset(_COUNTED)


async def count(session: AsyncSession, tenant_id: UUID, resource: str, *, at_most: int | None = None) -> int:
    """How many of ``resource`` (one of :data:`COUNTED`) a tenant has; counting stops at ``at_most``."""
    rows = _COUNTED[resource].filter_by(tenant_id=tenant_id).limit(at_most)
    return (await session.execute(select(func.count()).select_from(rows.subquery()))).scalar_one()


async def stay_within(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> None:
    """Called after something was made or restored: refuses it when the tenant now has more than it may.

    Those who make the same kind wait here for each other, so that no two can take the last place.
    Raises :class:`Forbidden`; the transaction is over then.
    """
    limit = licences.in_force.limits.get(resource)
    if limit is None:
        return
    await lock_tree(session, f"limit.{resource}", tenant_id)
    if await count(session, tenant_id, resource, at_most=limit + 1) > limit:
        raise _beyond(limit, resource)


_LOCK_USERS = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_COUNT_USERS = """
SELECT count(*) FROM (SELECT 1 FROM directory.users WHERE tenant_id = $1 AND deleted_at IS NULL LIMIT $2) AS counted
"""


async def stay_within_users(
    connection: "asyncpg.Connection[asyncpg.Record]", licences: Licences, tenant_id: UUID
) -> None:
    """:func:`stay_within` for users, on the connection of a hot path."""
    limit = licences.in_force.limits.get("users")
    if limit is None:
        return
    await connection.execute(_LOCK_USERS, lock_name("limit.users", tenant_id))
    if await connection.fetchval(_COUNT_USERS, tenant_id, limit + 1) > limit:
        raise _beyond(limit, "users")


def _beyond(limit: int, resource: str) -> Forbidden:
    return Forbidden(f"The licence allows {limit} {resource} in a tenant.", code="license_limit_exceeded")


async def room_for(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> int | None:
    """How many more of ``resource`` a tenant may have, None for any number; the answer stays true in the transaction.

    Those who make the same kind wait here for each other, as in :func:`stay_within`.
    """
    limit = licences.in_force.limits.get(resource)
    if limit is None:
        return None
    await lock_tree(session, f"limit.{resource}", tenant_id)
    return limit - await count(session, tenant_id, resource, at_most=limit)
