"""Limits of the licence, checked in the transaction that makes something."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import exists
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.applications.models import Application
from vaultaris_directory.groups.models import Group
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in, terms_on
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import Role
from vaultaris_directory.tenants.system_roles import ADMIN
from vaultaris_directory.users.models import User, UserRole
from vaultaris_kit.limits import counting
from vaultaris_kit.limits.capped import Capped

COUNTED_ELSEWHERE: Final[Mapping[str, str]] = {
    "clients": "auth", "identity_providers": "auth", "api_keys": "auth", "policies": "policy", "plugins": "plugins",
}  # fmt: skip
"""Resources that a licence may limit, by the service that owns them."""

_ADMINISTERS = exists().where(
    UserRole.user_id == User.id, UserRole.role_id == Role.id, Role.name == ADMIN, Role.is_system
)

CAPPED: Final[Mapping[str, Capped]] = {
    each.resource: each
    for each in (
        Capped(
            "users", "user", User, User.tenant_id, User.username, [User.deleted_at.is_(None)], [_ADMINISTERS.desc()]
        ),
        Capped(
            "roles", "role", Role, Role.tenant_id, Role.name, [Role.deleted_at.is_(None), Role.is_system.is_(False)]
        ),
        Capped("groups", "group", Group, Group.tenant_id, Group.name, [Group.deleted_at.is_(None)]),
        Capped(
            "permissions", "permission", Permission, Permission.tenant_id, Permission.name,
            [Permission.deleted_at.is_(None), Permission.is_system.is_(False)],
        ),
        Capped("applications", "application", Application, Application.tenant_id, Application.name),
    )
}  # fmt: skip
"""What counts: live rows, without the system roles and permissions that every tenant is born with.

A tenant's administrators are frozen last: somebody must be left who can delete what is too much.
"""


async def stay_within(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> None:
    """Called after something was made or restored: refuses it when the tenant now has more than it may.

    Raises :class:`Forbidden`; the transaction is over then.
    """
    limit = await _limit_now(session, licences, tenant_id, resource)
    if limit is not None and await counting.count(session, CAPPED[resource], tenant_id, at_most=limit + 1) > limit:
        raise counting.beyond(CAPPED[resource], limit)


async def _limit_now(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> int | None:
    """The limit, which stays true in the transaction: it is read again behind the lock, for whoever lowers it counts
    and freezes behind the same. None when there is none; a first one is made up for by :class:`Settler`.
    """
    if (await terms_in(session, licences, tenant_id)).limits.get(resource) is None:
        return None
    await counting.lock_limit(session, CAPPED[resource], tenant_id)
    return (await terms_in(session, licences, tenant_id)).limits.get(resource)


_LOCK_USERS = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_COUNT_USERS = """
SELECT count(*) FROM (SELECT 1 FROM directory.users WHERE tenant_id = $1 AND deleted_at IS NULL LIMIT $2) AS counted
"""


async def stay_within_users(
    connection: "asyncpg.Connection[asyncpg.Record]", licences: Licences, tenant_id: UUID
) -> None:
    """:func:`stay_within` for users, on the connection of a hot path."""
    if (await terms_on(connection, licences, tenant_id)).limits.get("users") is None:
        return
    await connection.execute(_LOCK_USERS, counting.lock_name(CAPPED["users"], tenant_id))
    limit = (await terms_on(connection, licences, tenant_id)).limits.get("users")
    if limit is not None and await connection.fetchval(_COUNT_USERS, tenant_id, limit + 1) > limit:
        raise counting.beyond(CAPPED["users"], limit)


async def room_for(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> int | None:
    """How many more of ``resource`` a tenant may have, None for any number; the answer stays true in the transaction.

    Those who make the same kind wait here for each other, as in :func:`stay_within`.
    """
    limit = await _limit_now(session, licences, tenant_id, resource)
    if limit is None:
        return None
    return limit - await counting.count(session, CAPPED[resource], tenant_id, at_most=limit)
