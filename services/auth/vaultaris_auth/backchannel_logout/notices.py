"""Notices that wait to be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.ids import now

PER_CLIENT: Final = 2
"""How many notices one client is told at a time, by one process."""
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


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that could be delivered now."""

    id: UUID
    tenant_id: UUID
    client_id: str
    due_at: datetime


_DUE = text("""
    WITH RECURSIVE clients (client_id) AS (
        SELECT min(client_id) FROM auth.logout_notices
        UNION ALL
        SELECT (SELECT min(n.client_id) FROM auth.logout_notices n WHERE n.client_id > clients.client_id)
          FROM clients WHERE clients.client_id IS NOT NULL
    )
    SELECT due.id, due.tenant_id, due.client_id, due.next_attempt_at
      FROM clients CROSS JOIN LATERAL (
           SELECT n.id, n.tenant_id, n.client_id, n.next_attempt_at FROM auth.logout_notices n
            WHERE n.client_id = clients.client_id AND n.next_attempt_at <= :now
            ORDER BY n.next_attempt_at LIMIT :per_client
      ) due
""")
"""Steps from client to client by the index, however many notices each of them has."""
_TAKE = text("""
    UPDATE auth.logout_notices SET attempts = attempts + 1, next_attempt_at = :claimed_until
     WHERE id IN (SELECT id FROM auth.logout_notices WHERE id = ANY(:ids) AND next_attempt_at <= :now
                    FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant_id, session_id, client_id, user_id, attempts, expires_at
""")
_DONE = text("DELETE FROM auth.logout_notices WHERE id = :id")
_LATER = text("UPDATE auth.logout_notices SET next_attempt_at = :at WHERE id = :id")


async def find_due(session: AsyncSession) -> list[Due]:
    """What is due, of all tenants: of each client the oldest few."""
    return [Due(*row) for row in await session.execute(_DUE, {"now": now(), "per_client": PER_CLIENT})]


async def take(session: AsyncSession, ids: Sequence[UUID]) -> list[Notice]:
    """Claims those of them that are still due; no other replica has them for a minute."""
    facts = {"ids": ids, "now": now(), "claimed_until": now() + _CLAIM}
    return [Notice(*row) for row in await session.execute(_TAKE, facts)]


async def forget(session: AsyncSession, notice: Notice) -> None:
    """It was delivered, or can't be."""
    await session.execute(_DONE, {"id": notice.id})


async def postpone(session: AsyncSession, notice: Notice) -> None:
    """Another attempt, later and later."""
    await session.execute(_LATER, {"id": notice.id, "at": now() + notice.pause})
