"""Notices that wait to be delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.ids import now

BATCH: Final = 20
_CLAIM: Final = timedelta(seconds=60)
"""How long one replica has a notice to itself; longer than any delivery takes."""
_PAUSES: Final = tuple(timedelta(seconds=each) for each in (2, 10, 60, 300, 900, 3600))


@dataclass(frozen=True, slots=True)
class Notice:
    """One client to be told of one session. ``attempts`` counts this one."""

    id: UUID
    tenant_id: UUID
    session_id: UUID
    client_id: str
    user_id: UUID
    attempts: int
    expires_at: datetime

    @property
    def pause(self) -> timedelta:
        """How long to wait after this attempt."""
        return _PAUSES[min(self.attempts, len(_PAUSES)) - 1]


_TAKE = text("""
    UPDATE auth.logout_notices SET attempts = attempts + 1, next_attempt_at = :claimed_until
     WHERE id IN (SELECT id FROM auth.logout_notices WHERE next_attempt_at <= :now
                   ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant_id, session_id, client_id, user_id, attempts, expires_at
""")
_DONE = text("DELETE FROM auth.logout_notices WHERE id = :id")
_LATER = text("UPDATE auth.logout_notices SET next_attempt_at = :at WHERE id = :id")


async def take_due(session: AsyncSession) -> list[Notice]:
    """Claims notices that are due, of all tenants; no other replica has them for a minute."""
    facts = {"now": now(), "claimed_until": now() + _CLAIM, "limit": BATCH}
    return [Notice(*row) for row in await session.execute(_TAKE, facts)]


async def forget(session: AsyncSession, notice: Notice) -> None:
    """It was delivered, or can't be."""
    await session.execute(_DONE, {"id": notice.id})


async def postpone(session: AsyncSession, notice: Notice) -> None:
    """Another attempt, later and later."""
    await session.execute(_LATER, {"id": notice.id, "at": now() + notice.pause})
