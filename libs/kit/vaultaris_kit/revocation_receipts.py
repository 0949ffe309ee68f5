"""Receipts: whoever goes by the live set tells how far they have read it, so that who revokes can wait for them.

Without them a revocation would be answered when it is stored, a moment before a busy process has read of it.
"""

import asyncio
import contextlib
import heapq
import math
import time
from itertools import count
from typing import Final, NamedTuple
from uuid import uuid4

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from vaultaris_kit.bus import Bus
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_SUBJECT: Final = "revocations.read"
_EVERYTHING: Final = 2**62
_GAP_SECONDS: Final = 0.01
"""Between two receipts of one reader: while very much is revoked, one stands for several."""
_ARRIVAL_SECONDS: Final = 3
"""A server that takes longer counts as away."""
_NOBODY: Final = -1


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """``reader`` names a process, ``revision`` is the last one of the bucket that it has taken in."""

    reader: str
    revision: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Receipt).decode


class Receipts:
    """A reader's own."""

    def __init__(self, bus: Bus) -> None:
        self._bus, self._reader = bus, uuid4().hex
        self._revision = 0
        self._due = asyncio.Event()

    def note(self, revision: int) -> None:
        """Everything up to ``revision`` is gone by from here on; said in the background, soon."""
        self._revision = revision
        self._due.set()

    async def tell(self, revision: int) -> None:
        """The same, and returns when everybody who revokes is sure to hear it before whatever is stored from now on.

        Raises what NATS raises.
        """
        self._revision = revision
        await self._send(revision)
        await self._bus.client.flush(_ARRIVAL_SECONDS)

    async def run(self) -> None:
        """Runs until cancelled. A receipt that is lost costs patience alone: the next one says more."""
        while True:
            await self._due.wait()
            self._due.clear()
            if self._bus.connected:  # what waits for the connection would tell old news, of a bucket that may be gone
                with contextlib.suppress(NatsError, OSError):
                    await self._send(self._revision)
            await asyncio.sleep(_GAP_SECONDS)

    async def leave(self) -> None:
        """This process goes by nothing any more: nobody has to wait for it. To be called when it serves no longer."""
        with contextlib.suppress(NatsError, OSError):
            await self._send(_EVERYTHING)

    async def _send(self, revision: int) -> None:
        await self._bus.client.publish(_SUBJECT, _encode(Receipt(self._reader, revision)))


class _Reader(NamedTuple):
    """How far somebody has read, and until when, by the monotonic clock, they may trust that if they hear no more."""

    revision: int
    trusting_until: float


class Readers:
    """Everybody who goes by the live set, known by their receipts; a heartbeat is trusted for ``trust_seconds``.

    A reader trusts nothing before its receipt has arrived here. So whoever is not known ``trust_seconds`` after this
    process began to listen trusts nothing that it read before; until then, and after every gap, somebody may do so.
    """

    def __init__(self, bus: Bus, trust_seconds: float) -> None:
        self._bus, self._trust_seconds = bus, trust_seconds
        self._readers: dict[str, _Reader] = {}
        self._acquainted_at = math.inf
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._look: asyncio.TimerHandle | None = None

    async def listen(self) -> None:
        """Begins to take receipts."""
        self._bus.on_gap.append(self._make_acquaintance)
        await self._bus.ready.wait()
        await self._bus.client.subscribe(_SUBJECT, cb=self._take)
        self._make_acquaintance()

    async def have_read(self, revision: int) -> None:
        """Returns when every reader has read so far. One that is gone is waited for until it would trust nothing."""
        waiting = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (revision, next(self._numbers), waiting))
        self._settle()
        await waiting

    def _make_acquaintance(self) -> None:
        """Receipts may have been missed, and a bucket that was made anew counts from the beginning."""
        self._readers.clear()
        self._acquainted_at = time.monotonic() + self._trust_seconds
        self._settle()

    def _settle(self) -> None:
        """Lets go whoever waits for what all have read, and looks again when the next reader would trust no longer."""
        present = time.monotonic()
        while self._waiting and (until := self._behind_until(self._waiting[0][0], present)) <= present:
            _, _, waiting = heapq.heappop(self._waiting)
            if not waiting.done():  # whoever gave up
                waiting.set_result(None)
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self._waiting and until < math.inf:
            self._look = asyncio.get_running_loop().call_later(until - present, self._settle)

    def _behind_until(self, revision: int, present: float) -> float:
        """When the first of those who have not read so far stops trusting what it has read; past when nobody is."""
        if self._acquainted_at > present:
            return self._acquainted_at
        behind = (each.trusting_until for each in self._readers.values() if each.revision < revision)
        return min((until for until in behind if until > present), default=present)

    async def _take(self, message: Msg) -> None:
        try:
            receipt = _decode(message.data)
        except msgspec.DecodeError:
            log.error("receipt_unreadable")
            return
        present = time.monotonic()
        known = self._readers.get(receipt.reader)
        if known is None:
            self._readers = {name: each for name, each in self._readers.items() if each.trusting_until > present}
        self._readers[receipt.reader] = _Reader(receipt.revision, present + self._trust_seconds)
        if self._waiting and (known.revision if known else _NOBODY) < self._waiting[0][0] <= receipt.revision:
            self._settle()
