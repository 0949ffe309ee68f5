"""Connections that are dead while the server answers others: cut off silently on the way, or by a server that is gone.

How long a statement takes says nothing, but the server knows whether it works at one. Of connections that have waited
for long it is asked that, and those for which it does nothing are closed: the statement, or its answer, never arrived.
"""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

import asyncpg

from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_BUSY = """
    SELECT pid FROM pg_stat_activity WHERE pid = ANY($1::int[])
       AND (state IS NULL OR state NOT LIKE 'idle%' OR state_change > clock_timestamp() - interval '1 second')
"""


def _asking(method: Any) -> Any:
    @functools.wraps(method)
    async def asking(connection: "Connection", *args: Any, **options: Any) -> Any:
        connection.asked = time.monotonic()
        try:
            return await method(connection, *args, **options)
        finally:
            connection.asked = None

    return asking


class Connection(asyncpg.Connection):
    """Knows since when it has waited for an answer (``asked``), and whether it was ``lost``.

    What SQLAlchemy asks in its own way is noted by :class:`~vaultaris_kit.database.Database`.
    """

    __slots__ = ("asked", "lost")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked: float | None = None
        self.lost = False

    execute = _asking(asyncpg.Connection.execute)
    executemany = _asking(asyncpg.Connection.executemany)
    fetch = _asking(asyncpg.Connection.fetch)
    fetchrow = _asking(asyncpg.Connection.fetchrow)
    fetchval = _asking(asyncpg.Connection.fetchval)


async def busy_among(pids: Iterable[int], asker: asyncpg.Connection) -> Collection[int]:
    """Which processes of the server work, or have ended so lately that their answer may be on its way.

    Those whose state we may not see count too, and all of them behind a pooler, which tells other numbers than the
    server.
    """
    if await asker.fetchval("SELECT pg_backend_pid()") != asker.get_server_pid():
        return list(pids)
    return [row["pid"] for row in await asker.fetch(_BUSY, list(pids))]


class ConnectionLost(asyncpg.ConnectionDoesNotExistError):
    """This one was; the next may be as good as any."""


class LostConnections:
    """Finds those that have waited for ``seconds``.

    ``busy`` asks the server, on a connection of its own, for which of some processes it works at something.
    """

    def __init__(self, busy: Callable[[Iterable[int]], Awaitable[Collection[int]]], seconds: float) -> None:
        self._busy, self._seconds = busy, seconds

    async def close_among(self, held: Collection[Connection]) -> None:
        """Their statements fail at once. When the server doesn't answer the question, nothing is known of any."""
        since = time.monotonic() - self._seconds
        waiting = {
            each.get_server_pid(): (each, each.asked)
            for each in held
            if each.asked and each.asked < since and not each.is_closed()
        }
        if not waiting:
            return
        try:
            async with asyncio.timeout(self._seconds):
                busy = await self._busy(waiting)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as fault:
            log.debug("database_tells_nothing", reason=type(fault).__name__)
            return
        for pid in waiting.keys() - set(busy):
            connection, asked = waiting[pid]
            if connection.asked == asked:
                log.error("database_connection_lost", waited=round(time.monotonic() - asked, 1))
                connection.lost = True
                connection.terminate()
