"""Sliding windows in Valkey, shared by every edge process: one script call per batch over one connection.

The link speaks the few words of RESP2 that it needs, because a general client would cost more than the
script itself. It never lets a request wait for a Valkey that is away or hangs: whatever is not answered
within ``ANSWER_SECONDS`` is given up together with the connection, and a new one is made in the background.
"""

import asyncio
import hashlib
import ssl
import time
from collections import deque
from collections.abc import Callable
from importlib.resources import files
from typing import NamedTuple, cast
from urllib.parse import unquote, urlsplit

from vaultaris_edge.limiter.window import Asked, Limits, Reply, Verdict
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

ANSWER_SECONDS = 0.25
"""Well below the half second for which Envoy waits; long enough for a machine that is out of breath."""

_SECOND_LOOK_SECONDS = 0.05
_CONNECT_SECONDS = 1.0
_MAX_UNANSWERED = 256
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_KEY, _CREDENTIAL_KEY = b"vaultaris:limit:", b"vaultaris:limit:credential:"
_SCRIPT = files(__package__).joinpath("windows.lua").read_bytes()
_DIGEST = hashlib.sha1(_SCRIPT, usedforsecurity=False).hexdigest().encode()  # how EVALSHA names a script
_PORT = 6379

Line = bytes | list[int]


class Unanswered(NamedTuple):
    """A command under way since ``sent``; ``done`` gets its answer, or None when the connection is lost first."""

    sent: float
    done: Callable[[Line | None], None]


def command(*words: bytes) -> bytes:
    """A RESP2 command."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%s\r\n" % (len(word), word) for word in words])


class Link(asyncio.Protocol):
    """One connection. Answers come in the order of the commands; each is one line or an array of integers."""

    def __init__(self) -> None:
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
        return len(self._unanswered) >= _MAX_UNANSWERED

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


class ValkeyWindows:
    """``run`` keeps the connection; until there is one, ``decide`` answers None at once."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._url = urlsplit(url)
        self._arguments = (
            b"%d" % (limits.seconds * 1_000_000),
            b"%d" % limits.general,
            b"%d" % limits.credential,
        )
        self._link: Link | None = None

    @property
    def connected(self) -> bool:
        """Whether batches can be decided right now."""
        return self._link is not None

    def decide(self, batch: list[Asked], reply: Reply) -> None:
        link = self._link
        if link is None or link.is_full:
            reply(None)
            return
        words = self._words(batch)

        def done(line: Line | None) -> None:
            if isinstance(line, bytes) and line.startswith(b"-NOSCRIPT"):
                link.send(command(b"EVAL", _SCRIPT, *words), lambda again: reply(_verdicts(batch, again)))
            else:
                reply(_verdicts(batch, line))

        link.send(command(b"EVALSHA", _DIGEST, *words), done)

    async def ping(self) -> float:
        """Seconds that a PING takes. Raises ConnectionError when Valkey is away."""
        if self._link is None:
            raise ConnectionError("Valkey is away")
        started = time.monotonic()
        if await _ask(self._link, b"PING") is None:
            raise ConnectionError("Valkey is away")
        return time.monotonic() - started

    async def run(self) -> None:
        """Connects, watches, connects again; until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                link = await self._connect()
            except (OSError, TimeoutError) as fault:
                log.warning("valkey_away", reason=type(fault).__name__, retry_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            log.info("valkey_connected")
            self._link = link
            try:
                await link.lost.wait()
            finally:
                self._link = None
                link.abort()

    async def _connect(self) -> Link:
        tls = ssl.create_default_context() if self._url.scheme == "rediss" else None
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, link = await asyncio.get_running_loop().create_connection(
                Link, self._url.hostname or "127.0.0.1", self._url.port or _PORT, ssl=tls
            )
            try:
                await self._greet(link)
            except BaseException:
                link.abort()
                raise
        return link

    async def _greet(self, link: Link) -> None:
        """Signs in, selects the database and loads the script (an empty batch)."""
        database = self._url.path.strip("/")
        if self._url.password:
            user = [unquote(self._url.username).encode()] if self._url.username else []
            await _demand(link, b"AUTH", *user, unquote(self._url.password).encode())
        if database:
            await _demand(link, b"SELECT", database.encode())
        await _demand(link, b"EVAL", _SCRIPT, *self._words([]))

    def _words(self, batch: list[Asked]) -> list[bytes]:
        keys: list[bytes] = []
        shape = bytearray()
        for client, credential in batch:
            keys.append(_KEY + client)
            if credential:
                keys.append(_CREDENTIAL_KEY + client)
            shape.append(50 if credential else 49)
        return [b"%d" % len(keys), *keys, *self._arguments, bytes(shape)]


def _verdicts(batch: list[Asked], line: Line | None) -> list[Verdict] | None:
    """Three integers per request, as the script says; an error of Valkey counts as no answer."""
    if not isinstance(line, list):
        return None
    triples = zip(batch, line[::3], line[1::3], line[2::3], strict=True)
    return [
        Verdict(not denied, denied - 1 if denied else int(asked.credential), used, wait / 1000)
        for asked, denied, used, wait in triples
    ]


async def _ask(link: Link, *words: bytes) -> Line | None:
    answer: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()

    def done(line: Line | None) -> None:
        if not answer.done():  # the one who waited may have given up: the connection is shared and goes on
            answer.set_result(line)

    link.send(command(*words), done)
    return await answer


async def _demand(link: Link, *words: bytes) -> None:
    """Raises ConnectionError when Valkey refuses."""
    line = await _ask(link, *words)
    if line is None or (isinstance(line, bytes) and line.startswith(b"-")):
        raise ConnectionError(f"Valkey refused {words[0].decode()}")
