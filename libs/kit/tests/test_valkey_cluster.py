"""Addresses of Valkey, and used values remembered in a cluster."""

import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from redis.exceptions import RedisError

from libs.kit.tests.cluster import PRIMARIES, ValkeyCluster
from libs.kit.tests.servers import VALKEY_PASSWORD
from tests.eventually import eventually
from vaultaris_kit.ids import new_id
from vaultaris_kit.replay import Claimed, ReplayGuard
from vaultaris_kit.replay_memory import ClusterMemory
from vaultaris_kit.valkey import parse_valkey
from vaultaris_kit.valkey_cluster import ClusterClient, SlotMap, slot_of

TENANT = new_id()


class TestAddresses:
    def test_a_cluster_is_named_by_some_of_its_nodes(self) -> None:
        valkey = parse_valkey("redis+cluster://user:p%40ss@one:7000,two,[::1]:7001")
        assert valkey.cluster
        assert valkey.hosts == (("one", 7000), ("two", 6379), ("::1", 7001))
        assert (valkey.user, valkey.password, valkey.database, valkey.tls) == ("user", "p@ss", 0, False)
        node = valkey.node("three", 7002)
        assert (node.hosts, node.password, node.cluster) == ((("three", 7002),), "p@ss", False)

    def test_over_tls(self) -> None:
        assert parse_valkey("rediss+cluster://one").tls

    @pytest.mark.parametrize(
        "url",
        [
            "redis+cluster://one,two/1",
            "redis+cluster://",
            "redis://one,two",
            "rediss://one:6379,two:6379/0",
            "cluster://one",
        ],
    )
    def test_what_can_not_be_meant_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="REDIS_URL"):
            parse_valkey(url)


pytest_timeout = pytest.mark.timeout(180)


@pytest_asyncio.fixture
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyCluster]:
    made = ValkeyCluster(tmp_path_factory.mktemp("cluster"))
    try:
        await made.start()
        yield made
    finally:
        made.stop()


class Elsewhere:
    """The memory of auth, as far as these tests need one: it is whole, and knows of nothing."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def __call__(self, _tenant_id: UUID, digest: bytes, _seconds: int) -> Claimed:
        self.asked.append(digest)
        return Claimed(fresh=True, memory_since=0)


def digest_at(cluster: ValkeyCluster, primary: int) -> bytes:
    """A value that the given primary remembers."""
    part = next(part for part in range(ClusterMemory.parts) if cluster.holder(b"{%d}" % part) == primary)
    return bytes([part]) + new_id().bytes + b"." * 15


@pytest_timeout
class TestUsedValues:
    async def test_a_value_is_good_once_for_all_processes(self, cluster: ValkeyCluster) -> None:
        elsewhere = Elsewhere()
        one, two = ReplayGuard(cluster.url, elsewhere), ReplayGuard(cluster.url, elsewhere)
        await one.open()
        opened = time.time()
        for primary in range(PRIMARIES):
            digest = digest_at(cluster, primary)
            assert (await one.claim(TENANT, digest, 60)).fresh
            again = await two.claim(TENANT, digest, 60)
            assert not again.fresh
            assert again.memory_since <= opened
        assert elsewhere.asked == []
        await one.close()
        await two.close()

    async def test_a_lost_primary_costs_its_own_part_and_who_takes_over_begins_it_anew(
        self, cluster: ValkeyCluster
    ) -> None:
        """Also for a process that was never connected to the one that was lost."""
        elsewhere = Elsewhere()
        guard = ReplayGuard(cluster.url, elsewhere)
        await guard.open()
        lost, kept = digest_at(cluster, 0), digest_at(cluster, 1)
        for digest in (lost, kept):
            assert (await guard.claim(TENANT, digest, 60)).fresh
        before = time.time()
        cluster.servers[0].kill()
        away = await guard.claim(TENANT, digest_at(cluster, 0), 60)
        assert away.memory_since >= int(before * 1000) / 1000
        assert len(elsewhere.asked) == 1
        there = await guard.claim(TENANT, kept, 60)
        assert not there.fresh
        assert there.memory_since < before
        assert len(elsewhere.asked) == 1

        async def back() -> bool:
            asked = len(elsewhere.asked)
            await guard.claim(TENANT, digest_at(cluster, 0), 60)
            return len(elsewhere.asked) == asked

        await eventually(back, bool, within=60)
        newcomer = ReplayGuard(cluster.url, elsewhere)
        for each in (guard, newcomer):
            assert (await each.claim(TENANT, lost, 60)).memory_since > before
            assert (await each.claim(TENANT, kept, 60)).memory_since < before
            await each.close()

    async def test_a_slot_that_moves_is_followed(self, cluster: ValkeyCluster) -> None:
        elsewhere = Elsewhere()
        guard = ReplayGuard(cluster.url, elsewhere)
        await guard.open()
        early, late = (digest_at(cluster, 2) for _ in range(2))
        slot = slot_of(b"{%d}" % (early[0] % ClusterMemory.parts))
        assert (await guard.claim(TENANT, early, 60)).fresh
        target = await cluster.join()
        await cluster.move(slot, 2, target, keys=False)
        assert not (await guard.claim(TENANT, early, 60)).fresh  # still at the source
        assert (await guard.claim(TENANT, late, 60)).fresh  # at the target already
        await cluster.settle(slot, 2, target)
        for digest in (early, late):
            assert not (await guard.claim(TENANT, digest, 60)).fresh
        assert elsewhere.asked == []
        await guard.close()


@pytest_timeout
class TestMap:
    async def test_nobody_there(self) -> None:
        with pytest.raises(ConnectionError):
            await SlotMap(parse_valkey("redis+cluster://127.0.0.1:1,127.0.0.1:2")).read()

    async def test_a_wrong_password(self, cluster: ValkeyCluster) -> None:
        url = cluster.url.replace(VALKEY_PASSWORD, "wrong")
        client = ClusterClient(parse_valkey(url), max_connections=1)
        with pytest.raises((RedisError, OSError)):
            await client.execute(b"key", "GET", b"key")
        await client.aclose()
