"""How much computing one call may take: conditions are compared on the event loop, which all tenants share.

Most decisions take microseconds. But conditions and attributes are the tenants' own, megabytes of the ones against
kilobytes of the others, so that a single decision could take minutes, in which nobody else would be answered. Time is
that of the processor: a busy machine refuses nothing that an idle one would answer.
"""

import time
from typing import Any, Final

from vaultaris_kit.errors import Invalid

QUESTION_SECONDS: Final = 0.1
"""Well below the second after which the gateway takes a process that does not answer for a broken one."""

CALL_SECONDS: Final = 1.0


class TooCostly(Invalid):
    """Neither yes nor no: the question was not decided. No 503, for another try would not help."""

    code, message = "too_costly", "Deciding takes too long: the policies' conditions compare too much."


class Meter:
    """Counts while it is told to: decisions of one call have stretches of others' work between them."""

    __slots__ = ("_left", "_since", "_spent", "_until")

    def __init__(self) -> None:
        self._spent = 0.0
        self.start()

    def start(self) -> None:
        """A decision begins."""
        self._since = time.thread_time()
        self._left = min(QUESTION_SECONDS, CALL_SECONDS - self._spent)
        self._until = time.monotonic() + self._left

    def stop(self) -> None:
        """It has been made."""
        self._spent += time.thread_time() - self._since

    def check(self) -> None:
        """Raises :class:`TooCostly`. The clock on the wall is the cheaper one, and the first to know."""
        if time.monotonic() > self._until and time.thread_time() - self._since > self._left:
            raise TooCostly


class Metered(dict[str, Any]):
    """Attributes by root. Every comparison begins with a look at one of them, and so with a look at the meter."""

    __slots__ = ("_check",)

    def __init__(self, meter: Meter, roots: dict[str, Any]) -> None:
        super().__init__(roots)
        self._check = meter.check

    def get(self, key: str, default: Any = None) -> Any:
        self._check()
        return dict.get(self, key, default)
