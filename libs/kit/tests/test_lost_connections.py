"""Connections that die alone: nothing says so, and the server goes on answering others."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text

from libs.kit.tests.servers import PostgresAlone, reachable
from libs.kit.tests.test_hung_database import (
    ASKS,
    CONNECTIONS,
    SILENCE_SECONDS,
    TENANT,
    Ask,
    _hot,
    _refused,
    _sleep,
)
from vaultaris_kit.database import Database
from vaultaris_kit.settings import Settings
from vaultaris_stack.ports import LOOPBACK

FOUND_OUT = 1.5 * SILENCE_SECONDS + 1
"""With what a busy machine needs."""
_ONE = text("SELECT 1")
_KEY_DATA, _HIDDEN = re.compile(rb"K\x00\x00\x00\x0c....", re.DOTALL), b"K\x00\x00\x00\x0c\x00\x00\x00\x07"
"""The message with the number of the server's process, and that of another one."""


class Swamp:
    """Passes connections on to PostgreSQL, until it swallows what comes on those that are there."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._drowned: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._disguised = False
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def disguise(self) -> None:
        """As a pooler does, which tells its clients process ids of its own."""
        self._disguised = True

    def swallow(self) -> None:
        """Whatever is sent on the connections of now is taken, and arrives nowhere."""
        self._drowned |= self._writers

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._passing)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passing = asyncio.current_task()
        assert passing is not None
        self._passing.add(passing)
        there, back = await asyncio.open_connection(LOOPBACK, self._behind)
        self._writers |= {writer, back}
        with contextlib.suppress(ConnectionError):  # either side may be gone
            await asyncio.gather(self._copy(reader, back), self._copy(there, writer))
        self._writers -= {writer, back}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if writer not in self._drowned:
                writer.write(_KEY_DATA.sub(_HIDDEN, data) if self._disguised else data)
                await writer.drain()
        if writer not in self._drowned:
            writer.close()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresAlone]:
    made = PostgresAlone(reachable(tmp_path_factory.mktemp("alone")))
    made.start()
    yield made
    made.stop()


@pytest_asyncio.fixture
async def swamp(postgres: PostgresAlone) -> AsyncIterator[Swamp]:
    made = Swamp(postgres.ports[0])
    await made.open()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def database(swamp: Swamp) -> AsyncIterator[Database]:
    settings = Settings(
        dev=True, database_url=SecretStr(f"postgresql://postgres@{LOOPBACK}:{swamp.port}/postgres"),
        database_max_connections=CONNECTIONS, database_silence_secs=SILENCE_SECONDS, database_return_secs=0.1,
    )  # fmt: skip
    opened = Database(settings, "lost")
    yield opened
    await opened.close()


class TestLost:
    @ASKS
    async def test_whoever_begins_on_a_dead_one_goes_on_with_another(
        self, database: Database, swamp: Swamp, ask: Ask
    ) -> None:
        await asyncio.gather(*(_sleep(database, 0.1) for _ in range(CONNECTIONS)))
        swamp.swallow()
        began = time.monotonic()
        await asyncio.gather(*(ask(database) for _ in range(CONNECTIONS)))
        assert time.monotonic() - began < FOUND_OUT

    @pytest.mark.parametrize("mapped", [True, False])
    async def test_whoever_is_in_the_middle_is_told_while_others_are_answered(
        self, database: Database, swamp: Swamp, mapped: bool
    ) -> None:
        swallowed = asyncio.Event()

        async def work() -> None:
            async with database.tenant(TENANT) as session:
                await session.execute(_ONE)
                swamp.swallow()
                swallowed.set()
                await session.execute(_ONE)

        async def work_hot() -> None:
            async with database.hot(TENANT) as connection:
                swamp.swallow()
                swallowed.set()
                await connection.fetch("SELECT 1")

        working = asyncio.create_task(_refused(work() if mapped else work_hot()))
        await swallowed.wait()
        while not working.done():
            await _hot(database)
        assert await working < FOUND_OUT

    async def test_a_commit_that_is_lost_may_have_been_made(self, database: Database, swamp: Swamp) -> None:
        async def work() -> None:
            async with database.hot(TENANT):
                swamp.swallow()

        assert await _refused(work()) < FOUND_OUT


class TestNotLost:
    @pytest.mark.parametrize("pooled", [True, False])
    async def test_long_statements_are_left_alone_while_others_are_answered(
        self, database: Database, swamp: Swamp, pooled: bool
    ) -> None:
        if pooled:
            swamp.disguise()
        sleeping = asyncio.create_task(_sleep(database, 3 * SILENCE_SECONDS))
        while not sleeping.done():
            await _hot(database)
        await sleeping

    @pytest.mark.parametrize("mapped", [True, False])
    async def test_so_is_who_thinks_for_long_in_a_transaction(self, database: Database, mapped: bool) -> None:
        others = asyncio.create_task(_chatter(database))
        if mapped:
            async with database.tenant(TENANT) as session:
                await session.execute(_ONE)
                await asyncio.wait({others}, timeout=3 * SILENCE_SECONDS)
                assert (await session.execute(_ONE)).scalar_one() == 1
        else:
            async with database.hot(TENANT) as connection:
                await asyncio.wait({others}, timeout=3 * SILENCE_SECONDS)
                assert await connection.fetchval("SELECT 1") == 1
        others.cancel()


async def _chatter(database: Database) -> None:
    while True:
        await _hot(database)
