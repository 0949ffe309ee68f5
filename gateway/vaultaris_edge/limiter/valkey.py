"""Sliding windows in Valkey, shared by every edge process: one script call per batch over one connection.

Without a connection nobody waits: batches stay undecided at once, and a new connection is made in the background.
"""

import asyncio
import hashlib
import ssl
import time
from importlib.resources import files

from vaultaris_edge.limiter.link import Line, Link, command
from vaultaris_edge.limiter.window import Asked, Limits, Reply, Verdict
from vaultaris_kit.logs import get_logger
from vaultaris_kit.valkey import parse_valkey

log = get_logger(__name__)

_CONNECT_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_COMPLAINT_SECONDS = 10.0
_KEY, _CREDENTIAL_KEY = b"vaultaris:limit:", b"vaultaris:limit:credential:"
_SCRIPT = files(__package__).joinpath("windows.lua").read_bytes()
_DIGEST = hashlib.sha1(_SCRIPT, usedforsecurity=False).hexdigest().encode()  # how EVALSHA names a script


class ValkeyWindows:
    """``run`` keeps the connection; until there is one, ``decide`` answers None at once."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._valkey = parse_valkey(url)
        self._arguments = (
            b"%d" % (limits.seconds * 1_000_000),
            b"%d" % limits.general,
            b"%d" % limits.credential,
        )
        self._link: Link | None = None
        self._complained = -_COMPLAINT_SECONDS

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
                link.send(command(b"EVAL", _SCRIPT, *words), lambda again: reply(self._verdicts(batch, again)))
            else:
                reply(self._verdicts(batch, line))

        link.send(command(b"EVALSHA", _DIGEST, *words), done)

    async def ping(self) -> float:
        """Seconds that a PING takes. Raises ConnectionError when Valkey is away."""
        if self._link is None:
            raise ConnectionError("Valkey is away")
        started = time.monotonic()
        if await self._link.ask(b"PING") is None:
            raise ConnectionError("Valkey is away")
        return time.monotonic() - started

    async def run(self) -> None:
        """Connects, watches, connects again; until cancelled."""
        pause = 0.0
        while True:
            await asyncio.sleep(pause)
            pause = min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
            try:
                link = await self._connect()
            except OSError as fault:  # TimeoutError is one too
                log.warning("valkey_away", reason=str(fault) or type(fault).__name__, retry_in=pause)
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
        tls = ssl.create_default_context() if self._valkey.tls else None
        async with asyncio.timeout(_CONNECT_SECONDS):
            host, port = await self._valkey.primary()
            _, link = await asyncio.get_running_loop().create_connection(Link, host, port, ssl=tls)
            try:
                await self._greet(link)
            except BaseException:  # cancellation too: a connection that was not greeted is of no use
                link.abort()
                raise
        return link

    async def _greet(self, link: Link) -> None:
        """Signs in, selects the database and loads the script (an empty batch)."""
        if self._valkey.password:
            user = [self._valkey.user.encode()] if self._valkey.user else []
            await _demand(link, b"AUTH", *user, self._valkey.password.encode())
        if self._valkey.database:
            await _demand(link, b"SELECT", b"%d" % self._valkey.database)
        await _demand(link, b"EVAL", _SCRIPT, *self._words([]))

    def _words(self, batch: list[Asked]) -> list[bytes]:
        keys: list[bytes] = []
        shape = bytearray()
        for client, credential in batch:
            keys.append(_KEY + client)
            if credential:
                keys.append(_CREDENTIAL_KEY + client)
            shape += b"2" if credential else b"1"
        return [b"%d" % len(keys), *keys, *self._arguments, bytes(shape)]

    def _verdicts(self, batch: list[Asked], line: Line | None) -> list[Verdict] | None:
        """Three integers per request, as the script says; an error of Valkey counts as no answer."""
        if isinstance(line, bytes):
            self._complain(line)
            if line.startswith(b"-READONLY") and self._link is not None:  # another is the primary now
                self._link.abort()
        if not isinstance(line, list):
            return None
        triples = zip(batch, line[::3], line[1::3], line[2::3], strict=True)
        return [
            Verdict(not denied, denied - 1 if denied else int(asked.credential), used, wait / 1000)
            for asked, denied, used, wait in triples
        ]

    def _complain(self, line: bytes) -> None:
        """Valkey refuses (out of memory, a read-only replica): told now and then, not per request."""
        if time.monotonic() - self._complained >= _COMPLAINT_SECONDS:
            self._complained = time.monotonic()
            log.error("valkey_refuses", answer=line[:200].decode("utf-8", "replace"))


async def _demand(link: Link, *words: bytes) -> None:
    """Raises ConnectionError when Valkey refuses."""
    line = await link.ask(*words)
    if line is None or (isinstance(line, bytes) and line.startswith(b"-")):
        raise ConnectionError(f"Valkey refused {words[0].decode()}")
