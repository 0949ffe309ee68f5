"""The limits that an owner has brought its things in line with, kept beside them.

What the directory told before a transaction began may have changed since, and nobody is asked within one. So whoever
follows a licence notes its limits in the transaction that freezes what is beyond them, and whoever makes something
looks there behind the same lock: what was made before is seen by the one who counts, what is made after is refused.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.limits import counting
from vaultaris_kit.limits.capped import Capped

_NOTE = text(
    "INSERT INTO followed_limits (tenant_id, resource, most) VALUES (:tenant_id, :resource, :most)"
    " ON CONFLICT (tenant_id, resource) DO UPDATE SET most = excluded.most"
)
_FORGET = text("DELETE FROM followed_limits WHERE tenant_id = :tenant_id AND resource = :resource")
_READ = text("SELECT most FROM followed_limits WHERE tenant_id = :tenant_id AND resource = :resource")


async def note_limit(session: AsyncSession, capped: Capped, tenant_id: UUID, limit: int | None) -> None:
    """Called behind :func:`~vaultaris_kit.limits.counting.lock_limit`, by whoever brings a tenant in line."""
    place = {"tenant_id": tenant_id, "resource": capped.resource}
    if limit is None:
        await session.execute(_FORGET, place)
    else:
        await session.execute(_NOTE, {**place, "most": limit})


async def stay_within(session: AsyncSession, capped: Capped, tenant_id: UUID, told: Mapping[str, int | None]) -> None:
    """Called after something was made or restored: refuses it when the tenant now has more than it may.

    ``told`` are the tenant's limits, by resource, as the directory told them. A lower limit that has been followed
    meanwhile comes before; a higher one holds as soon as it has been followed. Raises
    :class:`~vaultaris_kit.errors.Forbidden`; the transaction is over then.
    """
    await counting.lock_limit(session, capped, tenant_id)
    followed = await session.scalar(_READ, {"tenant_id": tenant_id, "resource": capped.resource})
    limits = [limit for limit in (told.get(capped.resource), followed) if limit is not None]
    await counting.stay_within(session, capped, tenant_id, {capped.resource: min(limits, default=None)})
