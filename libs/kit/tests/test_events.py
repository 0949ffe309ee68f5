"""Events: written with the change, published once, delivered until handled. On real PostgreSQL and NATS."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from copy import copy
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vaultaris_kit.bus import NOTICED_SECONDS, Bus
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict, Unavailable
from vaultaris_kit.events import Event, encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.models import COLUMN_TYPES, TenantRow, schema_metadata
from vaultaris_kit.outbox import Outbox, Relay
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.service import end_tasks
from vaultaris_kit.settings import Settings
from vaultaris_stack.local import LocalStack

SCHEMA = "kit_tests"


class Base(DeclarativeBase):
    metadata = schema_metadata(SCHEMA)
    type_annotation_map = COLUMN_TYPES


OUTBOX = Outbox(SCHEMA, Base, announce_seconds=2)
BACKGROUND = copy(OUTBOX)
BACKGROUND.announce_seconds = 0
"""The same table, for a service whose answers wait for no events."""
TENANT = new_id()


class Thing(TenantRow, Base):
    __tablename__ = "things"
    name: Mapped[str] = mapped_column(unique=True)


@pytest_asyncio.fixture(scope="module")
async def database(stack: LocalStack) -> AsyncIterator[Database]:
    url = stack.environ_of("migrate")["MIGRATION_DATABASE_URL"]
    opened = Database(Settings(dev=True, database_url=SecretStr(url), database_acquire_timeout_secs=0.3,
                               database_max_connections=2), SCHEMA)  # fmt: skip
    async with opened.engine.begin() as connection:
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        await connection.run_sync(Base.metadata.create_all)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module")
async def bus(stack: LocalStack) -> AsyncIterator[Bus]:
    opened = Bus(stack.environ_of("audit")["NATS_URL"], "kit-tests")
    running = asyncio.create_task(opened.run())
    async with asyncio.timeout(10):
        await opened.ready.wait()
    yield opened
    running.cancel()
    await opened.close()


@pytest_asyncio.fixture
async def relay(database: Database, bus: Bus) -> AsyncIterator[Relay]:
    made = Relay(database, bus, OUTBOX)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()


class Inbox:
    """A consumer that notes what it took, and refuses what it is told to."""

    def __init__(self) -> None:
        self.seen: list[Event] = []
        self.refuse: set[UUID] = set()
        self._news = asyncio.Event()

    async def take(self, events: Sequence[Event]) -> None:
        if any(event.resource_id in self.refuse for event in events):
            raise ZeroDivisionError("told to")
        self.seen.extend(events)
        self._news.set()

    async def until(self, resource_id: UUID) -> Event:
        async with asyncio.timeout(10):
            while True:
                for event in self.seen:
                    if event.resource_id == resource_id:
                        return event
                self._news.clear()
                await self._news.wait()


@pytest_asyncio.fixture
async def inbox(bus: Bus) -> AsyncIterator[Inbox]:
    made = Inbox()
    running = asyncio.create_task(bus.consume(f"kit-tests-{new_id()}", [f"{SCHEMA}.>"], made.take))
    yield made
    running.cancel()


async def _change(database: Database, *, fail: bool = False) -> UUID:
    """A thing made, with its event; ``fail`` rolls both back."""
    thing = Thing(tenant_id=TENANT, name=str(new_id()))
    async with database.tenant(TENANT) as session:
        session.add(thing)
        await session.flush()
        OUTBOX.emit(session, SYSTEM, "thing.created", TENANT, resource_type="thing", resource_id=thing.id,
                    new={"name": thing.name, "password": "hunter2"})  # fmt: skip
        if fail:
            raise Conflict
    return thing.id


class TestOutbox:
    async def test_an_event_arrives_without_its_secrets(self, database: Database, relay: Relay, inbox: Inbox) -> None:
        event = await inbox.until(await _change(database))
        assert (event.type, event.tenant_id) == ("thing.created", TENANT)
        assert event.new_value is not None
        assert event.new_value["password"] == "***"

    async def test_it_is_published_before_the_answer(self, database: Database, relay: Relay) -> None:
        await _change(database)
        assert await relay.pending() == 0

    async def test_a_rolled_back_change_says_nothing(self, database: Database, relay: Relay, inbox: Inbox) -> None:
        with pytest.raises(Conflict):
            await _change(database, fail=True)
        last = await _change(database)
        await inbox.until(last)
        assert [event.resource_id for event in inbox.seen].count(last) == 1
        assert await relay.pending() == 0

    async def test_what_was_left_behind_is_published_later(self, database: Database, bus: Bus, inbox: Inbox) -> None:
        left = await _change(database)  # no relay runs: as if the process had died after its commit
        relay = Relay(database, bus, OUTBOX)
        assert await relay.publish_batch() >= 1
        await inbox.until(left)

    async def test_published_twice_is_stored_once(self, database: Database, bus: Bus, inbox: Inbox) -> None:
        made = await _change(database)
        async with database.instance() as session:
            row = (await session.execute(OUTBOX.table.__table__.select())).first()
        assert row is not None
        for _ in range(3):
            await bus.publish(row.subject, row.payload, str(row.id))
        await Relay(database, bus, OUTBOX).publish_batch()
        await inbox.until(made)
        await inbox.until(await self._after(database, bus))
        assert [event.resource_id for event in inbox.seen].count(made) == 1

    async def _after(self, database: Database, bus: Bus) -> UUID:
        last = await _change(database)
        await Relay(database, bus, OUTBOX).publish_batch()
        return last


class TestAnnounceForCertain:
    """Whoever changed something must not answer before the caches have been told, or nobody goes by them."""

    async def test_it_returns_when_the_rows_are_published(self, database: Database, bus: Bus) -> None:
        async with _relaying(database, bus, BACKGROUND) as relay:
            await _change(database)
            began = time.monotonic()
            await relay.announce_for_certain()
            assert await relay.pending() == 0
            assert time.monotonic() - began < NOTICED_SECONDS / 2

    async def test_another_replica_may_do_it(self, database: Database, bus: Bus) -> None:
        async with _relaying(database, bus, BACKGROUND) as other, _relaying(database, _away(), BACKGROUND) as cut_off:
            await _change(database)
            began = time.monotonic()
            announcing = asyncio.create_task(cut_off.announce_for_certain())
            await other.wake()
            await announcing
            assert await other.pending() == 0
            assert time.monotonic() - began < NOTICED_SECONDS / 2

    async def test_it_waits_for_rows_that_another_replica_has_taken(self, database: Database, bus: Bus) -> None:
        """They are not published before it commits, and it may yet fail."""
        await _change(database)
        async with database.hot(None) as connection:
            assert await connection.fetch("SELECT id FROM kit_tests.outbox FOR UPDATE")
            async with _relaying(database, bus, BACKGROUND) as relay:
                announcing = asyncio.create_task(relay.announce_for_certain())
                answered, _ = await asyncio.wait({announcing}, timeout=1)
                assert not answered
                await connection.execute("DELETE FROM kit_tests.outbox")
                answered, _ = await asyncio.wait({announcing}, timeout=0.5)
                assert not answered
        await asyncio.wait_for(announcing, 1)

    async def test_with_nobody_to_publish_everybody_must_have_noticed(self, database: Database, bus: Bus) -> None:
        async with _relaying(database, _away(), BACKGROUND) as relay:
            await _change(database)
            began = time.monotonic()
            await relay.announce_for_certain()
            assert NOTICED_SECONDS <= time.monotonic() - began < NOTICED_SECONDS + 1
            assert await relay.pending() == 1
        await Relay(database, bus, OUTBOX).publish_batch()

    async def test_with_the_database_away_too(self, database: Database, bus: Bus) -> None:
        """Nobody can tell: it takes as long as if nothing had been published."""
        async with database.instance(), database.instance(), _relaying(database, bus, BACKGROUND) as relay:
            began = time.monotonic()
            await relay.announce_for_certain()
            assert NOTICED_SECONDS <= time.monotonic() - began < NOTICED_SECONDS + 1

    async def test_later_rows_keep_nobody_waiting(self, database: Database, bus: Bus) -> None:
        async with _relaying(database, _away(), BACKGROUND) as relay:
            began = time.monotonic()
            announcing = asyncio.create_task(relay.announce_for_certain())
            await asyncio.sleep(0)
            await _change(database)
            await announcing
            assert time.monotonic() - began < NOTICED_SECONDS / 2
        await Relay(database, bus, OUTBOX).publish_batch()


@contextlib.asynccontextmanager
async def _relaying(database: Database, bus: Bus, outbox: Outbox) -> AsyncIterator[Relay]:
    relay = Relay(database, bus, outbox)
    running = asyncio.create_task(relay.run())
    yield relay
    await end_tasks([running])


def _away() -> Bus:
    return Bus("nats://127.0.0.1:1", "kit-tests-away")


class TestConsume:
    async def test_a_refused_event_comes_again_and_holds_nobody_up(
        self, database: Database, relay: Relay, inbox: Inbox
    ) -> None:
        bad = await _change(database)
        inbox.refuse.add(bad)
        good = [await _change(database) for _ in range(3)]
        for each in good:
            await inbox.until(each)
        inbox.refuse.clear()
        await inbox.until(bad)

    async def test_observations_travel_together_and_arrive_one_by_one(self, bus: Bus, inbox: Inbox) -> None:
        things = [new_id() for _ in range(250)]
        for each in things:
            _observe(bus, each)
        await inbox.until(things[-1])
        assert [event.resource_id for event in inbox.seen if event.resource_id in things] == things

    async def test_one_bad_observation_spares_those_beside_it(self, bus: Bus, inbox: Inbox) -> None:
        bad, good = new_id(), new_id()
        inbox.refuse.add(bad)
        for each in (bad, good):
            _observe(bus, each)
        await inbox.until(good)
        inbox.refuse.clear()
        await inbox.until(bad)


def _observe(bus: Bus, resource_id: UUID) -> None:
    event = new_event(SYSTEM, "thing.seen", TENANT, resource_type="thing", resource_id=resource_id)
    bus.observe(SCHEMA, event, encode_event(event))


class TestDatabase:
    async def test_a_fault_rolls_back(self, database: Database) -> None:
        name = str(new_id())
        with pytest.raises(ZeroDivisionError):
            async with database.tenant(TENANT) as session:
                session.add(Thing(tenant_id=TENANT, name=name))
                await session.flush()
                raise ZeroDivisionError
        async with database.tenant(TENANT) as session:
            assert (await session.execute(Thing.__table__.select().where(Thing.name == name))).first() is None

    async def test_a_clash_is_a_conflict(self, database: Database) -> None:
        name = str(new_id())

        async def make() -> None:
            async with database.tenant(TENANT) as session:
                session.add(Thing(tenant_id=TENANT, name=name))

        await make()
        with pytest.raises(Conflict) as refusal:
            await make()
        assert "things" not in str(refusal.value)

    async def test_an_exhausted_pool_is_unavailable(self, database: Database) -> None:
        async with database.instance(), database.instance():
            with pytest.raises(Unavailable):
                async with database.instance():
                    pass

    async def test_the_hot_way_commits_and_rolls_back(self, database: Database) -> None:
        names = [str(new_id()) for _ in range(2)]
        async with database.hot(TENANT) as connection:
            await _add(connection, names[0])
        with pytest.raises(ZeroDivisionError):
            async with database.hot(TENANT) as connection:
                await _add(connection, names[1])
                raise ZeroDivisionError
        async with database.hot(None) as connection:
            rows = await connection.fetch("SELECT name FROM kit_tests.things WHERE name = ANY ($1)", names)
        assert [row["name"] for row in rows] == names[:1]

    async def test_the_hot_way_translates_faults(self, database: Database) -> None:
        name = str(new_id())
        with pytest.raises(Conflict):
            async with database.hot(TENANT) as connection:
                for _ in range(2):
                    await _add(connection, name)

    async def test_a_scope_ends_with_its_transaction(self, database: Database) -> None:
        async with database.hot(TENANT) as connection:
            assert await connection.fetchval(_SCOPE) == str(TENANT)
        async with database.engine.connect() as plain:
            assert (await plain.execute(text(_SCOPE))).scalar_one() in (None, "")

    async def test_a_failure_that_was_passed_over_is_no_success(self, database: Database) -> None:
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            async with database.hot(TENANT) as connection:
                with contextlib.suppress(asyncpg.UndefinedTableError):
                    await connection.execute("SELECT 1 FROM nowhere")

    async def test_only_a_uuid_names_a_tenant(self, database: Database) -> None:
        with pytest.raises(TypeError):
            async with database.hot("'; DROP SCHEMA kit_tests; --"):  # type: ignore[arg-type]  # what must fail
                pass

    async def test_an_abandoned_transaction_takes_its_connection_along(self, database: Database) -> None:
        pooled = await database.engine.raw_connection()
        abandoned: Any = pooled.driver_connection
        await abandoned.execute("BEGIN")
        pooled.close()
        async with database.hot(TENANT) as connection:
            assert connection is not abandoned


_SCOPE = "SELECT current_setting('vaultaris.tenant_id', true)"


async def _add(connection: asyncpg.Connection, name: str) -> None:
    await connection.execute(
        "INSERT INTO kit_tests.things (id, tenant_id, name, created_at, updated_at) VALUES ($1, $2, $3, now(), now())",
        new_id(), TENANT, name,
    )  # fmt: skip
