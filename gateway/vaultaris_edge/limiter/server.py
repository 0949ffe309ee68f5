"""One connection to one Valkey server, made anew in the background whenever it is lost."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

from vaultaris_edge.limiter.link import MAX_UNANSWERED, Line, Link, command
from vaultaris_edge.limiter.script import DIGEST, SCRIPT
from vaultaris_kit.logs import get_logger
from vaultaris_kit.valkey import Valkey

log = get_logger(__name__)

_CONNECT_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_ASKING = command(b"ASKING")


class Server:
    """``run`` keeps the connection; until there is one, whatever is asked stays unanswered at once."""

    def __init__(
        self,
        valkey: Valkey,
        empty: list[bytes],
        *,
        most_unanswered: int = MAX_UNANSWERED,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """``empty`` are the words of a batch without requests, with which the script is loaded."""
        self._valkey = valkey
        self._empty = empty
        self._most_unanswered = most_unanswered
        self._lost = lost
        self._link: Link | None = None

    @property
    def connected(self) -> bool:
        return self._link is not None

    def evaluate(self, words: list[bytes], done: Callable[[Line | None], None], *, asking: bool = False) -> None:
        """Runs the script. With ``asking``, also on a slot that is still on its way to this node of a cluster."""
        link = self._link
        if link is None or link.is_full:
            done(None)
            return

        def send(*call: bytes, then: Callable[[Line | None], None]) -> None:
            if asking:  # holds for the one command after it
                link.send(_ASKING, lambda _: None)
            link.send(command(*call, *words), then)

        def answered(line: Line | None) -> None:
            if isinstance(line, bytes) and line.startswith(b"-NOSCRIPT"):
                send(b"EVAL", SCRIPT, then=done)
            else:
                done(line)

        send(b"EVALSHA", DIGEST, then=answered)

    def drop(self) -> None:
        """Gives the connection up, for a new one."""
        if self._link is not None:
            self._link.abort()

    async def ping(self) -> float:
        """Seconds that a PING takes. Raises ConnectionError when the server is away."""
        started = time.monotonic()
        if self._link is None or await self._link.ask(b"PING") is None:
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
                self._lost()
                continue
            pause = _FIRST_PAUSE
            log.info("valkey_connected")
            self._link = link
            try:
                await link.lost.wait()
            finally:
                self._link = None
                link.abort()
            self._lost()

    async def _connect(self) -> Link:
        async with asyncio.timeout(_CONNECT_SECONDS):
            host, port = await self._valkey.primary()
            made = partial(Link, self._most_unanswered)
            _, link = await asyncio.get_running_loop().create_connection(made, host, port, ssl=self._valkey.tls_context)
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
        await _demand(link, b"EVAL", SCRIPT, *self._empty)


async def _demand(link: Link, *words: bytes) -> None:
    """Raises ConnectionError when Valkey refuses."""
    line = await link.ask(*words)
    if line is None or (isinstance(line, bytes) and line.startswith(b"-")):
        raise ConnectionError(f"Valkey refused {words[0].decode()}")
