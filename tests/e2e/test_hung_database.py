"""PostgreSQL hangs under the whole product: 503 soon, at every path, and everything comes back by itself."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from conftest import running_stack
from libs.kit.tests.servers import signal_family
from tests.e2e.world import CONSOLE, Api, Company, World, open_world
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack

SOON = 8.0
"""The patience of a service (5 s), that of one that asks another, and what a busy machine needs."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One of its own: nobody else's tests want to hang."""
    with running_stack(tmp_path_factory.mktemp("hung")) as running:
        yield running


@pytest_asyncio.fixture
async def company(stack: LocalStack) -> Company:
    world: World = await open_world(stack.url)
    return await world.add_company()


@pytest_asyncio.fixture
async def postgres(stack: LocalStack) -> AsyncIterator[int]:
    """The server's process, which goes on after the test whatever became of it."""
    pid = stack.status().row("postgres").pid
    assert pid is not None
    yield pid
    signal_family(pid, signal.SIGCONT)


async def _asked(company: Company, user: dict[str, str]) -> list[httpx.Response]:
    """A read, a change, a sign-in, a look-up of keys, and the trail."""
    form = {"grant_type": "password", "client_id": CONSOLE, "username": "nobody", "password": "nothing at all"}
    calls = (
        company.admin.call("GET", f"{company.path}/users/{user['id']}"),
        company.admin.call("POST", f"{company.path}/roles", json={"name": "never"}),
        company.admin.token_request(**form),
        company.admin.call("GET", f"{company.path}/clients"),
        company.admin.call("GET", f"{company.path}/audit"),
    )
    return list(await asyncio.gather(*calls))


async def _statuses(company: Company, user: dict[str, str]) -> list[int]:
    """Of reads at three services: the gateway sees for itself, a moment later, that they are back."""
    paths = (f"{company.path}/users/{user['id']}", f"{company.path}/clients", f"{company.path}/audit")
    return [(await company.admin.call("GET", path)).status_code for path in paths]


async def _is_ready(public: Api) -> bool:
    return (await public.call("GET", "/ready")).status_code == 200


async def test_it_is_told_soon_and_over_by_itself(company: Company, stack: LocalStack, postgres: int) -> None:
    user = await company.add_user()
    public = Api(stack.url)
    signal_family(postgres, signal.SIGSTOP)
    for _ in range(2):
        began = time.monotonic()
        answers = await _asked(company, user)
        assert time.monotonic() - began < SOON
        for answer in answers:
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"] == "1"
    assert "error_description" in answers[2].json()
    await eventually(lambda: _is_ready(public), lambda ready: not ready, within=12)
    assert (await public.call("GET", "/live")).status_code == 200
    signal_family(postgres, signal.SIGCONT)
    await eventually(lambda: _is_ready(public), bool, within=20)
    await eventually(lambda: _statuses(company, user), lambda seen: seen == [200, 200, 200])
    names = [role["name"] for role in (await company.admin.get(f"{company.path}/roles", per_page=100))["data"]]
    assert "never" not in names, "what was answered 503 came to nothing"
