"""What is good once, used twice and at once: one use succeeds, and what it gave ends with the others' noise."""

import asyncio
from functools import partial

import pytest

from services.auth.tests.auth_browser import Pkce
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import App, register
from tests.e2e.world import Company
from tests.eventually import eventually

AT_ONCE = 20


async def is_welcome(app: App, token: str) -> bool:
    """Whether a service other than auth takes the token; it takes it or knows that it was revoked."""
    answer = await app.api.with_token(token).call("GET", "/api/v1/users/00000000-0000-0000-0000-000000000001/tenants")
    return answer.status_code != 401


class TestCode:
    @pytest.mark.parametrize("refreshes", [True, False])
    async def test_twenty_at_once(self, firm: Company, person: Person, refreshes: bool) -> None:
        grants = ["authorization_code", *(["refresh_token"] if refreshes else [])]
        app, pkce = await register(firm, allowed_grant_types=grants), Pkce()
        code = await app.code(person, pkce)
        answers = await asyncio.gather(*(app.redeem(code, pkce) for _ in range(AT_ONCE)))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * (AT_ONCE - 1)
        assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
        tokens = next(answer.json() for answer in answers if answer.status_code == 200)
        assert not await app.is_active(tokens["access_token"])
        assert not await is_welcome(app, tokens["access_token"])
        if refreshes:
            assert (await app.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"

    async def test_a_replay_much_later(self, app: App, person: Person) -> None:
        pkce = Pkce()
        code = await app.code(person, pkce)
        tokens = (await app.redeem(code, pkce)).json()
        assert await is_welcome(app, tokens["access_token"])
        fresh = (await app.refresh(tokens["refresh_token"])).json()
        assert (await app.redeem(code, pkce)).json()["error"] == "invalid_grant"
        for token in (tokens["access_token"], fresh["access_token"]):
            assert not await app.is_active(token)
            assert not await is_welcome(app, token)
        assert (await app.refresh(fresh["refresh_token"])).json()["error"] == "invalid_grant"


class TestRefresh:
    async def test_racing_uses_of_a_public_client_end_the_family(self, firm: Company, person: Person) -> None:
        """Nothing proves that both are the client's own: there is no overlap."""
        app = await register(firm, is_public=True)
        tokens = await app.sign_in(person)
        answers = await asyncio.gather(*(app.refresh(tokens["refresh_token"]) for _ in range(AT_ONCE)))
        assert sum(answer.status_code == 200 for answer in answers) <= 1
        await self._is_dead(app, [tokens, *(answer.json() for answer in answers if answer.status_code == 200)])

    async def test_racing_uses_that_differ_end_the_family(self, app: App, person: Person) -> None:
        """A confidential client's, of which one asks for less than the other: no retry."""
        tokens = await app.sign_in(person, scope="openid profile")
        answers = await asyncio.gather(
            *(app.refresh(tokens["refresh_token"], scope=scope) for scope in ("openid", "openid profile"))
        )
        assert sum(answer.status_code == 200 for answer in answers) <= 1
        await self._is_dead(app, [tokens, *(answer.json() for answer in answers if answer.status_code == 200)])

    async def test_a_late_use_ends_the_family(self, app: App, person: Person) -> None:
        tokens = await app.sign_in(person)
        first = (await app.refresh(tokens["refresh_token"])).json()
        second = (await app.refresh(first["refresh_token"])).json()
        assert (await app.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
        await self._is_dead(app, [tokens, first, second])

    async def test_a_retry_within_the_overlap_gets_the_same(self, app: App, person: Person) -> None:
        tokens = await app.sign_in(person)
        answers = await asyncio.gather(*(app.refresh(tokens["refresh_token"]) for _ in range(AT_ONCE)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["refresh_token"] for answer in answers}) == 1
        assert (await app.refresh(answers[0].json()["refresh_token"])).status_code == 200

    @staticmethod
    async def _is_dead(app: App, given: list[dict[str, str]]) -> None:
        """At once: the refusals came after the revocation was announced."""
        for tokens in given:
            assert not await app.is_active(tokens["access_token"])
            await eventually(partial(is_welcome, app, tokens["access_token"]), lambda seen: not seen, within=3)
            assert (await app.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
