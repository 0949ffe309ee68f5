"""Fixtures of the token tests: a company of their own, and a person in it."""

import pytest
import pytest_asyncio

from services.auth.tests.dpop import Holder
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import App, register
from tests.e2e.world import Company, World


@pytest_asyncio.fixture(scope="module")
async def firm(world: World) -> Company:
    """A company that the tests of one file share."""
    return await world.add_company()


@pytest_asyncio.fixture
async def person(firm: Company) -> Person:
    """Somebody at a browser of their own, not yet signed in."""
    return Person((await firm.add_user())["username"])


@pytest_asyncio.fixture(scope="module")
async def app(firm: Company) -> App:
    """A confidential client with the code flow."""
    return await register(firm)


@pytest.fixture
def holder(world: World) -> Holder:
    """A key for proofs of possession."""
    return Holder(world.url)
