"""Short pauses of the garbage collector, however much a process holds.

Python finds cycles by walking through all objects, once more whenever a quarter has come to those that stay. While it
walks nobody is answered, and with 100,000 compiled policies in memory that took a second. Nearly all that stays here
are caches, whose entries hold no cycles and go with the last reference to them: walking through them finds nothing.
"""

import gc
import time
from typing import Final, Literal

_LONG_SECONDS: Final = 0.01
_ROUNDS: Final = 100
_OLDEST: Final = 2
"""The generation of objects that stay."""


class Pauses:
    """What was left by a walk that took ``long`` seconds of the processor stays out of the next ones.

    A cycle that was in use just then is missed when it is given up later. So after some ``rounds``, each of which saw
    tens of thousands of new objects, one walk goes through all of them again.
    """

    def __init__(self, long: float = _LONG_SECONDS, rounds: int = _ROUNDS) -> None:
        self._long, self._rounds = long, rounds
        self._left = rounds
        self._began = 0.0

    def shorten(self) -> None:
        """From now on. What is there already, mostly what was imported, stays out too."""
        gc.freeze()
        gc.callbacks.append(self._watch)

    def end(self) -> None:
        """As Python does it by itself."""
        gc.callbacks.remove(self._watch)
        gc.unfreeze()

    def _watch(self, phase: Literal["start", "stop"], info: dict[str, int]) -> None:
        """Called by the collector around each of its walks, wherever one happens to begin."""
        if info["generation"] != _OLDEST:
            return
        if phase == "start":
            self._began = time.thread_time()
        elif time.thread_time() - self._began >= self._long:
            self._settle()

    def _settle(self) -> None:
        self._left -= 1
        if self._left:
            gc.freeze()
        else:
            self._left = self._rounds
            gc.unfreeze()
