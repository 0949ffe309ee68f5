"""Counting, exactly: whoever makes the same kind of thing in a tenant waits for whoever is just making one."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.errors import Forbidden
from vaultaris_kit.limits.capped import Capped

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def lock_limit(session: AsyncSession, capped: Capped, tenant_id: UUID) -> None:
    """Lets one transaction at a time count, add or freeze this kind of rows of a tenant."""
    await session.execute(_LOCK, {"name": lock_name(capped, tenant_id)})


def lock_name(capped: Capped, tenant_id: UUID) -> str:
    """What the lock of :func:`lock_limit` is called."""
    return f"limit.{capped.resource}.{tenant_id}"


async def count(session: AsyncSession, capped: Capped, tenant_id: UUID, *, at_most: int | None = None) -> int:
    """How many a tenant has, frozen or not; counting stops at ``at_most``."""
    rows = select(capped.model.id).where(capped.tenant == tenant_id, *capped.live).limit(at_most)
    return (await session.execute(select(func.count()).select_from(rows.subquery()))).scalar_one()


async def stay_within(session: AsyncSession, capped: Capped, tenant_id: UUID, limits: Mapping[str, int | None]) -> None:
    """Called after something was made or restored: refuses it when the tenant now has more than it may.

    ``limits`` is the tenant's, by resource. Raises :class:`Forbidden`; the transaction is over then.
    """
    limit = limits.get(capped.resource)
    if limit is None:
        return
    await lock_limit(session, capped, tenant_id)
    if await count(session, capped, tenant_id, at_most=limit + 1) > limit:
        raise beyond(capped, limit)


def beyond(capped: Capped, limit: int) -> Forbidden:
    """The refusal of one too many."""
    named = capped.resource.replace("_", " ")
    return Forbidden(f"The licence allows {limit} {named} in a tenant.", code="license_limit_exceeded")
