"""The limiter's windows in a Valkey Cluster: exact across edges, and across what happens to a cluster."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
import pytest_asyncio

from libs.kit.tests.cluster import PRIMARIES, ValkeyCluster
from tests.eventually import eventually
from vaultaris_edge.limiter.limiter import Limiter
from vaultaris_edge.limiter.script import key_of
from vaultaris_edge.limiter.valkey import shared_windows
from vaultaris_edge.limiter.window import Asked, Limits, SharedWindows, Verdict
from vaultaris_kit.valkey_cluster import slot_of

pytestmark = pytest.mark.timeout(180)

LIMITS = Limits(general=20, credential=5, seconds=600)
_numbers = count()


@pytest_asyncio.fixture
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ValkeyCluster]:
    made = ValkeyCluster(tmp_path_factory.mktemp("cluster"))
    try:
        await made.start()
        yield made
    finally:
        made.stop()


@asynccontextmanager
async def connected(cluster: ValkeyCluster) -> AsyncIterator[SharedWindows]:
    windows = shared_windows(cluster.url, LIMITS)
    keeper = asyncio.create_task(windows.run())
    try:
        await eventually(_whether(windows), bool, within=20)
        yield windows
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


def _whether(windows: SharedWindows) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return windows.connected

    return look


async def decide(windows: SharedWindows, *batch: Asked) -> list[Verdict] | None:
    answered: asyncio.Future[list[Verdict] | None] = asyncio.get_running_loop().create_future()
    windows.decide(list(batch), answered.set_result)
    return await asyncio.wait_for(answered, 5)


def someone(cluster: ValkeyCluster, at: int) -> Asked:
    """A client of whom nothing is known yet, and whose windows the given primary holds."""
    return next(asked for asked in _everyone() if cluster.holder(key_of(asked.client)) == at)


def _everyone() -> Iterator[Asked]:
    return (Asked(b"client-%d" % next(_numbers), False) for _ in count())


async def asked_in_turn(windows: list[SharedWindows], asked: Asked, times: int) -> int:
    """How many of so many requests are allowed, each at the next of the edges; all must be decided."""
    allowed = 0
    for number in range(times):
        verdicts = await decide(windows[number % len(windows)], asked)
        assert verdicts is not None
        allowed += verdicts[0].allowed
    return allowed


class TestCluster:
    async def test_exact_across_two_edges_at_once(self, cluster: ValkeyCluster) -> None:
        """Many clients on all primaries, in batches at two limiters: each gets what it may have, and no more."""
        clients = [someone(cluster, at) for at in range(PRIMARIES) for _ in range(10)]
        answers: dict[bytes, list[bytes]] = {asked.client: [] for asked in clients}
        async with connected(cluster) as one, connected(cluster) as two:
            limiters = [Limiter(windows, LIMITS) for windows in (one, two)]
            for _ in range(15):
                for asked in clients:
                    for limiter in limiters:
                        limiter.ask(asked, answers[asked.client].append)

            async def answered() -> int:
                return sum(map(len, answers.values()))

            await eventually(answered, lambda number: number == 30 * len(clients))
        allowed = {client: sum(b" 200 " in each for each in given) for client, given in answers.items()}
        assert set(allowed.values()) == {20}
        assert sum(limiter.unavailable for limiter in limiters) == 0

    async def test_credentials_count_in_both_windows(self, cluster: ValkeyCluster) -> None:
        async with connected(cluster) as windows:
            for at in range(PRIMARIES):
                asked = someone(cluster, at)
                verdicts = await decide(windows, *[asked._replace(credential=True)] * 8, asked)
                assert verdicts is not None
                assert [each.allowed for each in verdicts] == [True] * 5 + [False] * 3 + [True]
                assert verdicts[-1].used == 6

    async def test_a_lost_primary_costs_its_own_clients_alone_until_its_replica_takes_over(
        self, cluster: ValkeyCluster
    ) -> None:
        async with connected(cluster) as windows:
            lost, others = someone(cluster, 0), [someone(cluster, at) for at in (1, 2)]
            assert await asked_in_turn([windows], lost, 20) == 20
            async with cluster.client(0) as primary:
                await primary.wait(1, 5000)
            cluster.servers[0].kill()
            await eventually(lambda: decide(windows, lost), lambda verdicts: verdicts is None, within=5)
            for other in others:
                assert await asked_in_turn([windows], other, 10) == 10
            assert not windows.connected
            with pytest.raises(ConnectionError):
                await windows.ping()
            verdicts = await eventually(lambda: decide(windows, lost), lambda verdicts: verdicts is not None, within=60)
            assert verdicts is not None
            assert not verdicts[0].allowed  # what it had used, the replica knew
            await eventually(_whether(windows), bool, within=20)
            assert await windows.ping() < 5

    async def test_a_slot_that_moves_is_followed(self, cluster: ValkeyCluster) -> None:
        """To a primary that held none and that no edge knew, while two edges go on asking: ASK, then MOVED."""
        async with connected(cluster) as one, connected(cluster) as two:
            old, new = someone(cluster, 1), someone(cluster, 1)
            target = await cluster.join()
            for asked in (old, new):
                slot = slot_of(key_of(asked.client))
                if asked is old:
                    assert await asked_in_turn([one, two], asked, 10) == 10
                await cluster.move(slot, 1, target, keys=False)
                assert await asked_in_turn([one, two], asked, 8) == 8  # the new one's window begins at the target
                await cluster.settle(slot, 1, target)
                assert await asked_in_turn([one, two], asked, 20) == (2 if asked is old else 12)
                assert await cluster.ask(target, "LLEN", key_of(asked.client)) == 20

    async def test_a_script_is_loaded_again_wherever_it_is_missing(self, cluster: ValkeyCluster) -> None:
        async with connected(cluster) as windows:
            for number in range(PRIMARIES):
                await cluster.ask(number, "SCRIPT FLUSH")
                assert await asked_in_turn([windows], someone(cluster, number), 25) == 20
