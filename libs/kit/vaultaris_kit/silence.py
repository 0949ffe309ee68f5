"""PostgreSQL that hangs: it takes connections and statements, and answers none of them.

A statement may take long, so how long one takes says nothing. What says something is a server that answers *nobody*:
when somebody waits and nothing has come back for half of the patience, it is asked one question on a connection of its
own, and when that isn't answered in the other half, everybody who waits is told, and nobody else begins to wait. The
question is asked again until there is an answer. A server that answers others is asked for whom it works
(:mod:`vaultaris_kit.lost`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

import asyncpg

from vaultaris_kit.logs import get_logger
from vaultaris_kit.lost import Connection, LostConnections

log = get_logger(__name__)


class Silence:
    """Watches over whoever waits for PostgreSQL.

    ``ask`` puts a question that costs nothing to the server, on a connection of its own; ``seconds`` is the patience.
    ``lost`` finds the dead among the connections in use, where that can be known.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]], seconds: float, lost: LostConnections | None = None) -> None:
        self._ask, self._seconds, self._lost = ask, seconds, lost
        self.lasting = False
        self._heard = 0.0
        self.acquirers: set[asyncio.Timeout] = set()
        self.held: set[Connection] = set()
        self._watch: asyncio.Task[None] | None = None

    def heard(self) -> None:
        """Something came back from the server."""
        self._heard = time.monotonic()

    def acquiring(self, seconds: float | None = None) -> "_Acquiring":
        """Around the wait for a connection, for so long at most.

        Raises :class:`TimeoutError` then, and when the server hangs, or hung before.
        """
        return _Acquiring(self, seconds)

    def holding(self, connection: Connection) -> "_Holding":
        """Around the use of a connection, which is cut when the server hangs: its statement fails as for a lost one."""
        return _Holding(self, connection)

    async def close(self) -> None:
        """Watches no longer."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})

    @property
    def _somebody_waits(self) -> bool:
        return bool(self.acquirers or self.held)

    def begin(self) -> None:
        """Somebody begins to wait."""
        if not self._somebody_waits:
            self.heard()  # nobody has asked anything so far
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watch_over())

    async def _watch_over(self) -> None:
        """Until nobody waits any more, seen once in half of the patience."""
        while True:
            if self._quiet < self._seconds / 2:
                await asyncio.sleep(self._seconds / 2 - self._quiet)
                if self._quiet < self._seconds / 2:
                    await self._close_lost()
            elif not self._somebody_waits:
                return
            elif await self._answers(self._seconds / 2):
                await self._close_lost()
            else:
                await self._last()

    @property
    def _quiet(self) -> float:
        """For how long nothing has been heard."""
        return time.monotonic() - self._heard

    async def _close_lost(self) -> None:
        """Of a server that answers somebody."""
        if self._lost is not None:
            await self._lost.close_among(self.held)

    async def _last(self) -> None:
        """From the moment in which the server counts as hung to its next answer."""
        self.lasting = True
        log.error("database_silent", seconds=self._seconds)
        try:
            self._let_go()
            while not await self._answers(self._seconds):
                self._let_go()
        finally:
            self.lasting = False
        log.info("database_answers_again")

    async def _answers(self, within: float) -> bool:
        """Whether anything is heard from the server, whoever asked. A refusal is an answer too."""
        asked = time.monotonic()
        try:
            async with asyncio.timeout(within):
                await self._ask()
        except TimeoutError:
            return self._heard > asked
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as refusal:
            log.debug("database_refuses", reason=type(refusal).__name__)
        self.heard()
        return True

    def _let_go(self) -> None:
        """Ends every wait that began before."""
        for bound in self.acquirers:
            if not bound.expired():
                bound.reschedule(0)
        for connection in self.held:
            connection.terminate()


class _Acquiring:
    """A class, because every transaction begins with one: generators cost twice as much."""

    __slots__ = ("_bound", "_silence")

    def __init__(self, silence: Silence, seconds: float | None) -> None:
        self._silence, self._bound = silence, asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        if self._silence.lasting:
            raise TimeoutError("the database answers nothing")
        await self._bound.__aenter__()
        self._silence.begin()
        self._silence.acquirers.add(self._bound)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._silence.acquirers.discard(self._bound)
        await self._bound.__aexit__(kind, error, trace)


class _Holding:
    __slots__ = ("_connection", "_silence")

    def __init__(self, silence: Silence, connection: Connection) -> None:
        self._silence, self._connection = silence, connection

    def __enter__(self) -> None:
        self._silence.begin()
        self._connection.asked = None
        self._silence.held.add(self._connection)

    def __exit__(self, *_: object) -> None:
        self._silence.held.discard(self._connection)
