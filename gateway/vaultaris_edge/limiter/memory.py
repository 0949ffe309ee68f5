"""Sliding windows in this process alone, for an installation without Valkey."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from vaultaris_edge.limiter.window import CREDENTIAL, GENERAL, Asked, Limits, Reply, Verdict

_MAX_CLIENTS = 50_000


class MemoryWindows:
    """Exact as long as there is one edge process; the clients seen longest ago are forgotten first."""

    apart = False

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = (limits.general, limits.credential)
        self._seconds = limits.seconds
        self._clock = clock
        self._admitted: OrderedDict[tuple[int, bytes], deque[float]] = OrderedDict()

    def decide(self, batch: list[Asked], reply: Reply) -> None:
        """Answers at once."""
        now = self._clock()
        reply([self._decide(asked, now) for asked in batch])

    def _decide(self, asked: Asked, now: float) -> Verdict:
        kinds = (GENERAL, CREDENTIAL) if asked.credential else (GENERAL,)
        windows = [self._window(kind, asked.client, now) for kind in kinds]
        for kind, times in zip(kinds, windows, strict=True):
            if len(times) >= self._limits[kind]:
                return Verdict(False, kind, len(times), times[0] + self._seconds - now)
        for times in windows:
            times.append(now)
        return Verdict(True, kinds[-1], len(windows[-1]), windows[-1][0] + self._seconds - now)

    def _window(self, kind: int, client: bytes, now: float) -> deque[float]:
        times = self._admitted.setdefault((kind, client), deque())
        self._admitted.move_to_end((kind, client))
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(self._admitted) > _MAX_CLIENTS:
            self._admitted.popitem(last=False)
        return times
