"""The limiter's windows behind sentinels: they follow the primary when it dies."""

import asyncio

import pytest

from libs.kit.tests.servers import ValkeyGroup
from tests.eventually import eventually
from vaultaris_edge.limiter.valkey import shared_windows
from vaultaris_edge.limiter.window import Asked, Limits, Verdict

ASKED = Asked(b"192.0.2.9", False)


class TestSentinels:
    async def test_the_limit_holds_again_after_a_failover(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        group = ValkeyGroup(tmp_path_factory.mktemp("sentinels"))
        group.start()
        windows = shared_windows(group.url, Limits(general=3, credential=3, seconds=600))
        keeper = asyncio.create_task(windows.run())

        async def decided() -> list[Verdict] | None:
            answered: asyncio.Future[list[Verdict] | None] = asyncio.get_running_loop().create_future()
            windows.decide([ASKED], answered.set_result)
            return await asyncio.wait_for(answered, 2)

        try:
            await eventually(group.is_whole, bool, within=30)
            await eventually(decided, lambda verdicts: verdicts is not None, within=10)
            group.servers[0].kill()
            await eventually(decided, lambda verdicts: verdicts is None, within=10)
            await eventually(decided, lambda verdicts: verdicts is not None, within=40)
            verdicts = [await decided() for _ in range(4)]
            assert verdicts[-1] is not None
            assert not verdicts[-1][0].allowed
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            group.stop()
