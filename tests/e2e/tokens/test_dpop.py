"""Proof of possession (RFC 9449), from the bound code to the last refresh, in every service."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest_asyncio

from services.auth.tests.auth_browser import Pkce
from services.auth.tests.dpop import Holder, challenge_of
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import App, proof, register
from tests.e2e.world import PASSWORD, Company

USERINFO = "/oauth/userinfo"


@pytest_asyncio.fixture(scope="module")
async def desk(firm: Company) -> App:
    """A public client of the company's own, whose people may do at our endpoints what they may."""
    return await register(firm, is_public=True, allowed_grant_types=["password", "authorization_code", "refresh_token"])


Make = Callable[..., dict[str, str]]
"""Makes the headers of a request, with a nonce if one is given."""


async def with_nonce(send: Callable[[dict[str, str]], Awaitable[httpx.Response]], make: Make) -> httpx.Response:
    """Sends a request as clients do: again, when a nonce is demanded, as any service may (docs/adr/0008)."""
    answer = await send(make())
    for _ in range(3):  # the memory may begin anew in between
        if "dpop-nonce" not in answer.headers:
            break
        answer = await send(make(nonce=answer.headers["dpop-nonce"]))
    return answer


async def sign_in(desk: App, username: str, holder: Holder) -> dict[str, Any]:
    form = {"grant_type": "password", "username": username, "password": PASSWORD, "scope": "openid"}
    answer = await with_nonce(lambda headers: desk.post("token", headers, **form), partial(proof, holder))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def get(desk: App, holder: Holder, token: str, path: str) -> httpx.Response:
    """A GET with a token and the proof that goes with it; ``request`` of the answer tells what was sent."""
    return await with_nonce(
        lambda headers: desk.api.call("GET", path, headers=headers), partial(holder.headers, token, "GET", path)
    )


class TestCodeFlow:
    async def test_a_bound_code_its_tokens_and_their_refresh(self, person: Person, desk: App, holder: Holder) -> None:
        pkce, thief = Pkce(), Holder(desk.api.url)
        code = await desk.code(person, pkce, dpop_jkt=holder.jkt)
        redeem = partial(desk.redeem, code, pkce)
        for refused in (await redeem(), await with_nonce(redeem, partial(proof, thief))):
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
        answer = await with_nonce(redeem, partial(proof, holder))
        tokens = answer.json()
        assert (answer.status_code, tokens["token_type"]) == (200, "DPoP")

        token = tokens["access_token"]
        assert (await get(desk, holder, token, USERINFO)).status_code == 200
        assert (await desk.given("introspect", token=token))["cnf"] == {"jkt": holder.jkt}

        refresh = partial(desk.refresh, tokens["refresh_token"])
        assert (await refresh()).json()["error"] == "invalid_dpop_proof"
        assert (await with_nonce(refresh, partial(proof, thief))).json()["error"] == "invalid_grant"
        refreshed = await with_nonce(refresh, partial(proof, holder))
        assert (refreshed.status_code, refreshed.json()["token_type"]) == (200, "DPoP")

    async def test_a_client_that_demands_it(self, firm: Company, person: Person, holder: Holder) -> None:
        strict, pkce = await register(firm, dpop_bound_access_tokens=True), Pkce()
        code = await strict.code(person, pkce)
        redeem = partial(strict.redeem, code, pkce)
        assert (await redeem()).json()["error"] == "invalid_dpop_proof"
        assert (await with_nonce(redeem, partial(proof, holder))).status_code == 200


class TestEverywhere:
    """A management row of every service: it takes the token with its key's proof, and in no other way."""

    @staticmethod
    def rows(firm: Company) -> list[str]:
        nouns = ("clients", "users", "policies", "sessions", "audit")
        return [f"{firm.path}/{noun}" for noun in nouns]

    async def test_with_a_proof(self, firm: Company, desk: App, holder: Holder) -> None:
        token = (await sign_in(desk, firm.admin_user["username"], holder))["access_token"]
        for path in (*self.rows(firm), USERINFO):
            answer = await get(desk, holder, token, path)
            assert answer.status_code == 200, f"{path}: {answer.text}"
        path = f"{firm.path}/roles"
        made = await with_nonce(
            lambda headers: desk.api.call("POST", path, headers=headers, json={"name": "by-proof"}),
            partial(holder.headers, token, "POST", path),
        )
        assert made.status_code == 201

    async def test_in_no_other_way(self, firm: Company, desk: App, holder: Holder) -> None:
        token = (await sign_in(desk, firm.admin_user["username"], holder))["access_token"]
        thief = Holder(desk.api.url)
        for path in (*self.rows(firm), USERINFO):
            other = "/api/v1/tenants"
            ways: dict[str, dict[str, str]] = {
                "as Bearer": {"Authorization": f"Bearer {token}"},
                "as Bearer with a proof": {**holder.headers(token, "GET", path), "Authorization": f"Bearer {token}"},
                "as ApiKey": {"Authorization": f"ApiKey {token}"},
                "without a proof": {"Authorization": f"DPoP {token}"},
                "another's key": thief.headers(token, "GET", path),
                "wrong htu": holder.headers(token, "GET", path, htu=desk.api.url + other),
                "inner htu": holder.headers(token, "GET", path, htu=f"http://auth:8001{path}"),
                "wrong htm": holder.headers(token, "GET", path, htm="POST"),
                "wrong ath": holder.headers(token, "GET", path, ath="fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"),
                "no ath": holder.headers(token, "GET", path, ath=None),
                "old": holder.headers(token, "GET", path, iat=int(time.time()) - 600),
                "from tomorrow": holder.headers(token, "GET", path, iat=int(time.time()) + 86_400),
            }
            for way, headers in ways.items():
                answer = await desk.api.call("GET", path, headers=headers)
                assert challenge_of(answer).startswith("DPoP "), f"{path}, {way}"

    async def test_a_proof_is_good_once(self, firm: Company, desk: App, holder: Holder) -> None:
        token = (await sign_in(desk, firm.admin_user["username"], holder))["access_token"]
        for path in (*self.rows(firm), USERINFO):
            first = await get(desk, holder, token, path)
            assert first.status_code == 200, path
            used = {name: first.request.headers[name] for name in ("Authorization", "DPoP")}
            answer = await desk.api.call("GET", path, headers=used)
            assert 'error="invalid_dpop_proof"' in challenge_of(answer), path


class TestNonce:
    async def test_demanded_given_and_used(self, firm: Company, person: Person, holder: Holder) -> None:
        careful, pkce = await register(firm, require_dpop_nonce=True), Pkce()
        code = await careful.code(person, pkce)
        refused = await careful.redeem(code, pkce, proof(holder))
        assert (refused.status_code, refused.json()["error"]) == (400, "use_dpop_nonce")
        nonce = refused.headers["dpop-nonce"]
        wrong = await careful.redeem(code, pkce, proof(holder, nonce="made-up"))
        assert wrong.json()["error"] == "use_dpop_nonce"
        answer = await careful.redeem(code, pkce, proof(holder, nonce=nonce))
        assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")
