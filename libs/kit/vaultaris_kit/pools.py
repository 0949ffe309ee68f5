"""Blocking work off the event loop, in threads, with a bounded queue in front."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from vaultaris_kit.errors import Unavailable
from vaultaris_kit.metrics import POOL_REJECTED

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class BoundedPool:
    """``workers`` threads and at most ``queue`` waiting calls; one more is refused at once."""

    def __init__(self, name: str, *, workers: int, queue: int) -> None:
        self._name = name
        self._limit = workers + queue
        self._busy = 0
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)

    async def run(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """The result of ``work``, run in a thread. Raises :class:`Unavailable` when the queue is full."""
        if self._busy >= self._limit:
            POOL_REJECTED.labels(self._name).inc()
            raise Unavailable("The service is at capacity; try again shortly.")
        self._busy += 1
        running = self._executor.submit(work, *args, **kwargs)
        loop = asyncio.get_running_loop()
        # The place is free when the thread is, not when a caller who gave up stops waiting.
        running.add_done_callback(lambda _done: loop.call_soon_threadsafe(self._release))
        return await asyncio.wrap_future(running)

    def _release(self) -> None:
        self._busy -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
