"""What is good once is so in all processes together: the one behind the gateway, and another on the same stores."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from services.auth.tests.auth_browser import Pkce
from services.auth.tests.auth_harness import AuthProcess, running
from services.auth.tests.dpop import Holder
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import App, assertion, proof, register, register_with_key
from tests.e2e.world import Company
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack

USERINFO = "/oauth/userinfo"
HALF = 10


@pytest_asyncio.fixture(scope="module")
async def other(stack: LocalStack) -> AsyncIterator[AuthProcess]:
    """A second process of auth."""
    async with running(stack.environ_of("auth")) as process:
        yield process


async def at(other: AuthProcess, app: App, headers: dict[str, str] | None = None, /, **form: Any) -> httpx.Response:
    """A token request to the second process."""
    return await other.http.post("/oauth/token", data={**app.credentials, **form}, headers=headers)


class TestOnce:
    async def test_a_proof(self, other: AuthProcess, app: App, person: Person, holder: Holder) -> None:
        pkce = Pkce()
        form = {"grant_type": "authorization_code", "code": await app.code(person, pkce)}
        form |= {"redirect_uri": "https://relying-party.example/callback", "code_verifier": pkce.verifier}

        async def redeemed() -> httpx.Response:
            """Until the memory of used proofs is a few seconds old, every proof needs a nonce (docs/adr/0008)."""
            return await app.post("token", proof(holder), **form)

        answer = await eventually(redeemed, lambda seen: seen.status_code == 200)
        token, used = answer.json()["access_token"], proof(holder)
        refresh = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
        assert (await app.post("token", used, **refresh)).status_code == 200
        assert (await at(other, app, used, **refresh)).json()["error"] == "invalid_dpop_proof"

        for first, second in ((app.api.call, other.http.request), (other.http.request, app.api.call)):
            headers = holder.headers(token, "GET", USERINFO)
            assert (await first("GET", USERINFO, headers=headers)).status_code == 200
            refused = await second("GET", USERINFO, headers=headers)
            assert refused.status_code == 401
            assert 'error="invalid_dpop_proof"' in refused.headers["www-authenticate"]

    async def test_an_assertion(self, other: AuthProcess, firm: Company, holder: Holder) -> None:
        bank = await register_with_key(firm, holder)
        proven = {"grant_type": "client_credentials", **assertion(bank, holder)}
        assert (await at(other, bank, **proven)).status_code == 200
        assert (await bank.post("token", **proven)).json()["error"] == "invalid_client"

    async def test_a_code(self, other: AuthProcess, app: App, person: Person) -> None:
        pkce = Pkce()
        form = {"grant_type": "authorization_code", "code": await app.code(person, pkce)}
        form |= {"redirect_uri": "https://relying-party.example/callback", "code_verifier": pkce.verifier}
        asked = [ask for _ in range(HALF) for ask in (app.post("token", **form), at(other, app, **form))]
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * (2 * HALF - 1)
        tokens = next(answer.json() for answer in answers if answer.status_code == 200)
        assert not await app.is_active(tokens["access_token"])
        assert (await app.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"

    async def test_a_refresh_token(self, other: AuthProcess, firm: Company, person: Person) -> None:
        app = await register(firm, is_public=True)
        tokens = await app.sign_in(person)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        asked = [ask for _ in range(HALF) for ask in (app.post("token", **form), at(other, app, **form))]
        answers = [answer.json() for answer in await asyncio.gather(*asked)]
        given = [answer for answer in answers if "access_token" in answer]
        assert len(given) <= 1
        for each in (tokens, *given):
            assert not await app.is_active(each["access_token"])
            assert (await app.refresh(each["refresh_token"])).json()["error"] == "invalid_grant"
