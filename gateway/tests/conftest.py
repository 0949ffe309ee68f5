"""One world for all of the gateway's tests; clients are told apart by the addresses they come from."""

import itertools
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from gateway.tests.rig.world import Envoy, World

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Upstreams, Valkey and two edge processes with the default limits."""
    running = World(tmp_path_factory.mktemp("gateway"))
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(scope="session")
async def plain(world: World) -> Envoy:
    """A gateway as a user gets it: default limits, nobody trusted, no CORS."""
    return await world.envoy("plain")


@pytest_asyncio.fixture(scope="session")
async def trusting(world: World) -> Envoy:
    """A gateway behind a proxy on loopback, on https, with CORS: its tests come from many addresses."""
    return await world.envoy(
        "trusting",
        TRUSTED_PROXIES="127.0.0.1/32",
        EXTERNAL_URL="https://id.example.com",
        CORS_ALLOWED_ORIGINS="https://app.example.com, https://admin.example.com",
        REQUEST_TIMEOUT_SECS="2",
    )


@pytest.fixture
def address() -> Callable[[], str]:
    """Addresses that no other test uses."""
    return lambda: "198.18.{}.{}".format(*divmod(next(_numbers), 256))


@pytest_asyncio.fixture
async def client(trusting: Envoy, address: Callable[[], str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client with an address of its own."""
    headers = {"x-forwarded-for": address()}
    async with httpx.AsyncClient(base_url=trusting.url, headers=headers, timeout=10) as http:
        yield http
