"""Marks sessions that have run out."""

import asyncio
from datetime import timedelta

from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import now
from vaultaris_kit.logs import get_logger
from vaultaris_sessions.sessions.operations import BATCH, expire_sessions

log = get_logger(__name__)

GRACE = timedelta(seconds=60)
"""Activity may be heard of late; a session is inactive at once, but marked only after this."""


class Sweeper:
    """Ends, in bounded transactions, what ran out. Any number of replicas may sweep at once."""

    def __init__(self, database: Database, bus: Bus, every_seconds: float) -> None:
        self._database, self._bus, self._every = database, bus, every_seconds

    async def run(self) -> None:
        """Sweeps until cancelled. Rests while NATS is away, since activity can't be heard of then."""
        while True:
            await asyncio.sleep(self._every)
            await self._bus.ready.wait()
            try:
                await self.sweep()
            except Unavailable:
                log.warning("sweep_waits")

    async def sweep(self) -> int:
        """Marks everything that has run out; returns how many sessions."""
        total, ended = 0, BATCH
        while ended == BATCH:
            async with self._database.instance() as session:
                ended = await expire_sessions(session, now() - GRACE)
            total += ended
        return total
