"""One connection to Valkey, for the few words of RESP2 that the limiter needs.

A general client would cost more than the script it calls. The link never lets anybody wait for a Valkey that
hangs: what is not answered within ``ANSWER_SECONDS`` is given up, together with the connection.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, cast

from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

ANSWER_SECONDS = 0.25
"""Well below the half second for which Envoy waits; long enough for a machine that is out of breath."""

_SECOND_LOOK_SECONDS = 0.05
MAX_UNANSWERED = 256

Line = bytes | list[int]
"""An answer: one line with its type in front (``+OK``, ``:1``, ``-ERR …``), or an array of integers."""


class Unanswered(NamedTuple):
    """A command under way since ``sent``; ``done`` gets its answer, or None when the connection is lost first."""

    sent: float
    done: Callable[[Line | None], None]


def command(*words: bytes) -> bytes:
    """A RESP2 command."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%s\r\n" % (len(word), word) for word in words])


class Link(asyncio.Protocol):
    """One connection. Answers come in the order of the commands; each is one line or an array of integers."""

    def __init__(self, most_unanswered: int = MAX_UNANSWERED) -> None:
        self._most_unanswered = most_unanswered
        self.lost = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._unanswered: deque[Unanswered] = deque()
        self._watched = False
        self._rest = b""
        self._array: list[int] = []
        self._missing = 0

    @property
    def is_full(self) -> bool:
        """True when so many commands are under way that another would only wait."""
        return len(self._unanswered) >= self._most_unanswered

    def send(self, data: bytes, done: Callable[[Line | None], None]) -> None:
        """Sends one command."""
        if self._transport is None or self.lost.is_set():
            done(None)
            return
        self._unanswered.append(Unanswered(self._loop.time(), done))
        self._transport.write(data)
        if not self._watched:
            self._watched = True
            self._loop.call_later(ANSWER_SECONDS, self._watch)

    def abort(self) -> None:
        """Drops the connection at once; what is under way ends unanswered."""
        if self._transport is not None:
            self._transport.abort()
        self.connection_lost(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self.lost.set()
        while self._unanswered:
            self._unanswered.popleft().done(None)

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        for line in lines:
            if self._missing:
                self._array.append(int(line[1:]))
                self._missing -= 1
            elif line[:1] == b"*":
                self._array, self._missing = [], int(line[1:])
            else:
                self._answer(line)
                continue
            if not self._missing:
                self._answer(self._array)

    async def ask(self, *words: bytes) -> Line | None:
        """The answer to one command; None when the connection is lost first."""
        answer: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()

        def done(line: Line | None) -> None:
            if not answer.done():  # the one who waited may have given up: the connection is shared and goes on
                answer.set_result(line)

        self.send(command(*words), done)
        return await answer

    def _answer(self, line: Line) -> None:
        if self._unanswered:
            self._unanswered.popleft().done(line)

    def _watch(self, suspect: Unanswered | None = None) -> None:
        """Gives the connection up when its oldest command stays unanswered.

        It is looked at twice, because after a stall of our own the answer may lie in the socket already.
        """
        if not self._unanswered:
            self._watched = False
            return
        oldest = self._unanswered[0]
        left = oldest.sent + ANSWER_SECONDS - self._loop.time()
        if left > 0:
            self._loop.call_later(left, self._watch)
        elif oldest is not suspect:
            self._loop.call_later(_SECOND_LOOK_SECONDS, self._watch, oldest)
        else:
            log.warning("valkey_hangs")
            self.abort()
