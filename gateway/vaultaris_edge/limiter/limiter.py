"""Gathers the requests of one turn of the event loop into one batch, and remembers who is over the limit."""

import asyncio
from collections.abc import Callable, Iterable
from math import ceil
from typing import NamedTuple

from vaultaris_edge.limiter.window import GENERAL, Asked, Limits, Verdict, Windows

Answer = Callable[[bytes], None]
Waiting = list[tuple[Asked, Answer]]

UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
"""Tells Envoy to fall back on its local tier."""

_MAX_BATCH = 512
_MAX_WAITING = 8192
_MAX_REMEMBERED = 20_000
_REMEMBER_SECONDS = 1.0


class Denied(NamedTuple):
    """A client that need not be asked about before ``until``: it is over ``window`` until ``reset``."""

    window: int
    until: float
    reset: float


class Limiter:
    """Answers Envoy with ready-made responses. Its counters are read by ``metrics``."""

    def __init__(self, windows: Windows, limits: Limits) -> None:
        self._windows = windows
        self._limits = (limits.general, limits.credential)
        self._loop = asyncio.get_running_loop()
        self._waiting: Waiting = []
        self._denied: dict[Asked, Denied] = {}
        self.draining = False
        self.admitted = self.denied = self.unavailable = self.batches = 0

    def ask(self, asked: Asked, answer: Answer) -> None:
        """Calls ``answer`` with a whole HTTP response, now or within ``valkey.ANSWER_SECONDS``."""
        if self._denied and (known := self._recall(asked)):
            self.denied += 1
            answer(self._denial(known.window, known.reset - self._loop.time()))
        elif len(self._waiting) >= _MAX_WAITING:
            self.unavailable += 1
            answer(UNAVAILABLE)
        else:
            if not self._waiting:
                self._loop.call_soon(self._flush)
            self._waiting.append((asked, answer))

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for together in _by_client(waiting) if self._windows.apart else [waiting]:
            for start in range(0, len(together), _MAX_BATCH):
                self._decide(together[start : start + _MAX_BATCH])

    def _decide(self, waiting: Waiting) -> None:
        sent = self._loop.time()

        def reply(verdicts: list[Verdict] | None) -> None:
            if verdicts is None:
                self.unavailable += len(waiting)
                for _, answer in waiting:
                    answer(UNAVAILABLE)
                return
            for (asked, answer), verdict in zip(waiting, verdicts, strict=True):
                answer(self._answer(asked, verdict, sent))

        self.batches += 1
        self._windows.decide([asked for asked, _ in waiting], reply)

    def _answer(self, asked: Asked, verdict: Verdict, sent: float) -> bytes:
        if not verdict.allowed:
            self.denied += 1
            self._remember(Asked(asked.client, verdict.window != GENERAL), verdict, sent)
            return self._denial(verdict.window, verdict.reset)
        self.admitted += 1
        limit = self._limits[verdict.window]
        return (
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-ratelimit-limit: %d\r\n"
            b"x-ratelimit-remaining: %d\r\nx-ratelimit-reset: %d\r\n\r\n"
        ) % (limit, max(0, limit - verdict.used), ceil(verdict.reset))

    def _denial(self, window: int, reset: float) -> bytes:
        seconds = max(1, ceil(reset))
        return (
            b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\nretry-after: %d\r\nx-ratelimit-limit: %d\r\n"
            b"x-ratelimit-remaining: 0\r\nx-ratelimit-reset: %d\r\n\r\n"
        ) % (seconds, self._limits[window], seconds)

    def _recall(self, asked: Asked) -> Denied | None:
        """The denial that still holds: of the general window for every request, of the other for its own kind."""
        now = self._loop.time()
        for key in {Asked(asked.client, False), asked}:
            known = self._denied.get(key)
            if known is None:
                continue
            if known.until > now:
                return known
            del self._denied[key]
        return None

    def _remember(self, key: Asked, verdict: Verdict, sent: float) -> None:
        """Counted from when the batch was sent: never longer than Valkey itself would go on denying."""
        reset = sent + verdict.reset
        if len(self._denied) >= _MAX_REMEMBERED:
            del self._denied[next(iter(self._denied))]
        self._denied[key] = Denied(verdict.window, min(reset, sent + _REMEMBER_SECONDS), reset)


def _by_client(waiting: Waiting) -> Iterable[Waiting]:
    groups: dict[bytes, Waiting] = {}
    for each in waiting:
        groups.setdefault(each[0].client, []).append(each)
    return groups.values()
