"""Stores over TLS under a private authority: every client connects, and turns away from whoever it can't verify."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from sqlalchemy.engine import make_url

from libs.kit.tests.authority import Authority, make_authority, postgres_greeting, tls_before
from libs.kit.tests.servers import Program
from tests.eventually import eventually
from vaultaris_edge.limiter.valkey import shared_windows
from vaultaris_edge.limiter.window import Limits
from vaultaris_kit.bus import Bus
from vaultaris_kit.connecting import address
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import new_id
from vaultaris_kit.replay import Claimed, ReplayGuard
from vaultaris_kit.settings import Settings
from vaultaris_stack.local import LocalStack
from vaultaris_stack.parts.programs import nats_server
from vaultaris_stack.ports import LOOPBACK, free_port

LIMITS = Limits(general=3, credential=3, seconds=60)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The stores' own."""
    return make_authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another one, which signed nothing of the stores."""
    return make_authority(tmp_path_factory.mktemp("tls") / "strange")


class TestPostgres:
    """The stack's PostgreSQL, behind a front that speaks TLS in its way."""

    @pytest_asyncio.fixture
    async def url(self, stack: LocalStack, authority: Authority) -> AsyncIterator[str]:
        inner = make_url(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
        assert inner.port
        async with tls_before(inner.port, authority, postgres_greeting) as port:
            yield inner.set(host=LOOPBACK, port=port).render_as_string(hide_password=False) + "?sslmode=verify-full"

    async def _ask(self, url: str, ca: Path) -> int:
        settings = Settings(dev=True, database_url=SecretStr(url), stores_tls_ca=str(ca), database_return_secs=0)
        database = Database(settings, "tls")
        try:
            async with database.instance() as session:
                return int((await session.execute(text("SELECT 1"))).scalar_one())
        finally:
            await database.close()

    async def test_verified(self, url: str, authority: Authority) -> None:
        assert await self._ask(url, authority.ca) == 1

    async def test_a_migration_verifies_too(self, url: str, authority: Authority, stranger: Authority) -> None:
        connection = await asyncpg.connect(**address(url, str(authority.ca)))
        await connection.close()
        with pytest.raises(OSError, match="certificate verify failed"):
            await asyncpg.connect(**address(url, str(stranger.ca)))

    async def test_another_authority_is_refused(self, url: str, stranger: Authority) -> None:
        with pytest.raises(Unavailable):
            await self._ask(url, stranger.ca)

    async def test_another_name_is_refused(self, url: str, authority: Authority) -> None:
        with pytest.raises(Unavailable):
            await self._ask(url.replace(LOOPBACK, "localhost"), authority.ca)

    async def test_what_the_address_says_itself_counts(
        self, url: str, authority: Authority, stranger: Authority
    ) -> None:
        assert await self._ask(f"{url}&sslrootcert={authority.ca}", stranger.ca) == 1

    async def test_a_server_without_tls_is_refused(self, stack: LocalStack, authority: Authority) -> None:
        plain = stack.environ_of("migrate")["MIGRATION_DATABASE_URL"] + "?sslmode=verify-full"
        with pytest.raises(Unavailable):
            await self._ask(plain, authority.ca)


class TestValkey:
    """The stack's Valkey behind a front that speaks TLS."""

    @pytest_asyncio.fixture
    async def url(self, stack: LocalStack, authority: Authority) -> AsyncIterator[str]:
        inner = make_url(stack.environ_of("edge")["REDIS_URL"])
        assert inner.port
        async with tls_before(inner.port, authority) as port:
            yield f"rediss://:{inner.password}@{LOOPBACK}:{port}/0"

    async def _asked_elsewhere(self, url: str, ca: Path) -> bool:
        """Whether Valkey could not be asked."""
        asked: list[bytes] = []

        async def elsewhere(_tenant_id: UUID, digest: bytes, _seconds: int) -> Claimed:
            asked.append(digest)
            return Claimed(fresh=True, memory_since=0)

        guard = ReplayGuard(url, elsewhere, str(ca))
        await guard.claim(new_id(), new_id().bytes * 2, 60)
        await guard.close()
        return bool(asked)

    async def _connected(self, url: str, ca: Path, *, within: float) -> bool:
        windows = shared_windows(url, LIMITS, str(ca))
        keeper = asyncio.create_task(windows.run())

        async def connected() -> bool:
            return windows.connected

        try:
            return await eventually(connected, bool, within=within)
        except AssertionError:
            return False
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def test_verified(self, url: str, authority: Authority) -> None:
        assert not await self._asked_elsewhere(url, authority.ca)
        assert await self._connected(url, authority.ca, within=10)

    async def test_another_authority_is_refused(self, url: str, stranger: Authority) -> None:
        assert await self._asked_elsewhere(url, stranger.ca)
        assert not await self._connected(url, stranger.ca, within=1)

    async def test_another_name_is_refused(self, url: str, authority: Authority) -> None:
        named = url.replace(LOOPBACK, "localhost")
        assert await self._asked_elsewhere(named, authority.ca)
        assert not await self._connected(named, authority.ca, within=1)


class TestNats:
    """Servers of NATS with TLS of their own, and without."""

    def _serve(self, folder: Path, tls: dict[str, Any] | None) -> tuple[Program, int]:
        port, config = free_port(), folder / "nats.conf"
        options: dict[str, Any] = {"listen": f"{LOOPBACK}:{port}", "jetstream": {"store_dir": str(folder / "store")}}
        config.write_text(json.dumps(options | ({"tls": tls} if tls else {})))
        program = Program([str(nats_server()), "-c", str(config)], folder / "log")
        program.start()
        return program, port

    @pytest.fixture
    def port(self, authority: Authority, tmp_path: Path) -> Iterator[int]:
        tls = {"cert_file": str(authority.certificate), "key_file": str(authority.key)}
        program, port = self._serve(tmp_path, tls)
        yield port
        program.stop()

    @pytest.fixture
    def plain_port(self, tmp_path: Path) -> Iterator[int]:
        program, port = self._serve(tmp_path, None)
        yield port
        program.stop()

    async def _ready(self, url: str, ca: Path, *, within: float) -> bool:
        bus = Bus(url, "tls", ca=str(ca))
        running = asyncio.create_task(bus.run())
        try:
            await asyncio.wait_for(bus.ready.wait(), within)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            running.cancel()
            await bus.close()

    async def test_verified(self, port: int, authority: Authority) -> None:
        assert await self._ready(f"tls://{LOOPBACK}:{port}", authority.ca, within=15)

    async def test_another_authority_is_refused(self, port: int, stranger: Authority) -> None:
        assert not await self._ready(f"tls://{LOOPBACK}:{port}", stranger.ca, within=2)

    async def test_another_name_is_refused(self, port: int, authority: Authority) -> None:
        assert not await self._ready(f"tls://localhost:{port}", authority.ca, within=2)

    async def test_a_server_that_asks_for_no_tls_is_refused(self, plain_port: int, authority: Authority) -> None:
        """It may be somebody between: nothing is said to it in the open."""
        assert await self._ready(f"nats://{LOOPBACK}:{plain_port}", authority.ca, within=15)
        assert not await self._ready(f"tls://{LOOPBACK}:{plain_port}", authority.ca, within=2)


class TestSettings:
    @pytest.mark.parametrize("content", [None, "", "no certificate"])
    def test_a_file_without_authorities_is_refused_at_the_start(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "ca.crt"
        if content is not None:
            file.write_text(content)
        with pytest.raises(ValidationError, match="no certificates can be read"):
            Settings(dev=True, stores_tls_ca=str(file))
