"""The demo tells the truth, and the application that it starts keeps its door."""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from examples.story.application import orders_running
from tests.e2e.world import ADMIN, Company, World, unique
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack
from vaultaris_stack.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(300)  # the demo makes some 350 calls; the first test may also start the stack
PROVEN = (
    "3 roles, 12 permissions.",
    "200 users are in the directory.",
    "Each answer is as the roles say.",
    "No token: 401. A clerk who approves: 403. An approver: 200.",
    "The next check says no",
    "The token died at once",
    "no link of their chain is broken.",
    "All of it was true.",
)


def tell(url: str, state: Path) -> "subprocess.CompletedProcess[str]":
    """Runs the demo to its end."""
    login = {"VAULTARIS_ADMIN": ADMIN["admin_username"], "VAULTARIS_ADMIN_PASSWORD": ADMIN["admin_password"]}
    command = [sys.executable, "examples/demo.py", "--url", url, "--state", str(state)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | login, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    ) as demo:
        try:
            out, err = demo.communicate(timeout=240)
        finally:
            demo.terminate()  # does nothing when it has ended; otherwise it ends its application first
    return subprocess.CompletedProcess(command, demo.returncode, out, err)


@pytest.fixture(scope="module")
def told(world: World, tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    return tell(world.url, tmp_path_factory.mktemp("demo"))


class TestDemo:
    def test_everything_happens_as_told(self, told: "subprocess.CompletedProcess[str]") -> None:
        assert told.returncode == 0, told.stdout + told.stderr
        assert [claim for claim in PROVEN if claim not in told.stdout] == []
        assert told.stdout.count("$ curl ") > 20

    def test_no_secret_is_printed(self, told: "subprocess.CompletedProcess[str]") -> None:
        assert ADMIN["admin_password"] not in told.stdout
        assert re.findall(r"eyJ[\w-]+\.[\w-]+\.", told.stdout) == []

    def test_without_a_stack_it_says_what_to_do(self, tmp_path: Path) -> None:
        told = tell(f"http://127.0.0.1:{free_port()}", tmp_path)
        assert told.returncode == 1
        assert "make up" in told.stdout


@pytest_asyncio.fixture(scope="module")
async def company(world: World) -> Company:
    """The company that uses the orders application."""
    return await world.add_company()


@pytest_asyncio.fixture(scope="module")
async def client(company: Company) -> dict[str, str]:
    """The application's own OAuth client: `client_id` and `client_secret`."""
    scopes = ["integration:validate", "integration:check"]
    body = {
        "name": "Orders", "client_id": unique("orders"), "redirect_uris": [],
        "allowed_grant_types": ["client_credentials"], "allowed_scopes": scopes, "default_scopes": scopes,
    }  # fmt: skip
    made = await company.admin.create(f"{company.path}/clients", body)
    return {"client_id": made["client"]["client_id"], "client_secret": made["client_secret"]}


@pytest.fixture(scope="module")
def address(world: World, company: Company, client: dict[str, str]) -> Iterator[str]:
    with orders_running(world.url, company.id, **client) as address:
        yield address


@pytest_asyncio.fixture
async def door(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """The running application."""
    async with httpx.AsyncClient(base_url=address, timeout=10) as door:
        yield door


async def bearer(company: Company, *permissions: str) -> dict[str, str]:
    """The header of somebody who holds these permissions."""
    user = await company.add_user()
    if permissions:
        await company.give(user, await company.add_role(*permissions))
    return {"Authorization": f"Bearer {(await company.signed_in(user)).token}"}


async def knock(address: str, caller: dict[str, str]) -> httpx.Response:
    """The answer of an application at another address."""
    async with httpx.AsyncClient(base_url=address, timeout=10) as door:
        return await door.get("/orders", headers=caller)


class TestOrders:
    async def test_without_a_token_401(self, door: httpx.AsyncClient) -> None:
        response = await door.get("/orders")
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")

    async def test_with_something_else_401(self, door: httpx.AsyncClient) -> None:
        for token in ("nonsense", "a.b.c", "x" * 10_000):
            response = await door.get("/orders", headers={"Authorization": f"Bearer {token}"})
            assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')

    async def test_without_the_permission_403(self, door: httpx.AsyncClient, company: Company) -> None:
        response = await door.post("/orders/1001/approve", headers=await bearer(company, "orders:read"))
        assert response.status_code == 403

    async def test_with_the_permission_200(self, door: httpx.AsyncClient, company: Company) -> None:
        caller = await bearer(company, "orders:read", "orders:approve")
        assert (await door.get("/orders", headers=caller)).json()["1002"] == "open"
        approved = await door.post("/orders/1002/approve", headers=caller)
        assert (approved.status_code, approved.json()["status"]) == (200, "approved")
        assert (await door.post("/orders/9/approve", headers=caller)).status_code == 404

    async def test_another_tenants_token_401(self, door: httpx.AsyncClient, world: World) -> None:
        stranger = await world.add_company()
        response = await door.get("/orders", headers=await bearer(stranger, "orders:read"))
        assert response.status_code == 401

    async def test_a_machines_token_401(self, door: httpx.AsyncClient, company: Company) -> None:
        machine = await company.machine("integration:check")
        assert (await door.get("/orders", headers={"Authorization": f"Bearer {machine.token}"})).status_code == 401

    async def test_its_own_token_revoked_it_takes_another(
        self, door: httpx.AsyncClient, company: Company, client: dict[str, str]
    ) -> None:
        caller = await bearer(company, "orders:read")
        assert (await door.get("/orders", headers=caller)).status_code == 200
        path = f"{company.path}/clients/{client['client_id']}"
        for enabled in (False, True):
            await company.admin.update(path, {"is_enabled": enabled})
        assert (await door.get("/orders", headers=caller)).status_code == 200


class TestOrdersAlone:
    async def test_nobody_answers_503(self, company: Company, client: dict[str, str]) -> None:
        caller = await bearer(company, "orders:read")
        with orders_running(f"http://127.0.0.1:{free_port()}", company.id, **client) as address:
            response = await knock(address, caller)
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")

    async def test_no_decision_503(self, stack: LocalStack, door: httpx.AsyncClient, company: Company) -> None:
        caller = await bearer(company, "orders:read")
        stack.stop_part("policy")
        try:
            refused = await door.get("/orders", headers=caller)
        finally:
            stack.start_part("policy")
        assert refused.status_code == 503

        async def status() -> int:
            return (await door.get("/orders", headers=caller)).status_code

        assert await eventually(status, lambda code: code == 200, within=30) == 200

    async def test_a_wrong_secret_503(self, world: World, company: Company, client: dict[str, str]) -> None:
        caller = await bearer(company, "orders:read")
        wrong = {**client, "client_secret": "wrong"}
        with orders_running(world.url, company.id, **wrong) as address:
            assert (await knock(address, caller)).status_code == 503
