"""Going on together after hashing, while more of it waits."""

import asyncio


class Together:
    """Holds callers back until ``size`` of them are there, or nobody else is behind them.

    Argon2id empties the caches of every core, so whatever follows a hash costs several times what it costs elsewhere:
    for the first that goes on. Those that go on with it find the caches filled. Nobody waits longer than ``seconds``.
    """

    def __init__(self, size: int, seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._there = 0
        self._go = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, *, others_behind: bool) -> None:
        """``others_behind``: somebody will come here without anything else being asked for."""
        self._there += 1
        if not others_behind or self._there >= self._size:
            self._release()
            return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._release)
        await self._go.wait()

    def _release(self) -> None:
        self._go.set()
        self._go, self._there = asyncio.Event(), 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
