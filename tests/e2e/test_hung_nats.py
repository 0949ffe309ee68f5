"""NATS hangs, so that no process hears of any change: a consistency token is as good as its word all the same."""

import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from conftest import running_stack
from libs.kit.tests.servers import signal_family
from tests.e2e.world import Api, Company, open_world
from vaultaris_kit.consistency import HEADER
from vaultaris_stack.local import LocalStack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One of its own, with two processes of each service: the checks go to both."""
    with running_stack(tmp_path_factory.mktemp("deaf"), replicas=2) as running:
        yield running


@pytest_asyncio.fixture
async def company(stack: LocalStack) -> Company:
    return await (await open_world(stack.url)).add_company()


@pytest_asyncio.fixture
async def nats(stack: LocalStack) -> AsyncIterator[int]:
    """The server's process, which goes on after the test whatever became of it."""
    pid = stack.status().row("nats").pid
    assert pid is not None
    yield pid
    signal_family(pid, signal.SIGCONT)


async def _answers(company: Company, checker: Api, user: dict[str, Any], **fields: Any) -> set[bool]:
    """Of as many checks as it takes for every process to have answered some."""
    path = f"{company.path}/integration/check-permission"
    body = {"user_id": user["id"], "resource": "orders", "action": "read", **fields}
    return {(await checker.act(path, body))["allowed"] for _ in range(12)}


async def test_a_token_is_as_good_as_its_word(company: Company, nats: int) -> None:
    checker, user, role = await company.machine("integration:check"), await company.add_user(), await company.add_role()
    await company.attach(role, "orders:read")
    await company.give(user, role)
    assert await _answers(company, checker, user) == {True}  # and held from now on
    policy = {"name": "open", "effect": "allow", "resource_pattern": "orders", "actions": ["read"]}
    changes: list[tuple[str, str, Any, bool]] = [
        ("DELETE", f"/users/{user['id']}/roles/{role['id']}", None, False),
        ("POST", "/policies", policy, True),
    ]
    signal_family(nats, signal.SIGSTOP)
    for method, path, body, allowed in changes:
        response = await company.admin.call(method, f"{company.path}{path}", json=body)
        assert response.status_code < 300, response.text
        token = response.headers[HEADER]
        assert await _answers(company, checker, user, at_least_as_fresh=token) == {allowed}
