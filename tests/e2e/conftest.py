"""Fixtures of the end-to-end suite."""

from collections.abc import Iterator

import pytest
import pytest_asyncio

from conftest import running_stack
from tests.e2e.world import Company, World, open_world
from vaultaris_stack.local import LocalStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack for these tests alone: no replica of a service's own tests takes its events away."""
    with running_stack(tmp_path_factory.mktemp("e2e")) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def world(stack: LocalStack) -> World:
    """The instance, set up."""
    return await open_world(stack.url)


@pytest_asyncio.fixture
async def company(world: World) -> Company:
    """A tenant that no other test touches."""
    return await world.add_company()
