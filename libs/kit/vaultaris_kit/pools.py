"""Blocking work off the event loop, in threads, with a bounded queue in front."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from vaultaris_kit.errors import AtCapacity
from vaultaris_kit.metrics import POOL_REJECTED

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class BoundedPool:
    """``workers`` threads and at most ``queue`` waiting calls; one more is refused at once.

    ``niceness`` above 0 lets every other thread of the machine go before these (Linux: it is per thread there).
    """

    def __init__(self, name: str, *, workers: int, queue: int, niceness: int = 0) -> None:
        self._name = name
        self._workers, self._limit = workers, workers + queue
        self._busy = 0
        self._executor = ThreadPoolExecutor(
            workers, thread_name_prefix=name, initializer=_be_nice, initargs=(niceness,)
        )

    async def run(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """The result of ``work``, run in a thread. Raises :class:`AtCapacity` when the queue is full."""
        self.require_room()
        self._busy += 1
        running = self._executor.submit(work, *args, **kwargs)
        loop = asyncio.get_running_loop()
        # The place is free when the thread is, not when a caller who gave up stops waiting.
        running.add_done_callback(lambda _done: loop.call_soon_threadsafe(self._release))
        return await asyncio.wrap_future(running)

    def require_room(self) -> None:
        """Raises :class:`AtCapacity` when the queue is full."""
        if self._busy >= self._limit:
            POOL_REJECTED.labels(self._name).inc()
            raise AtCapacity

    @property
    def queued(self) -> int:
        """How many calls wait for a thread."""
        return max(0, self._busy - self._workers)

    def _release(self) -> None:
        self._busy -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


def _be_nice(niceness: int) -> None:
    if niceness and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
