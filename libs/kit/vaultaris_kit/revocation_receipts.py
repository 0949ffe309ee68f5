"""Receipts: whoever goes by the live set tells how far they have read it, so that who revokes can wait for them.

Without them a revocation would be answered when it is stored, a moment before a busy process has read of it.
"""

import asyncio
import contextlib
import time
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
_ACQUAINTED_SECONDS: Final = 1.5
"""Within it every reader has read a heartbeat, and told so."""


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """``reader`` names a process, ``revision`` is the last one of the bucket that it has taken in."""

    reader: str
    revision: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Receipt).decode


class Receipts:
    """A reader's own, sent in the background."""

    def __init__(self, bus: Bus) -> None:
        self._bus, self._reader = bus, uuid4().hex
        self._revision = 0
        self._due = asyncio.Event()

    def note(self, revision: int) -> None:
        """Everything up to ``revision`` is gone by from here on."""
        self._revision = revision
        self._due.set()

    async def run(self) -> None:
        """Runs until cancelled. What can't be told is not waited for longer than this process trusts what it knows."""
        while True:
            await self._due.wait()
            self._due.clear()
            with contextlib.suppress(NatsError, OSError):
                await self._bus.client.publish(_SUBJECT, _encode(Receipt(self._reader, self._revision)))
            await asyncio.sleep(_GAP_SECONDS)

    async def leave(self) -> None:
        """This process goes by nothing any more: nobody has to wait for it. To be called when it serves no longer."""
        with contextlib.suppress(NatsError, OSError):
            await self._bus.client.publish(_SUBJECT, _encode(Receipt(self._reader, _EVERYTHING)))


class _Reader(NamedTuple):
    """How far somebody has read, and until when, by the monotonic clock, they may trust that if they hear no more."""

    revision: int
    trusting_until: float


class Readers:
    """Everybody who goes by the live set, known by their receipts; a heartbeat is trusted for ``trust_seconds``."""

    def __init__(self, bus: Bus, trust_seconds: float) -> None:
        self._bus, self._trust_seconds = bus, trust_seconds
        self._readers: dict[str, _Reader] = {}
        self._acquainted_at = 0.0
        self._told = asyncio.Condition()

    async def listen(self) -> None:
        """Begins to take receipts."""
        await self._bus.ready.wait()
        await self._bus.client.subscribe(_SUBJECT, cb=self._take)
        self._acquainted_at = time.monotonic() + _ACQUAINTED_SECONDS

    async def have_read(self, revision: int) -> None:
        """Returns when every reader has read so far. One that is gone is waited for until it would trust nothing."""
        await asyncio.sleep(max(0.0, self._acquainted_at - time.monotonic()))
        async with self._told:
            while (until := self._behind_until(revision)) > (present := time.monotonic()):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._told.wait(), until - present)

    def _behind_until(self, revision: int) -> float:
        """When the last of those who have not read so far stops trusting what it has read."""
        return max((each.trusting_until for each in self._readers.values() if each.revision < revision), default=0.0)

    async def _take(self, message: Msg) -> None:
        try:
            receipt = _decode(message.data)
        except msgspec.DecodeError:
            log.error("receipt_unreadable")
            return
        present = time.monotonic()
        if receipt.reader not in self._readers:
            self._readers = {name: each for name, each in self._readers.items() if each.trusting_until > present}
        async with self._told:
            self._readers[receipt.reader] = _Reader(receipt.revision, present + self._trust_seconds)
            self._told.notify_all()
