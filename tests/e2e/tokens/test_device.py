"""Device authorization (RFC 8628): begun at a device, decided at a browser, redeemed once."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest_asyncio

from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import DEVICE, App, register
from tests.e2e.world import Company
from vaultaris_stack.local import LocalStack


@pytest_asyncio.fixture(scope="module")
async def tv(firm: Company) -> App:
    """A public client with the device grant."""
    return await register(firm, is_public=True, redirect_uris=[], allowed_grant_types=[DEVICE, "refresh_token"])


async def begin(tv: App, **form: str) -> dict[str, Any]:
    return await tv.given("device_authorization", **form)


async def decide(person: Person, started: dict[str, Any], decision: str) -> str:
    """The person follows the address on the device's screen, signs in and decides: the last page's path."""
    person.decision = decision
    query = urlencode({"user_code": started["user_code"]})
    assert started["verification_uri_complete"] == f"{started['verification_uri']}?{query}"
    return (await person.open(started["verification_uri_complete"])).url.path


async def poll(tv: App, started: dict[str, Any]) -> str:
    """The refusal that a poll gets."""
    return await tv.refusal("token", grant_type=DEVICE, device_code=started["device_code"])


async def in_the_past(stack: LocalStack, tv: App, column: str) -> None:
    """Lets time go by for the devices of a client: as if they had polled, or begun, long ago."""
    owner = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    try:
        await owner.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
        done = await owner.execute(
            f"UPDATE auth.device_authorizations SET {column} = now() - interval '10 minutes' WHERE client_id = $1",  # noqa: S608 - a name of this file's
            tv.client_id,
        )
        assert done != "UPDATE 0"
    finally:
        await owner.close()


class TestApproved:
    async def test_from_start_to_token(self, stack: LocalStack, tv: App, person: Person) -> None:
        started = await begin(tv, scope="openid profile")
        assert (started["interval"], started["expires_in"]) == (5, 600)
        assert await poll(tv, started) == "authorization_pending"
        assert (await decide(person, started, "approve")).endswith("/device/done")
        await in_the_past(stack, tv, "polled_at")
        tokens = await tv.given("token", grant_type=DEVICE, device_code=started["device_code"])
        assert tokens["scope"] == "openid profile"
        me = await tv.api.with_token(tokens["access_token"]).call("GET", "/oauth/userinfo")
        assert me.json()["preferred_username"] == person.username
        assert tokens["id_token"]
        assert (await tv.refresh(tokens["refresh_token"])).status_code == 200

        assert await poll(tv, started) == "invalid_grant"

    async def test_twenty_polls_at_once_get_one_token(self, stack: LocalStack, tv: App, person: Person) -> None:
        started = await begin(tv)
        await decide(person, started, "approve")
        form = {"grant_type": DEVICE, "device_code": started["device_code"]}
        answers = await asyncio.gather(*(tv.post("token", **form) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19


class TestRefused:
    async def test_too_fast(self, stack: LocalStack, tv: App, person: Person) -> None:
        """Five seconds more each time, for the polls that follow as well (section 3.5)."""
        started = await begin(tv)
        assert await poll(tv, started) == "authorization_pending"
        assert [await poll(tv, started) for _ in range(2)] == ["slow_down"] * 2
        await decide(person, started, "approve")
        assert await poll(tv, started) == "slow_down"
        await in_the_past(stack, tv, "polled_at")
        assert (await tv.given("token", grant_type=DEVICE, device_code=started["device_code"]))["access_token"]

    async def test_denied(self, stack: LocalStack, tv: App, person: Person) -> None:
        started = await begin(tv)
        assert (await decide(person, started, "deny")).endswith("/device/denied")
        assert await poll(tv, started) == "access_denied"
        await in_the_past(stack, tv, "polled_at")
        assert await poll(tv, started) == "access_denied"

    async def test_expired(self, stack: LocalStack, tv: App) -> None:
        started = await begin(tv)
        await in_the_past(stack, tv, "expires_at")
        assert await poll(tv, started) == "expired_token"

    async def test_anothers_code(self, firm: Company, tv: App, person: Person) -> None:
        other = await register(firm, is_public=True, redirect_uris=[], allowed_grant_types=[DEVICE])
        started = await begin(tv)
        await decide(person, started, "approve")
        assert await poll(other, started) == "invalid_grant"
        assert (await tv.given("token", grant_type=DEVICE, device_code=started["device_code"]))["access_token"]

    async def test_a_client_without_the_grant(self, app: App) -> None:
        assert await app.refusal("device_authorization") == "unauthorized_client"
        assert await app.refusal("token", grant_type=DEVICE, device_code="x") == "unauthorized_client"
