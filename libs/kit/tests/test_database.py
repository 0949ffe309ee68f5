"""What becomes of transactions when PostgreSQL goes away: behind a door that the tests open and shut."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.eventually import eventually
from vaultaris_kit.context import RequestContext, current_request, enter_request
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import new_id
from vaultaris_kit.plain import SCOPE
from vaultaris_kit.settings import Settings
from vaultaris_stack.local import LocalStack

TENANT = new_id()
Ask = Callable[[Database], Coroutine[Any, Any, int]]
RETURN_SECONDS = 1.0
CONNECTIONS = 5
_OTHERS = "FROM pg_stat_activity WHERE application_name = 'vaultaris-pool' AND pid <> pg_backend_pid()"


class Door:
    """Passes connections on to PostgreSQL while it is open; shutting it cuts them all."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.StreamWriter] = set()
        self._coming: dict[asyncio.Future[Any], asyncio.StreamWriter] = {}
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def say_starting(self) -> None:
        """Opens to nobody, in the words of a PostgreSQL that is not there yet."""
        self._server = await asyncio.start_server(_refuse, "127.0.0.1", self.port)

    def take_leave(self) -> None:
        """Says that PostgreSQL shuts down, to all that are connected, and does not cut the connections yet."""
        for passing, writer in self._coming.items():
            passing.cancel()
            writer.write(_fatal("57P01", "terminating connection due to administrator command"))

    def shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._passing:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._behind)
        self._passing |= {writer, back}
        passing = asyncio.gather(_copy(reader, back), _copy(there, writer))
        self._coming[passing] = writer
        await asyncio.wait([passing])
        del self._coming[passing]
        if not passing.cancelled():
            self._passing -= {writer, back}


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if len(await reader.read(8)) == 8:  # whether we speak TLS
        writer.write(b"N")
        await reader.read(1024)
    writer.write(_fatal("57P03", "the database system is starting up"))
    writer.close()


def _fatal(state: str, message: str) -> bytes:
    fields = f"SFATAL\0C{state}\0M{message}\0\0".encode()
    return b"E" + (4 + len(fields)).to_bytes(4, "big") + fields


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
    except ConnectionError:  # the door was shut
        writer.close()


@pytest_asyncio.fixture
async def door(stack: LocalStack) -> AsyncIterator[Door]:
    url = make_url(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    assert url.host
    made = Door(url.host, url.port or 5432)
    await made.open()
    yield made
    made.shut()


@pytest_asyncio.fixture
async def database(stack: LocalStack, door: Door) -> AsyncIterator[Database]:
    url = make_url(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"]).set(host="127.0.0.1", port=door.port)
    settings = Settings(
        dev=True, database_url=SecretStr(url.render_as_string(hide_password=False)),
        database_max_connections=3, database_return_secs=RETURN_SECONDS,
    )  # fmt: skip
    opened = Database(settings, "kit_tests")
    yield opened
    await opened.close()


async def _ask(database: Database) -> int:
    async with database.tenant(TENANT) as session:
        return int((await session.execute(text("SELECT 1"))).scalar_one())


async def _ask_bare(database: Database) -> int:
    async with database.hot(TENANT) as connection:
        return int(await connection.fetchval("SELECT 1"))


async def _look(database: Database) -> int:
    row = (await database.look(TENANT, text("SELECT 1 AS one"))).first()
    return int(row["one"])


class TestAway:
    @pytest.mark.parametrize("ask", [_ask, _ask_bare, _look])
    async def test_a_database_that_comes_back_is_waited_for(self, database: Database, door: Door, ask: Ask) -> None:
        enter_request(RequestContext())
        assert await asyncio.gather(*(ask(database) for _ in range(3))) == [1, 1, 1]
        door.shut()
        asked = [asyncio.create_task(ask(database)) for _ in range(6)]
        await asyncio.wait(asked, timeout=0.3)
        assert not any(each.done() for each in asked)
        await door.open()
        assert await asyncio.gather(*asked) == [1] * 6
        assert not current_request().effects.interrupted

    @pytest.mark.parametrize("ask", [_ask, _ask_bare, _look])
    async def test_so_is_one_that_is_starting(self, database: Database, door: Door, ask: Ask) -> None:
        await ask(database)
        door.shut()
        await door.say_starting()
        asked = asyncio.create_task(ask(database))
        await asyncio.wait([asked], timeout=0.3)
        assert not asked.done()
        door.shut()
        await door.open()
        assert await asked == 1

    @pytest.mark.parametrize("ask", [_ask, _ask_bare, _look])
    async def test_a_connection_that_was_given_notice_is_left(self, database: Database, door: Door, ask: Ask) -> None:
        """The words of a PostgreSQL that ends arrive a moment before it has cut the connection."""
        await ask(database)
        door.take_leave()
        await asyncio.sleep(0.1)  # until the notice has been read
        assert await ask(database) == 1

    @pytest.mark.parametrize("ask", [_ask, _ask_bare, _look])
    async def test_but_not_for_long(self, database: Database, door: Door, ask: Ask) -> None:
        await ask(database)
        enter_request(RequestContext())
        door.shut()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await ask(database)
        assert RETURN_SECONDS <= time.monotonic() - began < RETURN_SECONDS + 2
        assert not current_request().effects.repeatable(safe=True)

    async def test_readiness_does_not_wait(self, database: Database, door: Door) -> None:
        await database.ping()
        door.shut()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await database.ping()
        assert time.monotonic() - began < RETURN_SECONDS


class TestInterruption:
    async def _interrupt(self, database: Database, door: Door) -> None:
        with pytest.raises(Unavailable):
            async with database.tenant(TENANT) as session:
                door.shut()
                await session.execute(text("SELECT 1"))

    async def test_a_request_that_has_done_nothing_can_be_made_again(self, database: Database, door: Door) -> None:
        enter_request(RequestContext())
        await self._interrupt(database, door)
        assert current_request().effects.repeatable(safe=False)

    async def test_one_that_has_committed_only_if_it_is_safe(self, database: Database, door: Door) -> None:
        enter_request(RequestContext())
        await _ask(database)
        await self._interrupt(database, door)
        assert current_request().effects.repeatable(safe=True)
        assert not current_request().effects.repeatable(safe=False)

    async def test_one_that_used_up_a_proof_never(self, database: Database, door: Door) -> None:
        enter_request(RequestContext())
        current_request().effects.claimed = True
        await self._interrupt(database, door)
        assert not current_request().effects.repeatable(safe=True)

    async def test_a_commit_without_an_answer_may_have_been_one(self, database: Database, door: Door) -> None:
        enter_request(RequestContext())
        with pytest.raises(Unavailable):
            async with database.hot(TENANT) as connection:
                await connection.execute("SELECT 1")
                door.shut()
        assert not current_request().effects.repeatable(safe=False)

    async def test_so_may_a_change_that_was_cut_off(self, database: Database, door: Door) -> None:
        enter_request(RequestContext())
        asked = asyncio.create_task(_cut_off(database))
        await asyncio.wait([asked], timeout=0.3)
        door.shut()
        assert not await asked


async def _cut_off(database: Database) -> bool:
    """Whether a request that is in the middle of a change may be made again once the change was lost."""
    slow = text(f"WITH {SCOPE} SELECT pg_sleep(60) FROM scope")  # noqa: S608 - fixed texts only
    with pytest.raises(Unavailable):
        await database.change(TENANT, slow)
    return current_request().effects.repeatable(safe=False)


class TestChange:
    async def test_works_for_its_tenant_and_leaves_nothing_behind(self, database: Database) -> None:
        """No tenant stays on the connection for whoever has it next."""
        working_for = text(f"WITH {SCOPE} SELECT current_setting('vaultaris.tenant_id') FROM scope")  # noqa: S608 - the same
        assert [row[0] for row in await database.change(TENANT, working_for)] == [str(TENANT)]
        async with database.engine.connect() as connection:
            left = await connection.execute(text("SELECT current_setting('vaultaris.tenant_id', true)"))
            assert not left.scalar_one()


@pytest_asyncio.fixture
async def pool(stack: LocalStack) -> AsyncIterator[Database]:
    opened = _pool(stack, connections=CONNECTIONS)
    yield opened
    await opened.close()


def _pool(stack: LocalStack, *, connections: int, idle: int = 1) -> Database:
    """On PostgreSQL itself."""
    settings = Settings(
        dev=True, database_url=SecretStr(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"]),
        database_max_connections=connections, database_min_connections=idle,
    )  # fmt: skip
    return Database(settings, "pool")


async def _others(pool: Database) -> int:
    async with pool.instance() as session:
        return int((await session.execute(text(f"SELECT count(*) {_OTHERS}"))).scalar_one())


class TestIdle:
    @pytest.mark.parametrize(("idle", "opened"), [(3, 3), (2 * CONNECTIONS, CONNECTIONS)])
    async def test_connections_are_there_before_they_are_needed(
        self, stack: LocalStack, pool: Database, idle: int, opened: int
    ) -> None:
        eager = _pool(stack, connections=CONNECTIONS, idle=idle)
        await eager.open_idle()
        await eager.ping()
        assert await _others(pool) == opened
        await eager.close()

    async def test_a_database_that_is_away_ends_nothing(self, database: Database, door: Door) -> None:
        door.shut()
        await database.open_idle()
        await door.open()
        assert await _ask(database) == 1


class TestPool:
    async def test_connections_that_the_server_has_closed_are_replaced(self, pool: Database) -> None:
        """As when PostgreSQL starts anew: nobody who asks afterwards notices."""

        async def hold() -> None:
            async with pool.plain(new_id()) as session:
                await session.execute(text("SELECT pg_sleep(0.2)"))

        await asyncio.gather(*(hold() for _ in range(CONNECTIONS)))
        async with pool.instance() as session:
            await session.execute(text(f"SELECT pg_terminate_backend(pid) {_OTHERS}"))
        await eventually(lambda: _others(pool), lambda left: left == 0)
        for _ in range(2):
            await asyncio.gather(*(hold() for _ in range(CONNECTIONS)))
            await asyncio.gather(*(pool.ping() for _ in range(CONNECTIONS)))

    @pytest.mark.parametrize("work", ["instance", "hot", "look"])
    async def test_whoever_has_waited_comes_before_whoever_asks_anew(self, stack: LocalStack, work: str) -> None:
        order: list[str] = []

        async def ask_twice(name: str) -> None:
            for _ in range(2):
                await _one(narrow, work)
                order.append(name)

        narrow, names = _pool(stack, connections=1), ["a", "b", "c", "d"]
        await asyncio.gather(*map(ask_twice, names))
        await narrow.close()
        assert order == names * 2

    async def test_a_turn_that_nobody_waits_for_any_more_is_not_lost(self, pool: Database) -> None:
        async def hold() -> None:
            async with pool.hot(None) as connection:
                await connection.execute("SELECT pg_sleep(0.2)")

        holding = [asyncio.create_task(hold()) for _ in range(CONNECTIONS)]
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(hold()) for _ in range(CONNECTIONS)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*holding)
        await asyncio.gather(*(hold() for _ in range(CONNECTIONS)))


async def _one(pool: Database, work: str) -> None:
    if work == "look":
        await pool.look(None, text("SELECT 1"))
    elif work == "hot":
        async with pool.hot(None) as connection:
            await connection.execute("SELECT 1")
    else:
        async with pool.instance() as session:
            await session.execute(text("SELECT 1"))
