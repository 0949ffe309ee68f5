"""Long runs of decisions, with turns for everybody else.

A decision takes microseconds for most tenants, but milliseconds where thousands of patterns have to be tried: a hundred
of those at a stretch would keep every other request, and the health checks, waiting.
"""

import asyncio
import time
from typing import Final

TURN_SECONDS: Final = 0.005


class Turns:
    """One run. Whoever calls :meth:`take` between two decisions lets others go first whenever its time is up."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = time.monotonic() + TURN_SECONDS

    async def take(self) -> None:
        if time.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + TURN_SECONDS
