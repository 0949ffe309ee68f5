"""The outbox: an event is written in the transaction of the change and published after it.

The relay of any replica may publish any row; the event's id is the JetStream message id, so a row
published twice is stored once.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, exists, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vaultaris_kit.bus import NOTICED_SECONDS, Bus
from vaultaris_kit.consistency import note_event
from vaultaris_kit.database import AnySession, Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import OUTBOX_PENDING, OUTBOX_PUBLISHED
from vaultaris_kit.plain import PlainSession
from vaultaris_kit.principal import Principal

log = get_logger(__name__)

_COLUMNS = ("id", "tenant_id", "subject", "payload")
_BATCH = 200
_IDLE_SECONDS = 2.0
_LOOK_SECONDS = 0.25
_OTHERS_SECONDS = 0.05
_GATHER_SECONDS = 0.1
"""How long rows gather between two batches where no answer waits for them: a first one is never kept waiting."""
_BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class OutboxRow:
    """Columns of the table ``outbox`` that every emitting service has."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    subject: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class Outbox:
    """Writes the events of one service.

    ``announce_seconds`` is how long an answer may wait for its events to be published, so that the
    caller's next request finds every cache already told; 0 for paths where speed counts more.
    """

    def __init__(self, service: str, base: type[DeclarativeBase], *, announce_seconds: float = 0.0) -> None:
        self._service, self.announce_seconds = service, announce_seconds
        self.table: Any = type("Outbox", (OutboxRow, base), {"__tablename__": "outbox"})
        self._insert = f"INSERT INTO {self.name} ({', '.join(_COLUMNS)}) VALUES ($1, $2, $3, $4)"  # noqa: S608 - ours

    @property
    def name(self) -> str:
        """The table's name, with its schema."""
        return str(self.table.__table__.fullname)

    def emit(
        self,
        session: AnySession,
        principal: Principal,
        event_type: str,
        tenant_id: UUID,
        *,
        resource_type: str,
        resource_id: UUID | None = None,
        description: str | None = None,
        old: Mapping[str, Any] | None = None,
        new: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds an event to the transaction of ``session``; see :func:`vaultaris_kit.events.new_event`."""
        event = new_event(
            principal, event_type, tenant_id, resource_type=resource_type, resource_id=resource_id,
            description=description, old=old, new=new, metadata=metadata,
        )  # fmt: skip
        row = (event.id, tenant_id, event.subject(self._service), encode_event(event))
        if isinstance(session, PlainSession):
            session.add(self._insert, row)
        else:
            session.add(self.table(**dict(zip(_COLUMNS, row, strict=True))))
        session.info["emitted"] = True
        note_event(event.id)


class Relay:
    """Publishes what stands in the outbox: at once after a commit, and every two seconds for what was left."""

    def __init__(self, database: Database, bus: Bus, outbox: Outbox) -> None:
        self._database, self._bus, self._table = database, bus, outbox.table
        self._take = f"""
            DELETE FROM {outbox.name}
             WHERE id IN (SELECT id FROM {outbox.name} ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING id, subject, payload
        """  # noqa: S608 - a table of ours
        self._announce = outbox.announce_seconds
        self._wake = asyncio.Event()
        self._round_done = asyncio.Event()
        self._failures = 0
        database.after_events = self.wake

    async def wake(self) -> None:
        """Has the fresh rows published; waits for it as long as the outbox says that an answer may wait."""
        await self.announce(self._announce)

    async def announce(self, within: float) -> bool:
        """Has the committed rows published, and waits for it for at most ``within`` seconds.

        Whether that was done, with all rows that no other replica had taken just then.
        """
        done = self._round_done
        self._wake.set()
        if within and self._bus.connected:
            with contextlib.suppress(TimeoutError):  # the rows are safe: they only arrive later than hoped
                async with asyncio.timeout(within):
                    await done.wait()
        return done.is_set()

    async def announce_for_certain(self) -> None:
        """Has the committed rows published, by whichever replica reaches NATS; or else waits until every process has
        noticed that it hears of nothing, and serves nothing from memory any more that the rows would have changed.
        """
        written, until = new_id(), time.monotonic() + NOTICED_SECONDS
        while time.monotonic() < until:
            done = await self.announce(_LOOK_SECONDS)
            if await self._are_published(written):
                return
            if done or not self._bus.connected:  # then it is up to another replica
                await asyncio.sleep(_OTHERS_SECONDS)

    async def _are_published(self, written: UUID) -> bool:
        """Whether no row is left of those that were written before ``written`` was made."""
        left = select(exists().where(self._table.id <= written))
        try:
            async with self._database.instance() as session:
                return not await session.scalar(left)
        except Unavailable:
            return False

    async def run(self) -> None:
        """Runs until cancelled; a fault of NATS or PostgreSQL delays it but never ends it."""
        while True:
            with contextlib.suppress(TimeoutError):  # then it is time to look for rows that another replica left
                async with asyncio.timeout(_IDLE_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            done, self._round_done = self._round_done, asyncio.Event()
            try:
                while await self.publish_batch() == _BATCH:
                    pass
                self._failures = 0
                done.set()
                if not self._announce:
                    await asyncio.sleep(_GATHER_SECONDS)
            except (Unavailable, OSError, TimeoutError) as fault:
                delay = _BACKOFF_SECONDS[min(self._failures, len(_BACKOFF_SECONDS) - 1)]
                self._failures += 1
                log.warning("outbox_waits", reason=type(fault).__name__, retry_in=delay)
                await asyncio.sleep(delay)
                self._wake.set()

    async def publish_batch(self) -> int:
        """Publishes up to a batch of rows and deletes them in one transaction; returns how many."""
        if not self._bus.connected:
            raise Unavailable("NATS is away")
        async with self._database.hot(None) as connection:
            rows = sorted(await connection.fetch(self._take, _BATCH), key=lambda row: row["id"].bytes)
            if not rows:
                return 0
            await asyncio.gather(*(self._bus.publish(row["subject"], row["payload"], str(row["id"])) for row in rows))
        OUTBOX_PUBLISHED.inc(len(rows))
        return len(rows)

    async def drain(self) -> None:
        """One last attempt at shutdown; what can't be published stays in the table for the next start."""
        try:
            await self.publish_batch()
        except (Unavailable, OSError, TimeoutError):
            log.warning("outbox_left_for_next_start")

    async def pending(self) -> int:
        """How many events wait."""
        async with self._database.instance() as session:
            count = (await session.execute(select(func.count()).select_from(self._table))).scalar_one()
        OUTBOX_PENDING.set(count)
        return int(count)
