"""How much computing decisions may take: conditions are compared on the event loop, which all tenants share.

Most decisions take microseconds. But conditions and attributes are the tenants' own, megabytes of the ones against
kilobytes of the others, so that a single decision could take minutes, in which nobody else would be answered.
"""

import time
from typing import Any, Final

from vaultaris_kit.errors import Invalid
from vaultaris_kit.metrics import DECISIONS_TOO_COSTLY

MAX_SECONDS: Final = 0.05
"""On the wall, and then as much of the processor: far below the second after which the gateway takes a process that
does not answer for a broken one, so that a busy machine stays below it too.
"""
MAX_TOGETHER_SECONDS: Final = 1.0
"""The same for all decisions of one request, between which others have their turns."""


class TooCostly(Invalid):
    """Neither yes nor no: the question was not decided. No 503, for another try would not help."""

    code, message = "too_costly", "Deciding takes too long: the policies' conditions compare too much."


class Metered(dict[str, Any]):
    """Attributes by root. Comparisons that may take long, and every few policies, begin with a look at the clock."""

    __slots__ = ("_granted", "_since", "_until")

    def begin(self, seconds: float) -> None:
        """To be called before the attributes are used for a decision, and for whatever else is worked out with them."""
        self._granted = seconds
        self._until = time.monotonic() + seconds
        self._since: float | None = None

    def check(self) -> None:
        """Raises :class:`TooCostly`."""
        if time.monotonic() >= self._until:
            self._look_closer()

    def _look_closer(self) -> None:
        """By the clock on the wall, which is the cheaper one, the time is up; but the machine may just be busy. So as
        much again is granted of the processor's time.
        """
        if not self._granted:
            self._refuse("request")
        used = time.thread_time()
        if self._since is None:
            self._since = used
        elif used - self._since > self._granted:
            self._refuse("decision")

    def _refuse(self, bound: str) -> None:
        DECISIONS_TOO_COSTLY.of(bound).count += 1
        raise TooCostly


class Together:
    """Around each decision of a request; ``seconds`` is what the next one may take.

    When nothing is left, what looks at no attribute, or compares little, is decided nevertheless.
    """

    __slots__ = ("_began", "_limit", "_used", "_used_before", "_wall")

    def __init__(self, limit: float = MAX_TOGETHER_SECONDS) -> None:
        self._limit = limit
        self._began = self._wall = self._used = self._used_before = 0.0

    @property
    def exhausted(self) -> bool:
        """Whether the time is over, by the clock on the wall and then as much of the processor's."""
        return self._used > self._limit

    @property
    def seconds(self) -> float:
        return 0.0 if self.exhausted else MAX_SECONDS

    def __enter__(self) -> None:
        self._began = time.monotonic()
        if self._wall > self._limit:
            self._used_before = time.thread_time()

    def __exit__(self, *_: object) -> None:
        if self._wall > self._limit:
            self._used += time.thread_time() - self._used_before
        self._wall += time.monotonic() - self._began
