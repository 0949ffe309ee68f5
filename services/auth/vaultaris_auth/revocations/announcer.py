"""Keeps the live revocation set true: writes marks into the NATS bucket, and the heartbeat that vouches for them.

A service trusts its copy of the set only while the heartbeat comes. So the heartbeat is sent only when
every revocation of the table stands in the bucket, as far as this process knows.
"""

import asyncio
import time
from collections.abc import Sequence

from nats.errors import Error as NatsError
from nats.js.errors import APIError, KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.logs import get_logger
from vaultaris_kit.revocation import (
    HEARTBEAT_KEY,
    HEARTBEAT_SECONDS,
    PASSING_KEY,
    TRUST_SECONDS,
    Revocations,
    open_bucket,
)
from vaultaris_kit.revocation_receipts import Readers

log = get_logger(__name__)

_BATCH = 200
_ATTEMPTS = 20
_ANNOUNCE_SECONDS = 2.0
_SNAPSHOT_SECONDS = 10.0
_CATCH_UP_SECONDS = HEARTBEAT_SECONDS + 0.5
"""Within it another replica, if there is one that reaches NATS, announces what stands in the table."""
_HEARING_SECONDS = 1.0
"""By how much later elsewhere a heartbeat may be heard, or a server that hangs be noticed."""
_OUTLAST_SECONDS = 6.0
_LOOK_SECONDS = 0.2
_UNCONFIRMED = "The revocation is stored and will be enforced, but could not be confirmed yet; try again."
_FAULTS = (NatsError, APIError, TimeoutError, OSError, Unavailable)


class Announcer:
    """One a process; several may run side by side."""

    def __init__(self, database: Database, bus: Bus, revocations: Revocations) -> None:
        self._database, self._bus, self._revocations = database, bus, revocations
        self._readers = Readers(bus, TRUST_SECONDS)
        self._bucket: KeyValue | None = None
        self._noting: set[asyncio.Task[None]] = set()
        self._complete = False
        """Whether the bucket holds everything that this process knows of."""
        bus.on_gap.append(self._lose_trust)

    def _lose_trust(self) -> None:
        self._complete = False

    async def announce(self, marks: Sequence[Stored]) -> None:
        """Writes committed marks into the live set.

        Returns once every service goes by them. When NATS is away the table is enough as soon as the last heartbeat is
        too old to be trusted: every service asks auth then, and :meth:`run` catches up. Raises :class:`Unavailable`
        when services may go on trusting a set that lacks the marks.
        """
        for mark in marks:
            self._revocations.apply(mark.key, mark.at_ms)
        if not marks:
            return
        try:
            if not self._bus.connected:
                raise Unavailable("NATS is away")
            async with asyncio.timeout(_ANNOUNCE_SECONDS):
                revision = await self._put(marks)
        except _FAULTS as fault:
            self._complete = False
            log.warning("revocation_waits", reason=type(fault).__name__, count=len(marks))
            await self._outlast_trust([mark.key for mark in marks])
        else:
            await self._have_read(revision)
            self._note_soon(marks)

    async def outpace_events(self) -> None:
        """Returns when every process has heard the events that were published before.

        NATS sends in order: whoever has read an entry written now has heard of them. With NATS away, or a process that
        does not come to read it, the events have done what they can.
        """
        try:
            if not self._bus.connected:
                raise Unavailable("NATS is away")
            async with asyncio.timeout(_ANNOUNCE_SECONDS):
                revision = await (await self._open()).put(PASSING_KEY, b"")
            await self._have_read(revision)
        except _FAULTS as fault:
            log.warning("events_not_confirmed", reason=type(fault).__name__)

    async def _have_read(self, revision: int) -> None:
        try:
            async with asyncio.timeout(_OUTLAST_SECONDS):
                await self._readers.have_read(revision)
        except TimeoutError as fault:
            raise Unavailable(_UNCONFIRMED) from fault

    async def _outlast_trust(self, keys: Sequence[str]) -> None:
        """Waits until another replica has announced what this one could not, or nobody trusts the live set any more."""
        begun = time.monotonic()
        while (present := time.monotonic()) < begun + _OUTLAST_SECONDS:
            distrusted = self._revocations.trusted_until + _HEARING_SECONDS
            if present >= max(begun + _CATCH_UP_SECONDS, distrusted) or await self._are_announced(keys):
                return
            await asyncio.sleep(_LOOK_SECONDS)
        raise Unavailable(_UNCONFIRMED)

    async def _are_announced(self, keys: Sequence[str]) -> bool:
        try:
            async with self._database.instance() as session:
                return not await repository.waiting_of(session, keys)
        except Unavailable:
            return False

    async def run(self) -> None:
        """Runs until cancelled: completes the bucket, then vouches for it each second."""
        await self._readers.listen()
        while True:
            await self._bus.ready.wait()
            try:
                if not self._complete:
                    await self._reconcile()
                await self._catch_up()
                if not self._bus.connected:  # what is sent now would be heard when it comes back, as if it were news
                    raise Unavailable("NATS is away")
                await (await self._open()).put(HEARTBEAT_KEY, str(int(time.time() * 1000)).encode())
            except _FAULTS as fault:
                self._complete, self._bucket = False, None
                log.warning("revocation_heartbeat_missed", reason=type(fault).__name__)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _open(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await open_bucket(self._bus)
        return self._bucket

    async def _catch_up(self) -> None:
        """Announces what other replicas could not. With the database away nobody revokes: nothing is missed."""
        after = ""
        while marks := await self._waiting(after):
            self._note_soon(marks, read_at=await self._put(marks))
            if len(marks) < _BATCH:
                return
            after = marks[-1].key

    async def _waiting(self, after: str) -> list[Stored]:
        try:
            async with self._database.instance() as session:
                return await repository.waiting_after(session, after, _BATCH)
        except Unavailable:
            log.warning("revocations_not_read")
            return []

    async def _reconcile(self) -> None:
        """Puts into the bucket whatever the table holds and the bucket does not."""
        self._complete = True  # before reading: whatever fails from here on takes it back
        bucket = await self._open()
        held = await _snapshot(bucket)
        after = ""
        while True:
            async with self._database.instance() as session:
                marks = await repository.live_after(session, after, _BATCH)
            await asyncio.gather(*(_raise(bucket, mark) for mark in marks if held.get(mark.key, -1) < mark.at_ms))
            if len(marks) < _BATCH:
                return
            after = marks[-1].key

    async def _put(self, marks: Sequence[Stored]) -> int:
        """Returns the revision of the bucket that holds them all."""
        bucket = await self._open()
        return max(await asyncio.gather(*(_raise(bucket, mark) for mark in marks)))

    def _note_soon(self, marks: Sequence[Stored], *, read_at: int = 0) -> None:
        """Nobody waits for this: what is not noted is announced once more, which changes nothing."""
        noting = asyncio.create_task(self._note(marks, read_at))
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def _note(self, marks: Sequence[Stored], read_at: int) -> None:
        """Notes in the table that every service goes by the marks, once all have read as far as ``read_at``.

        Whoever finds that noted answers at once.
        """
        try:
            await self._have_read(read_at)
            async with self._database.instance() as session:
                await repository.set_announced(session, marks)
        except Unavailable:  # they are announced once more, which changes nothing
            log.warning("revocations_not_noted")


async def _snapshot(bucket: KeyValue) -> dict[str, int]:
    """What the bucket holds now."""
    held: dict[str, int] = {}
    watcher = await bucket.watchall()
    try:
        while (entry := await watcher.updates(timeout=_SNAPSHOT_SECONDS)) is not None:  # type: ignore[no-untyped-call]  # nats-py left it so
            if entry.value and entry.key != HEARTBEAT_KEY:
                held[entry.key] = int(entry.value)
    finally:
        await watcher.stop()  # type: ignore[no-untyped-call]  # nats-py left it so
    return held


async def _raise(bucket: KeyValue, mark: Stored) -> int:
    """Writes one mark, never back in time: a slower writer must not undo a later mark. Returns its revision."""
    value = str(mark.at_ms).encode()
    for _attempt in range(_ATTEMPTS):
        try:
            return await bucket.create(mark.key, value)
        except KeyWrongLastSequenceError:
            revision = await _raise_existing(bucket, mark, value)
            if revision is not None:
                return revision
    raise Unavailable("A revocation could not be written.")


async def _raise_existing(bucket: KeyValue, mark: Stored, value: bytes) -> int | None:
    """The revision at which the key holds the mark or a later one; None when it changed meanwhile."""
    try:
        entry = await bucket.get(mark.key)
        if entry.value and int(entry.value) >= mark.at_ms:
            return entry.revision
        return await bucket.update(mark.key, value, last=entry.revision)
    except (KeyNotFoundError, KeyWrongLastSequenceError):
        return None
