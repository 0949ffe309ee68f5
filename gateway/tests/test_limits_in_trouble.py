"""Limits go on when Valkey or edge is away or hangs, and nobody waits for them."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from statistics import median

import pytest_asyncio

from gateway.tests.rig.burst import burst, statuses
from gateway.tests.rig.world import Envoy, World

PATH = "/api/v1/users/u/tenants"
WINDOW_SECONDS = 60


@pytest_asyncio.fixture
async def recovered(world: World, trusting: Envoy, address: Callable[[], str]) -> AsyncIterator[None]:
    """After the test everything decides again."""
    yield
    exact = 0
    async with asyncio.timeout(30):
        while exact < 10:  # both edge processes, whichever is asked
            (answer,) = await burst(trusting, 1, address(), path=PATH)
            exact = exact + 1 if "x-ratelimit-limit" in answer.headers else 0
            await asyncio.sleep(0.02)


async def locally_limited(envoy: Envoy, who: str, limit: int, count: int, *, path: str, method: str = "GET") -> None:
    """Checks what Envoy's own bucket lets through: the limit, a tenth of headroom, and what flows in meanwhile."""
    started = time.monotonic()
    answers = await burst(envoy, count, who, path=path, method=method, at_once=20)
    refilled = (time.monotonic() - started) * limit / WINDOW_SECONDS + 1
    assert limit <= statuses(answers)[200] <= limit * 1.1 + refilled, statuses(answers)
    denied = next(answer for answer in answers if answer.status == 429)
    assert denied.json()["error"] == "rate_limited"
    assert int(denied.headers["retry-after"]) >= 1


class TestValkeyAway:
    async def test_envoy_limits_by_itself_and_valkey_takes_over_again(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.stop()
        try:
            await locally_limited(trusting, address(), 120, 300, path=PATH)
        finally:
            await world.valkey.start()

    async def test_credentials_keep_their_tighter_limit(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.stop()
        try:
            await locally_limited(trusting, address(), 30, 60, path="/oauth/token", method="POST")
        finally:
            await world.valkey.start()

    async def test_a_hung_one_costs_nobody_more_than_a_moment(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.signal(signal.SIGSTOP)
        try:
            (first,) = await burst(trusting, 1, address(), path=PATH)
            assert first.status == 200
            assert first.seconds < 2.0
            await burst(trusting, 10, address(), path=PATH, at_once=1)  # until both edge processes have noticed
            later = [answer for _ in range(50) for answer in await burst(trusting, 1, address(), path=PATH)]
            assert statuses(later) == {200: 50}
            assert median(answer.seconds for answer in later) < 0.1
        finally:
            world.valkey.process.signal(signal.SIGCONT)


class TestEdgeAway:
    async def test_hung_edges_are_soon_left_out(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        for edge in world.edges:
            edge.process.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(2.5)  # two health checks of a limiter that does not answer
            await locally_limited(trusting, address(), 120, 300, path=PATH)
            answers = [answer for _ in range(20) for answer in await burst(trusting, 1, address(), path=PATH)]
            assert statuses(answers) == {200: 20}
            assert median(answer.seconds for answer in answers) < 0.1
        finally:
            for edge in world.edges:
                edge.process.signal(signal.SIGCONT)
