"""Imports into one tenant take turns, so that their parts come to other services in the order of the imports.

A turn is a row that its holder renews until all is done. No transaction stays open meanwhile, for an import may take
minutes. A turn that nobody renews any more, because its process has died, passes on, by the database's clock.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.errors import Conflict, Unavailable
from vaultaris_kit.ids import new_id
from vaultaris_kit.logs import get_logger
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

WAIT_SECONDS: Final = 5.0
_LASTS: Final = timedelta(seconds=30)
_RENEW_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.1

_TAKE = text(
    "INSERT INTO directory.template_turns (tenant_id, holder, ends_at)"
    " VALUES (:tenant_id, :holder, clock_timestamp() + :lasts)"
    " ON CONFLICT (tenant_id) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
    " WHERE template_turns.ends_at < clock_timestamp() RETURNING holder"
)
_KEEP = text(
    "UPDATE directory.template_turns SET ends_at = clock_timestamp() + :lasts"
    " WHERE tenant_id = :tenant_id AND holder = :holder RETURNING holder"
)
_END = text("DELETE FROM directory.template_turns WHERE tenant_id = :tenant_id AND holder = :holder")


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to change what templates bring into a tenant, as long as it is kept."""

    tenant_id: UUID
    holder: UUID

    async def keep(self, session: AsyncSession) -> None:
        """Called in a transaction that must not come after somebody else's. Raises :class:`Conflict`."""
        if not await self._run(session, _KEEP, lasts=_LASTS):
            raise _taken()

    async def take(self, session: AsyncSession) -> bool:
        """Whether it is free, and ours from the commit on."""
        return await self._run(session, _TAKE, lasts=_LASTS)

    async def end(self, session: AsyncSession) -> None:
        """Lets the next one begin; nothing, when somebody else has taken over."""
        await session.execute(_END, {"tenant_id": self.tenant_id, "holder": self.holder})

    async def _run(self, session: AsyncSession, statement: TextClause, **facts: object) -> bool:
        found = await session.execute(statement, {"tenant_id": self.tenant_id, "holder": self.holder, **facts})
        return found.first() is not None


@contextlib.asynccontextmanager
async def turn_in(runtime: Runtime, tenant_id: UUID, *, wait: float = WAIT_SECONDS) -> AsyncIterator[Turn]:
    """Holds the turn. Raises :class:`Conflict` when it is somebody else's for ``wait`` seconds on end."""
    turn = Turn(tenant_id, new_id())
    await _await_turn(runtime, turn, wait)
    renewing = asyncio.create_task(_renew(runtime, turn))
    try:
        yield turn
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await _end(runtime, turn)


async def _await_turn(runtime: Runtime, turn: Turn, wait: float) -> None:
    deadline = asyncio.get_running_loop().time() + wait
    while True:
        async with runtime.database.tenant(turn.tenant_id) as session:
            if await turn.take(session):
                return
        if asyncio.get_running_loop().time() >= deadline:
            raise _taken()
        await asyncio.sleep(_PAUSE_SECONDS)


async def _renew(runtime: Runtime, turn: Turn) -> None:
    """Until cancelled, or until the turn is somebody else's: whoever holds it finds out where it matters."""
    while True:
        await asyncio.sleep(_RENEW_SECONDS)
        try:
            async with runtime.database.tenant(turn.tenant_id) as session:
                await turn.keep(session)
        except Unavailable:
            log.warning("template_turn_not_renewed", tenant_id=str(turn.tenant_id))
        except Conflict:
            return


async def _end(runtime: Runtime, turn: Turn) -> None:
    try:
        async with runtime.database.tenant(turn.tenant_id) as session:
            await turn.end(session)
    except Unavailable:  # it passes on by itself
        log.warning("template_turn_not_ended", tenant_id=str(turn.tenant_id))


def _taken() -> Conflict:
    message = "Another template is being put into this tenant at the moment; try again in a while."
    return Conflict(message, code="import_running", headers={"Retry-After": "10"})
