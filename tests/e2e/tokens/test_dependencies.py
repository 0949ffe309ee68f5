"""What tokens need is killed under them: a clear answer soon, nothing half done, and all is well once it is back.

Whatever is refused meanwhile is asked again afterwards, with the very same code, token or reference: it must not have
been spent.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio

from services.auth.tests.auth_browser import Pkce
from services.auth.tests.dpop import Holder
from tests.e2e.relying_parties.person import Person
from tests.e2e.test_kill import Without, without
from tests.e2e.tokens.app import ACCESS_TOKEN, DEVICE, EXCHANGE, REDIRECT, App, proof, register
from tests.e2e.world import PASSWORD, Company
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack

__all__ = ["without"]

PATIENCE = 12.0
"""Seconds that any answer may take, of a busy machine."""
UNAVAILABLE = 503
GRANTS = ["authorization_code", "refresh_token", "client_credentials", "password", DEVICE, EXCHANGE]

Ask = Callable[[], Awaitable[httpx.Response]]


@dataclass
class Clients:
    """One that may do everything, one whose people are asked for consent."""

    app: App
    asking: App


@pytest_asyncio.fixture(scope="module")
async def clients(firm: Company) -> Clients:
    app = await register(firm, allowed_grant_types=GRANTS, token_exchange={"subject_clients": []})
    return Clients(app, await register(firm, require_consent=True))


@pytest_asyncio.fixture
async def asks(firm: Company, clients: Clients, person: Person) -> dict[str, Ask]:
    """A request of every kind, each ready to succeed, and to do so only once where that is the rule."""
    app, pkce = clients.app, Pkce()
    tokens = await app.sign_in(person, scope="openid profile")
    refreshing = await app.sign_in(person)
    revoked = await app.sign_in(person)
    code = await app.code(person, pkce)
    pushed = await app.given("par", **_asked(pkce))
    device = await app.given("device_authorization")
    await person.open(device["verification_uri_complete"])
    waiting = await _at_consent(clients.asking, person)
    agreeing = await firm.sign_in(person.username)
    own = firm.admin.with_token(agreeing["access_token"])
    access_token = tokens["access_token"]

    async def browse(**asked: str) -> httpx.Response:
        return await person.http.get(f"{app.api.url}/oauth/authorize?{urlencode(asked)}")

    return {
        "authorize": lambda: browse(client_id=app.client_id, **_asked(pkce)),
        "authorize, pushed": lambda: browse(client_id=app.client_id, request_uri=pushed["request_uri"]),
        "push": lambda: app.post("par", **_asked(pkce)),
        "code": lambda: app.redeem(code, pkce),
        "refresh": lambda: app.refresh(refreshing["refresh_token"]),
        "client credentials": lambda: app.post("token", grant_type="client_credentials"),
        "password": lambda: app.post("token", grant_type="password", username=person.username, password=PASSWORD),
        "device": lambda: app.post("token", grant_type=DEVICE, device_code=device["device_code"]),
        "device authorization": lambda: app.post("device_authorization"),
        "exchange": lambda: app.post(
            "token", grant_type=EXCHANGE, subject_token=access_token, subject_token_type=ACCESS_TOKEN
        ),
        "introspect": lambda: app.post("introspect", token=access_token),
        "introspect a refresh token": lambda: app.post("introspect", token=tokens["refresh_token"]),
        "userinfo": lambda: app.api.with_token(access_token).call("GET", "/oauth/userinfo"),
        "revoke": lambda: app.post("revoke", token=revoked["refresh_token"]),
        "revoke an access token": lambda: app.post("revoke", token=revoked["access_token"]),
        "consent": lambda: own.call("GET", f"/oauth/consent/{waiting}"),
        "agree": lambda: own.call("POST", f"/oauth/consent/{waiting}/approve", json={"approved_scopes": ["openid"]}),
    }


def _asked(pkce: Pkce) -> dict[str, str]:
    return {
        "response_type": "code", "redirect_uri": REDIRECT, "scope": "openid", "state": "xyz",
        "code_challenge": pkce.challenge, "code_challenge_method": "S256",
    }  # fmt: skip


async def _at_consent(asking: App, person: Person) -> str:
    """The ``request_id`` of a request that waits for the person's consent."""
    answer = await person.http.get(asking.address(Pkce()))
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return query["request_id"]


def succeeded(answer: httpx.Response) -> bool:
    """Whether what was asked for was given."""
    if answer.status_code == 303:
        return "code=" in answer.headers["location"]
    return answer.is_success and answer.json() != {"active": False} if answer.content else answer.is_success


def is_clear(answer: httpx.Response) -> bool:
    """Whether a refusal says that it is for now only."""
    if answer.status_code == 303:
        return "error=temporarily_unavailable" in answer.headers["location"]
    assert answer.status_code == UNAVAILABLE, f"{answer.status_code} {answer.text[:500]}"
    body = answer.json()
    return body["error"] in ("temporarily_unavailable", "unavailable") and "SELECT" not in answer.text


async def meanwhile(asks: dict[str, Ask]) -> dict[str, httpx.Response]:
    """All at once; each answers in time."""

    async def timed(name: str, ask: Ask) -> httpx.Response:
        began = time.monotonic()
        answer = await ask()
        took = time.monotonic() - began
        assert took < PATIENCE, f"{name}: {took:.1f} s: {answer.status_code} {answer.text[:200]}"
        return answer

    answers = await asyncio.gather(*(timed(name, ask) for name, ask in asks.items()))
    return dict(zip(asks, answers, strict=True))


async def refused_while_away(asks: dict[str, Ask]) -> set[str]:
    """The names of those that were refused, clearly."""
    answers = await meanwhile(asks)
    refused = {name for name, answer in answers.items() if not succeeded(answer)}
    for name in refused:
        assert is_clear(answers[name]), f"{name}: {answers[name].headers} {answers[name].text[:300]}"
    return refused


async def all_is_well(asks: dict[str, Ask], refused: set[str]) -> None:
    """What was refused is given now."""
    for name, ask in asks.items():
        if name in refused:
            await eventually(ask, succeeded, within=20)


@pytest.fixture
def killed(stack: LocalStack, without: Without) -> Without:
    """``async with killed("postgres"):`` runs its block with that part dead."""

    def dead(name: str) -> Any:
        stack.kill_part(name)
        return without(name)

    return dead


@pytest_asyncio.fixture(autouse=True)
async def whole(firm: Company) -> AsyncIterator[None]:
    """Whoever comes next finds everything in service again."""
    yield
    rows = [f"{firm.path}/{noun}" for noun in ("users", "clients", "sessions", "policies", "audit")]

    async def statuses() -> set[int]:
        return {(await firm.admin.call("GET", path)).status_code for path in ("/ready", *rows)}

    await eventually(statuses, lambda seen: seen == {200}, within=30)


class TestNothingElseStops:
    """Whoever was on the way to the part when it died may be told to come again; then it works without the part."""

    @pytest.mark.parametrize("part", ["valkey", "nats", "sessions"])
    async def test_all_is_given(self, killed: Without, asks: dict[str, Ask], part: str) -> None:
        async with killed(part):
            await all_is_well(asks, await refused_while_away(asks))

    async def test_proofs_are_good_once_without_valkey(self, killed: Without, clients: Clients, holder: Holder) -> None:
        """A proof from before the outage needs a nonce; neither it nor one with a nonce is good twice."""
        form = {"grant_type": "client_credentials"}
        await eventually(lambda: clients.app.post("token", proof(holder), **form), succeeded)
        used = proof(holder)
        assert succeeded(await clients.app.post("token", used, **form))
        async with killed("valkey"):
            refused = await clients.app.post("token", used, **form)
            assert refused.json()["error"] == "use_dpop_nonce"
            fresh = proof(holder, nonce=refused.headers["dpop-nonce"])
            assert succeeded(await clients.app.post("token", fresh, **form))
            assert (await clients.app.post("token", fresh, **form)).json()["error"] == "invalid_dpop_proof"
        for headers in (used, fresh):
            again = await clients.app.post("token", headers, **form)
            assert again.json()["error"] in ("invalid_dpop_proof", "use_dpop_nonce")


class TestRefusedForNow:
    async def test_postgres(self, killed: Without, asks: dict[str, Ask]) -> None:
        async with killed("postgres"):
            refused = await refused_while_away(asks)
        assert set(asks) - refused <= {"client credentials", "introspect", "userinfo"}
        await all_is_well(asks, refused)

    async def test_directory(self, killed: Without, asks: dict[str, Ask]) -> None:
        async with killed("directory"):
            refused = await refused_while_away(asks)
        assert "password" in refused
        await all_is_well(asks, refused)


class TestAuthItself:
    async def test_killed_under_calls(self, stack: LocalStack, asks: dict[str, Ask], clients: Clients) -> None:
        """Answers may be lost with the process; what was not answered is not half done."""
        calls = [asyncio.ensure_future(ask()) for ask in asks.values()]
        stack.kill_part("auth")
        answers = dict(zip(asks, await asyncio.gather(*calls), strict=True))
        refused = {name for name, answer in answers.items() if not succeeded(answer)}
        for name in refused:
            assert is_clear(answers[name]), name
        token = {"grant_type": "client_credentials"}
        await eventually(lambda: clients.app.post("token", **token), succeeded, within=30)
