"""Long runs of decisions, with turns for everybody else.

A decision takes microseconds for most tenants, but milliseconds where thousands of patterns have to be tried: a hundred
of those at a stretch would keep every other request, and the health checks, waiting.
"""

import asyncio
import time
from typing import Final

TURN_SECONDS: Final = 0.005


class Turns:
    """One run. Between two decisions ``if turns.due: await turns.take()`` lets others go first when its time is up."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = time.monotonic() + TURN_SECONDS

    @property
    def due(self) -> bool:
        """Whether others should go first."""
        return time.monotonic() >= self._until

    async def take(self) -> None:
        """Lets them."""
        await asyncio.sleep(0)
        self._until = time.monotonic() + TURN_SECONDS
