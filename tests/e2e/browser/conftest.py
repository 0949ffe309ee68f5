"""Fixtures of the browser tests: real headless Chromium, a company, its applications."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from conftest import CHROMIUM_FLAGS
from tests.e2e.browser.relying_party import App, serving
from tests.e2e.browser.visitor import Visitor
from tests.e2e.world import Company, World

Visit = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Opens a new browser profile at an address. In the end, no policy may have been violated."""
    contexts, visitors = [], []

    async def open_at(address: str, **options: Any) -> Visitor:
        context = await browser.new_context(**{"locale": "en-US", **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        visitor = Visitor(await context.new_page())
        visitors.append(visitor)
        await visitor.watch()
        await visitor.page.goto(address)
        return visitor

    yield open_at
    for context in contexts:
        await context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture(scope="session")
def applications() -> Iterator[int]:
    """The port that the companies' applications are at."""
    with serving() as port:
        yield port


@pytest_asyncio.fixture(scope="session")
async def shop(world: World) -> Company:
    """A company that the browser tests share."""
    return await world.add_company()


@pytest_asyncio.fixture(scope="session")
async def person(shop: Company) -> dict[str, Any]:
    """Somebody who works there."""
    return await shop.add_user()


@pytest_asyncio.fixture(scope="session")
async def app(shop: Company, applications: int) -> App:
    """An application that asks for no consent."""
    return await App.register(shop, applications)


@pytest_asyncio.fixture
async def consenting_app(shop: Company, applications: int) -> App:
    """An application that nobody has consented to yet."""
    return await App.register(shop, applications, require_consent=True)
