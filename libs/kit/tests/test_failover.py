"""Stores in several pieces: what a service does when the piece that it is connected to dies."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from uuid import UUID

import nats.errors
import pytest
import pytest_asyncio
from nats.js.kv import KeyValue
from pydantic import SecretStr
from sqlalchemy import text

from libs.kit.tests.servers import NatsCluster, PostgresPair, ValkeyGroup, reachable
from tests.eventually import eventually
from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import STREAM, Event, encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.replay import Claimed, ReplayGuard
from vaultaris_kit.revocation import open_bucket
from vaultaris_kit.settings import Settings

pytestmark = pytest.mark.timeout(240)  # what was delivered to a connection that died comes again after 30 s


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsCluster]:
    made = NatsCluster(tmp_path_factory.mktemp("nats"))
    made.start()
    yield made
    made.stop()


@pytest_asyncio.fixture
async def bus(cluster: NatsCluster) -> AsyncIterator[Bus]:
    opened = Bus(cluster.urls, "kit-tests", replicas=3)
    running = asyncio.create_task(opened.run())
    async with asyncio.timeout(60):
        await opened.ready.wait()
    yield opened
    running.cancel()
    await opened.close()


class TestNatsCluster:
    async def test_servers_that_hang_are_noticed(self, cluster: NatsCluster, bus: Bus) -> None:
        """Whoever keeps what events invalidate must know soon that none come."""
        gaps: list[bool] = []
        bus.on_gap.append(lambda: gaps.append(True))

        async def connected() -> bool:
            return bus.connected

        for server in cluster.servers:
            server.freeze()
        try:
            await eventually(connected, lambda there: not there, within=4)
        finally:
            for server in cluster.servers:
                server.thaw()
        await eventually(connected, bool, within=60)
        assert gaps

    async def test_events_go_on_when_a_server_dies(self, cluster: NatsCluster, bus: Bus) -> None:
        taken: set[str] = set()

        async def take(events: Sequence[Event]) -> None:
            taken.update(str(event.id) for event in events)

        consuming = asyncio.create_task(bus.consume("kit-tests", ["kit.>"], take))
        bucket = await open_bucket(bus)
        await bucket.put("token.before", b"1")
        sent = [await _publish(bus) for _ in range(20)]
        victim = next(n for n, port in enumerate(cluster.ports) if str(port) in _connected_to(bus))
        cluster.servers[victim].kill()
        sent += [await _publish(bus) for _ in range(20)]
        await eventually(_seen(taken), lambda seen: seen >= set(sent), within=100)
        assert await eventually(_kept(bucket, "token.before"), bool, within=60) == b"1"
        consuming.cancel()

    async def test_a_stream_of_one_copy_gets_more(self, cluster: NatsCluster, bus: Bus) -> None:
        config = (await bus.stream.stream_info(STREAM)).config
        config.num_replicas = 1
        await bus.stream.update_stream(config)
        again = Bus(cluster.urls, "kit-tests-again", replicas=3)
        running = asyncio.create_task(again.run())
        async with asyncio.timeout(30):
            await again.ready.wait()
        assert (await bus.stream.stream_info(STREAM)).config.num_replicas == 3
        running.cancel()
        await again.close()


def _connected_to(bus: Bus) -> str:
    url = bus.client.connected_url
    assert url is not None
    return url.netloc


def _seen(taken: set[str]) -> Callable[[], Awaitable[set[str]]]:
    async def look() -> set[str]:
        return taken

    return look


def _kept(bucket: KeyValue, key: str) -> Callable[[], Awaitable[bytes | None]]:
    """What is kept there, as soon as the servers that are left have agreed on who answers for the bucket."""

    async def look() -> bytes | None:
        try:
            return (await bucket.get(key)).value
        except (TimeoutError, nats.errors.Error):
            return None

    return look


async def _publish(bus: Bus) -> str:
    """One event, tried as the outbox tries it: until NATS has it."""
    event = new_event(SYSTEM, "thing.created", new_id(), resource_type="thing", resource_id=new_id())

    async def attempt() -> bool:
        try:
            await bus.publish(event.subject("kit"), encode_event(event), str(event.id))
        except Unavailable:
            return False
        return True

    await eventually(attempt, bool, within=60)
    return str(event.id)


@pytest.fixture
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyGroup]:
    made = ValkeyGroup(tmp_path_factory.mktemp("valkey"))
    made.start()
    yield made
    made.stop()


class TestValkeySentinels:
    async def test_claims_follow_the_primary(self, group: ValkeyGroup) -> None:
        """What a failover may have lost is told: the answer says since when the memory is whole."""
        asked_elsewhere: list[bytes] = []

        async def elsewhere(_tenant_id: UUID, digest: bytes, _seconds: int) -> Claimed:
            asked_elsewhere.append(digest)
            return Claimed(fresh=True, memory_since=0)

        await eventually(group.is_whole, bool, within=30)
        guard, tenant_id = ReplayGuard(group.url, elsewhere), new_id()
        await guard.open()
        assert (await guard.claim(tenant_id, b"1" * 32, 60)).fresh
        assert not (await guard.claim(tenant_id, b"1" * 32, 60)).fresh
        assert asked_elsewhere == []
        before = time.time()
        group.servers[0].kill()

        async def back() -> bool:
            """Whether Valkey answers again, and not the other memory."""
            count, digest = len(asked_elsewhere), new_id().bytes * 2
            await guard.claim(tenant_id, digest, 60)
            return len(asked_elsewhere) == count

        await eventually(back, lambda done: done and bool(asked_elsewhere), within=40)
        again = await guard.claim(tenant_id, b"1" * 32, 60)
        assert again.memory_since > before
        await guard.close()


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPair]:
    made = PostgresPair(reachable(tmp_path_factory.mktemp("pair")))
    made.start()
    yield made
    made.stop()


class TestPostgresPair:
    async def test_writes_find_the_primary_and_follow_it(self, pair: PostgresPair) -> None:
        database = Database(Settings(dev=True, database_url=SecretStr(pair.url)), "failover")
        await _write(database, "CREATE TABLE public.t (n int)")
        await _write(database, "INSERT INTO public.t VALUES (1)")
        await pair.followed()
        pair.servers[0].kill()
        with pytest.raises(Unavailable):  # nothing but the standby is there, and it can't be written to
            await _write(database, "INSERT INTO public.t VALUES (2)")
        pair.promote_standby()

        async def written() -> bool:
            try:
                await _write(database, "INSERT INTO public.t VALUES (2)")
            except Unavailable:
                return False
            return True

        await eventually(written, bool, within=20)
        async with database.instance() as session:
            assert (await session.execute(text("SELECT n FROM public.t ORDER BY n"))).scalars().all() == [1, 2]
        await database.close()


async def _write(database: Database, statement: str) -> None:
    async with database.instance() as session:
        await session.execute(text(statement))
