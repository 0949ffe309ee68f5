"""A value that many ask for and that is worth asking for only now and then."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """Keeps what ``produce`` gave for ``seconds``; all who ask meanwhile share one run of it."""

    def __init__(self, produce: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._produce = produce
        self._seconds = seconds
        self._run: asyncio.Task[T] | None = None
        self._made = 0.0

    async def get(self) -> T:
        """The value. A failed run is not kept: its fault reaches those who shared it, and nobody else."""
        run = self._run
        if run is None or (run.done() and (self._is_stale() or run.cancelled() or run.exception())):
            run = self._run = asyncio.create_task(self._produced())
        return await asyncio.shield(run)

    def _is_stale(self) -> bool:
        return time.monotonic() - self._made > self._seconds

    async def _produced(self) -> T:
        value = await self._produce()
        self._made = time.monotonic()
        return value
