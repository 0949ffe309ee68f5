"""Fixtures of the end-to-end suite."""

import pytest_asyncio

from tests.e2e.world import Company, World, open_world
from vaultaris_stack.local import LocalStack


@pytest_asyncio.fixture(scope="session")
async def world(stack: LocalStack) -> World:
    """The instance, set up."""
    return await open_world(stack.url)


@pytest_asyncio.fixture
async def company(world: World) -> Company:
    """A tenant that no other test touches."""
    return await world.add_company()
