"""How much computing one decision may take: conditions are compared on the event loop, which all tenants share.

Most decisions take microseconds. But conditions and attributes are the tenants' own, megabytes of the ones against
kilobytes of the others, so that a single decision could take minutes, in which nobody else would be answered.
"""

import time
from typing import Any, Final

from vaultaris_kit.errors import Invalid

MAX_SECONDS: Final = 0.05
"""On the wall, and then as much of the processor: far below the second after which the gateway takes a process that
does not answer for a broken one, so that a busy machine stays below it too.
"""


class TooCostly(Invalid):
    """Neither yes nor no: the question was not decided. No 503, for another try would not help."""

    code, message = "too_costly", "Deciding takes too long: the policies' conditions compare too much."


class Metered(dict[str, Any]):
    """Attributes by root. Comparisons that may take long, and every few policies, begin with a look at the clock."""

    __slots__ = ("_since", "_until")

    def begin(self) -> None:
        """To be called before the attributes are used for a decision, and for whatever else is worked out with them."""
        self._until = time.monotonic() + MAX_SECONDS
        self._since: float | None = None

    def check(self) -> None:
        """Raises :class:`TooCostly`."""
        if time.monotonic() > self._until:
            self._look_closer()

    def _look_closer(self) -> None:
        """By the clock on the wall, which is the cheaper one, the time is up; but the machine may just be busy. So as
        much again is granted of the processor's time.
        """
        used = time.thread_time()
        if self._since is None:
            self._since = used
        elif used - self._since > MAX_SECONDS:
            raise TooCostly
