"""What was given before somebody was stopped, and not used yet, is worth nothing afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from services.auth.tests.auth_browser import Pkce
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import DEVICE, REDIRECT, App, register, told
from tests.e2e.world import Company, World
from tests.eventually import eventually


@dataclass
class Open:
    """Somebody signed in at a browser, and what a client holds for them: a code, an approved device, a request."""

    world: World
    company: Company
    user: dict[str, Any]
    person: Person
    app: App
    pkce: Pkce
    code: str
    device: dict[str, Any]
    pushed: str
    refresh_token: str

    async def silently(self) -> str:
        """What the client learns that asks whether the browser is signed in: an error, or ``code``."""
        answer = await self.person.http.get(self.app.address(Pkce(), prompt="none"))
        if answer.status_code != 303:
            return str(answer.json()["error"])
        return told(httpx.Request("GET", answer.headers["location"])).get("error", "code")

    async def at_token(self) -> dict[str, str]:
        """What the token endpoint says to everything that was given, by what it was."""
        device = {"grant_type": DEVICE, "device_code": self.device["device_code"]}
        answers = {
            "refresh": await self.app.refresh(self.refresh_token),
            "code": await self.app.redeem(self.code, self.pkce),
            "device": await self.app.post("token", **device),
        }
        return {name: str(answer.json().get("error", answer.status_code)) for name, answer in answers.items()}

    async def with_what_was_pushed(self) -> httpx.Response:
        query = urlencode({"client_id": self.app.client_id, "request_uri": self.pushed})
        return await self.person.http.get(f"{self.app.api.url}/oauth/authorize?{query}")


@pytest_asyncio.fixture
async def given(world: World) -> Open:
    company = await world.add_company()
    app = await register(company, allowed_grant_types=["authorization_code", "refresh_token", DEVICE])
    user = await company.add_user()
    person, pkce = Person(user["username"]), Pkce()
    refresh_token = (await app.sign_in(person))["refresh_token"]
    code = await app.code(person, pkce)
    device = await app.given("device_authorization")
    await person.open(device["verification_uri_complete"])
    pushed = await app.given(
        "par", response_type="code", redirect_uri=REDIRECT, scope="openid", code_challenge=pkce.challenge,
        code_challenge_method="S256",
    )  # fmt: skip
    everything = Open(
        world, company, user, person, app, pkce, code, device, pushed["request_uri"], refresh_token
    )  # fmt: skip
    assert await everything.silently() == "code"
    return everything


Deed = Callable[[Open], Awaitable[object]]


def set_user(status: str) -> Deed:
    return lambda given: given.company.admin.update(
        f"{given.company.path}/users/{given.user['id']}", {"status": status}
    )


async def delete_user(given: Open) -> None:
    await given.company.admin.delete(f"{given.company.path}/users/{given.user['id']}")


async def end_sessions(given: Open) -> None:
    await given.company.admin.delete(f"{given.company.path}/users/{given.user['id']}/sessions")


async def in_use_again(given: Open) -> None:
    """The account, if it was not."""
    path = f"{given.company.path}/users/{given.user['id']}"
    if (await given.company.admin.call("GET", path)).status_code == 200:
        await given.company.admin.update(path, {"status": "active"})


async def disable_client(given: Open) -> None:
    await given.company.admin.update(f"{given.company.path}/clients/{given.app.row_id}", {"is_enabled": False})


async def delete_client(given: Open) -> None:
    await given.company.admin.delete(f"{given.company.path}/clients/{given.app.row_id}")


async def suspend_tenant(given: Open) -> None:
    await given.world.admin.update(given.company.path, {"status": "suspended"})


async def delete_tenant(given: Open) -> None:
    await given.world.admin.delete(given.company.path)


class TestPerson:
    @pytest.mark.parametrize(
        "deed",
        [set_user("inactive"), set_user("suspended"), delete_user, end_sessions],
        ids=["inactive", "suspended", "deleted", "signed out"],
    )
    async def test_signed_out_and_nothing_to_redeem(self, given: Open, deed: Deed) -> None:
        await deed(given)
        assert await eventually(given.silently, lambda seen: seen != "code", within=3) == "login_required"
        assert await given.at_token() == dict.fromkeys(("refresh", "code", "device"), "invalid_grant")
        await in_use_again(given)
        assert await given.at_token() == dict.fromkeys(("refresh", "code", "device"), "invalid_grant")
        answer = await given.with_what_was_pushed()
        assert "/sign-in" in answer.headers["location"], "the request is the client's, and somebody else may sign in"


class TestClient:
    @pytest.mark.parametrize("deed", [disable_client, delete_client], ids=["disabled", "deleted"])
    async def test_nothing_begins_and_nothing_goes_on(self, given: Open, deed: Deed) -> None:
        await deed(given)
        assert await eventually(given.silently, lambda seen: seen != "code", within=3) == "invalid_request"
        assert await given.at_token() == dict.fromkeys(("refresh", "code", "device"), "invalid_client")
        assert (await given.with_what_was_pushed()).status_code == 400


class TestTenant:
    @pytest.mark.parametrize("deed", [suspend_tenant, delete_tenant], ids=["suspended", "deleted"])
    async def test_nothing_begins_and_nothing_goes_on(self, given: Open, deed: Deed) -> None:
        await deed(given)
        assert await eventually(given.silently, lambda seen: seen != "code", within=3) in (
            "unauthorized_client", "invalid_request",
        )  # fmt: skip
        assert set((await given.at_token()).values()) <= {"unauthorized_client", "invalid_client", "invalid_grant"}
        answer = await given.with_what_was_pushed()
        assert answer.status_code == 400 or "error" in told(httpx.Request("GET", answer.headers["location"]))
