"""Connections go to those who want one in the order in which they ask.

SQLAlchemy's pool gives a free connection to whoever comes first, and puts those who had waited for it to the end of its
queue again: under load some requests would take many times as long as others.
"""

import asyncio
from types import TracebackType

from sqlalchemy.exc import TimeoutError as PoolTimeout

from vaultaris_kit.silence import Silence


class Turns:
    """As many at a time as there are connections. Nobody waits longer than ``seconds``, or for a server that hangs."""

    def __init__(self, count: int, silence: Silence, seconds: float) -> None:
        self.free, self.silence, self.seconds = asyncio.Semaphore(count), silence, seconds

    def one(self) -> "_Turn":
        """Around everything that is done with a connection.

        Raises SQLAlchemy's :class:`TimeoutError` when none becomes free, the built-in one when the server hangs.
        """
        return _Turn(self)


class _Turn:
    """A class, because every transaction is one: generators cost twice as much."""

    __slots__ = ("_turns",)

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def __aenter__(self) -> None:
        turns = self._turns
        if not turns.free.locked():
            await turns.free.acquire()  # without waiting
            return
        try:
            async with turns.silence.acquiring(turns.seconds):
                await turns.free.acquire()
        except TimeoutError as fault:
            if turns.silence.lasting:
                raise
            raise PoolTimeout("all connections are in use") from fault

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.free.release()
