"""PostgreSQL that hangs: everybody is told soon, long work is left alone, and everything goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text

from libs.kit.tests.servers import PostgresAlone, reachable
from tests.eventually import eventually
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import new_id
from vaultaris_kit.settings import Settings

SILENCE_SECONDS = 1.0
SOON = SILENCE_SECONDS + 1
"""With what a busy machine needs."""
CONNECTIONS = 3
TENANT = new_id()
_ONE = text("SELECT 1 AS one")
_OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vaultaris-hung'"
Ask = Callable[[Database], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresAlone]:
    made = PostgresAlone(reachable(tmp_path_factory.mktemp("alone")))
    made.start()
    yield made
    made.server.thaw()
    made.stop()


@pytest_asyncio.fixture
async def database(postgres: PostgresAlone) -> AsyncIterator[Database]:
    settings = Settings(
        dev=True, database_url=SecretStr(postgres.url), database_max_connections=CONNECTIONS,
        database_silence_secs=SILENCE_SECONDS,
    )  # fmt: skip
    opened = Database(settings, "hung")
    yield opened
    postgres.server.thaw()
    await opened.close()


async def _mapped(database: Database) -> None:
    async with database.tenant(TENANT) as session:
        await session.execute(_ONE)


async def _hot(database: Database) -> None:
    async with database.hot(TENANT) as connection:
        await connection.execute("SELECT 1")


async def _look(database: Database) -> None:
    assert (await database.look(TENANT, _ONE)).first()["one"] == 1


ASKS = pytest.mark.parametrize("ask", [_mapped, _hot, _look])


async def _sleep(database: Database, seconds: float) -> None:
    async with database.hot(TENANT) as connection:
        await connection.execute(f"SELECT pg_sleep({seconds})")


async def _refused(ask: Coroutine[Any, Any, None]) -> float:
    """Seconds until the refusal."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        await ask
    assert refusal.value.headers["Retry-After"]
    return time.monotonic() - began


async def _answers(database: Database) -> bool:
    try:
        await _hot(database)
    except Unavailable:
        return False
    return True


class TestHung:
    @ASKS
    async def test_everybody_is_told_soon(self, database: Database, postgres: PostgresAlone, ask: Ask) -> None:
        """Whoever is the first to ask, whoever waits for a connection, and whoever comes later: those at once."""
        await ask(database)
        postgres.server.freeze()
        waits = await asyncio.gather(*(_refused(ask(database)) for _ in range(5 * CONNECTIONS)))
        assert max(waits) < SOON
        assert await _refused(ask(database)) < SILENCE_SECONDS / 2

    async def test_a_process_that_has_no_connection_yet(self, database: Database, postgres: PostgresAlone) -> None:
        postgres.server.freeze()
        assert await _refused(_mapped(database)) < SOON

    async def test_in_the_middle_of_a_transaction(self, database: Database, postgres: PostgresAlone) -> None:
        async def work() -> None:
            async with database.tenant(TENANT) as session:
                await session.execute(_ONE)
                postgres.server.freeze()
                await session.execute(_ONE)

        assert await _refused(work()) < SOON

    async def test_readiness_is_told(self, database: Database, postgres: PostgresAlone) -> None:
        await database.ping()
        postgres.server.freeze()
        assert await _refused(database.ping()) < SOON

    @ASKS
    async def test_it_goes_on_by_itself(self, database: Database, postgres: PostgresAlone, ask: Ask) -> None:
        """With as many connections as before: none is lost to the pool, and none is left at the server."""
        for _ in range(2):
            await asyncio.gather(*(_sleep(database, 0.1) for _ in range(CONNECTIONS)))
            postgres.server.freeze()
            await asyncio.gather(*(_refused(ask(database)) for _ in range(2 * CONNECTIONS)))
            postgres.server.thaw()
            await eventually(lambda: _answers(database), bool, within=5)
            async with asyncio.timeout(10):
                await asyncio.gather(*(_sleep(database, 0.5) for _ in range(CONNECTIONS)))
        admin = await asyncpg.connect(postgres.url)
        await eventually(lambda: admin.fetchval(_OURS), lambda count: count <= CONNECTIONS)
        await admin.close()


class TestNotHung:
    async def test_long_statements_are_left_alone(self, database: Database) -> None:
        """Though nothing else is asked meanwhile, and all connections are in use."""
        await asyncio.gather(*(_sleep(database, 3 * SILENCE_SECONDS) for _ in range(CONNECTIONS)))

    async def test_so_is_who_waits_for_a_lock(self, database: Database) -> None:
        lock = text("SELECT pg_advisory_xact_lock(1)")

        async def wait() -> None:
            async with database.tenant(TENANT) as session:
                await session.execute(lock)

        async with database.tenant(TENANT) as session:
            await session.execute(lock)
            waiting = asyncio.create_task(wait())
            await asyncio.wait({waiting}, timeout=3 * SILENCE_SECONDS)
            assert not waiting.done()
        await waiting

    async def test_and_who_waits_for_a_connection(self, database: Database) -> None:
        holding = [asyncio.create_task(_sleep(database, 2 * SILENCE_SECONDS)) for _ in range(CONNECTIONS)]
        await asyncio.sleep(0)
        await _mapped(database)
        await asyncio.gather(*holding)

    async def test_a_short_pause_is_waited_for(self, database: Database, postgres: PostgresAlone) -> None:
        await _hot(database)
        postgres.server.freeze()
        asking = asyncio.create_task(_hot(database))
        await asyncio.wait({asking}, timeout=SILENCE_SECONDS / 4)
        postgres.server.thaw()
        await asking
