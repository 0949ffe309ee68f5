"""Limits go on when Valkey or edge is away or hangs, and nobody waits for them."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from gateway.tests.rig.burst import burst, statuses
from gateway.tests.rig.world import Envoy, World

PATH = "/api/v1/users/u/tenants"
HEADROOM = 12  # a tenth of the limit, by which Envoy's own bucket is larger
REFILLED = 6  # what that bucket regains in three seconds


@pytest_asyncio.fixture
async def recovered(world: World, trusting: Envoy, address: Callable[[], str]) -> AsyncIterator[None]:
    """After the test everything decides again."""
    yield
    exact = 0
    async with asyncio.timeout(10):
        while exact < 10:  # both edge processes, whichever is asked
            (answer,) = await burst(trusting, 1, address(), path=PATH)
            exact = exact + 1 if "x-ratelimit-limit" in answer.headers else 0
            await asyncio.sleep(0.02)


async def locally_limited(envoy: Envoy, who: str) -> float:
    """Sends 400 requests, checks what Envoy's own tier lets through, returns the slowest answer's seconds."""
    answers = await burst(envoy, 400, who, path=PATH)
    passed = statuses(answers)[200]
    assert 120 <= passed <= 120 + HEADROOM + REFILLED, statuses(answers)
    denied = next(answer for answer in answers if answer.status == 429)
    assert denied.json()["error"] == "rate_limited"
    assert denied.headers["retry-after"] == "1"
    return max(answer.seconds for answer in answers)


class TestValkeyAway:
    async def test_envoy_limits_by_itself_and_valkey_takes_over_again(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.stop()
        try:
            await locally_limited(trusting, address())
        finally:
            await world.valkey.start()

    async def test_credentials_keep_their_tighter_limit(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.stop()
        try:
            passed = statuses(await burst(trusting, 60, address(), path="/oauth/token", method="POST"))[200]
        finally:
            await world.valkey.start()
        assert 30 <= passed <= 30 + 3 + REFILLED // 2

    async def test_a_hung_one_costs_nobody_more_than_a_moment(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        world.valkey.process.signal(signal.SIGSTOP)
        try:
            (first,) = await burst(trusting, 1, address(), path=PATH)
            assert first.status == 200
            assert first.seconds < 0.3
            await burst(trusting, 10, address(), path=PATH, at_once=1)  # until both edge processes have noticed
            later = [answer for _ in range(50) for answer in await burst(trusting, 1, address(), path=PATH)]
            assert statuses(later) == {200: 50}
            assert max(answer.seconds for answer in later) < 0.1
        finally:
            world.valkey.process.signal(signal.SIGCONT)


class TestEdgeAway:
    async def test_hung_edges_are_soon_left_out(
        self, world: World, trusting: Envoy, address: Callable[[], str], recovered: None
    ) -> None:
        for edge in world.edges:
            edge.process.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(2.5)  # two health checks
            slowest = await locally_limited(trusting, address())
            assert slowest < 2.0
            (answer,) = await burst(trusting, 1, address(), path=PATH)
            assert answer.seconds < 0.1
        finally:
            for edge in world.edges:
                edge.process.signal(signal.SIGCONT)
