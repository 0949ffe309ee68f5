"""Events: written with the change, published once, delivered until handled. On real PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vaultaris_kit.bus import Bus
from vaultaris_kit.database import COLUMN_TYPES, Database, TenantRow, schema_metadata
from vaultaris_kit.errors import Conflict, Unavailable
from vaultaris_kit.events import Event
from vaultaris_kit.ids import new_id
from vaultaris_kit.outbox import Outbox, Relay
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.settings import Settings
from vaultaris_stack.local import LocalStack

SCHEMA = "kit_tests"


class Base(DeclarativeBase):
    metadata = schema_metadata(SCHEMA)
    type_annotation_map = COLUMN_TYPES


OUTBOX = Outbox(SCHEMA, Base, announce_seconds=2)
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
