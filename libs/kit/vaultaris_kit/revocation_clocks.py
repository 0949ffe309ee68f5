"""Clocks that disagree: the replica of auth that gives a token dates it, and another one dates its revocation."""

import time
from typing import Final

_KEPT_SECONDS: Final = 5.0
"""Each replica tells its time once a second."""
MOST_MS: Final = 5_000
"""A clock that is further ahead is broken; nobody is kept out for its sake."""


class Clocks:
    """How far the furthest of the clocks that date tokens is ahead of this process's, as heartbeats tell it."""

    def __init__(self) -> None:
        self._ahead_ms, self._told_at = 0, -_KEPT_SECONDS

    def note(self, told_ms: int) -> None:
        """It was ``told_ms`` (since the epoch) somewhere a moment ago. What is heard late says too little."""
        ahead_ms = min(told_ms - int(time.time() * 1000), MOST_MS)
        if ahead_ms >= self.ahead_ms:
            self._ahead_ms, self._told_at = ahead_ms, time.monotonic()

    @property
    def ahead_ms(self) -> int:
        """0 when no other clock is ahead."""
        return self._ahead_ms if time.monotonic() < self._told_at + _KEPT_SECONDS else 0
