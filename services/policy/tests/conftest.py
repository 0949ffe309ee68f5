"""Policies on the stack: through the gateway as a client would, and on its database and NATS directly."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.world import Api, Company, World, open_world
from vaultaris_kit.database import Database
from vaultaris_policy.base import SCHEMA
from vaultaris_policy.settings import PolicySettings
from vaultaris_stack.local import LocalStack


@pytest_asyncio.fixture(scope="session")
async def world(stack: LocalStack) -> World:
    """The instance, set up."""
    return await open_world(stack.url)


@pytest_asyncio.fixture
async def company(world: World) -> Company:
    """A tenant that no other test touches."""
    return await world.add_company()


@pytest_asyncio.fixture
async def checker(company: Company) -> Api:
    """An application that may ask."""
    return await company.machine("integration:check")


@pytest.fixture(scope="session")
def settings(stack: LocalStack) -> PolicySettings:
    environ = {name.lower(): value for name, value in stack.environ_of("policy").items()}
    known = {name: value for name, value in environ.items() if name in PolicySettings.model_fields}
    return PolicySettings(_env_file=None, **known)  # type: ignore[arg-type]  # strings, parsed like the environment


@pytest_asyncio.fixture(scope="session")
async def database(settings: PolicySettings) -> AsyncIterator[Database]:
    """The service's own role: row-level security holds."""
    opened = Database(settings, SCHEMA)
    yield opened
    await opened.close()
