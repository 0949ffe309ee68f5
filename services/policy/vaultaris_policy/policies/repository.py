"""Queries of policies."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Row, Text, cast, delete, func, or_, select, text

from vaultaris_kit.errors import NotFound
from vaultaris_kit.repository import TenantRepository
from vaultaris_policy.policies.models import Policy, PolicyVersion

MAX_VERSIONS = 100
"""How many versions of a policy are kept; the audit trail keeps all."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_FINGERPRINT = """
    SELECT sha256(convert_to(coalesce(string_agg(id::text || ':' || version, ',' ORDER BY id), ''), 'UTF8'))
      FROM policy.policies WHERE tenant_id = $1 AND status = 'active' AND freeze_reason IS NULL
"""
_ACTIVE = """
    SELECT id, version, name, effect, resource_pattern, priority,
           actions::text AS actions, conditions::text AS conditions
      FROM policy.policies WHERE tenant_id = $1 AND status = 'active' AND freeze_reason IS NULL ORDER BY id
"""
_SIZE = func.octet_length(cast(Policy.conditions, Text)) + func.octet_length(cast(Policy.actions, Text))
"""Bytes of what a policy may say at length."""


class Policies(TenantRepository[Policy]):
    model = Policy
    searchable = (Policy.name, Policy.display_name)
    sortable: ClassVar[dict[str, Any]] = {
        "updated_at": Policy.updated_at,
        "name": Policy.name,
        "priority": Policy.priority,
    }

    async def lock(self) -> None:
        """Lets one writer at a time add to the tenant's policies, until the transaction ends."""
        await self.session.execute(_LOCK, {"name": f"policy.policies.{self.tenant_id}"})

    async def extent_besides(self, policy_id: UUID) -> tuple[int, int]:
        """How many policies there are but for one, and how many bytes their conditions and actions have together."""
        query = select(func.count(), func.coalesce(func.sum(_SIZE), 0)).where(
            Policy.tenant_id == self.tenant_id, Policy.id != policy_id
        )
        count, size = (await self.session.execute(query)).one()
        return int(count), int(size)

    async def versions(self, policy_id: UUID) -> Sequence[PolicyVersion]:
        """What is kept of a policy's history, newest first."""
        query = (
            select(PolicyVersion)
            .where(PolicyVersion.tenant_id == self.tenant_id, PolicyVersion.policy_id == policy_id)
            .order_by(PolicyVersion.version.desc())
            .limit(MAX_VERSIONS)
        )
        return (await self.session.execute(query)).scalars().all()

    async def version(self, policy_id: UUID, number: int) -> PolicyVersion:
        """One version. Raises :class:`NotFound`."""
        query = select(PolicyVersion).where(
            PolicyVersion.tenant_id == self.tenant_id,
            PolicyVersion.policy_id == policy_id,
            PolicyVersion.version == number,
        )
        found = (await self.session.execute(query)).scalar_one_or_none()
        if found is None:
            raise NotFound
        return found

    async def dormant(self, ids: Sequence[UUID]) -> Sequence[Policy]:
        """Those of ``ids`` that are not in force: inactive or frozen."""
        if not ids:
            return ()
        asleep = or_(Policy.status == "inactive", Policy.freeze_reason.is_not(None))
        query = select(Policy).where(Policy.tenant_id == self.tenant_id, Policy.id.in_(ids), asleep)
        return (await self.session.execute(query)).scalars().all()

    async def forget_versions(self, policy: Policy) -> None:
        """Drops what is older than the versions that are kept."""
        await self.session.execute(
            delete(PolicyVersion).where(
                PolicyVersion.policy_id == policy.id, PolicyVersion.version <= policy.version - MAX_VERSIONS
            )
        )

    async def vocabulary(self) -> Sequence[Row[str, list[Any]]]:
        """The resource patterns and actions that the tenant's policies name."""
        query = select(Policy.resource_pattern, Policy.actions).where(Policy.tenant_id == self.tenant_id).distinct()
        return (await self.session.execute(query)).all()


def narrowed_to(status: str | None, effect: str | None) -> list[ColumnElement[bool]]:
    """Conditions of a list's filters."""
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        conditions.append(Policy.status == status)
    if effect is not None:
        conditions.append(Policy.effect == effect)
    return conditions


async def active_policies(connection: asyncpg.Connection, tenant_id: UUID) -> Sequence[Any]:
    """What the engine needs of a tenant's active, unfrozen policies, by id; actions and conditions are JSON still.

    Within a transaction, though one statement could set its scope itself: should that ever come too late, nothing would
    be found, and no policy would deny anything.
    """
    return list(await connection.fetch(_ACTIVE, tenant_id))


async def current_fingerprint(connection: asyncpg.Connection, tenant_id: UUID) -> bytes:
    """What :func:`fingerprint_of` would give for the tenant's active policies of this moment."""
    return bytes(await connection.fetchval(_FINGERPRINT, tenant_id))


def fingerprint_of(rows: Sequence[Any]) -> bytes:
    """Changes whenever one of the policies does."""
    return hashlib.sha256(",".join(f"{row['id']}:{row['version']}" for row in rows).encode()).digest()
