"""Retries of a refresh request, and how long refreshing goes on."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.auth.tests.auth_fakes import FakeDirectory, FakeSessions
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient, running
from services.auth.tests.dpop import Holder
from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_auth.refresh_tokens.tokens import FreshToken, new_refresh_token, rotate_at_once, user_named_by
from vaultaris_auth.revocations.operations import forget_expired
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.revocation import session_key

_REVOKE = text("""
    INSERT INTO auth.revocations (key, tenant_id, at_ms, reason, expires_at, announced)
    VALUES (:key, :tenant_id, :at_ms, 'test', now() + interval '1 hour', true)
""")
_EXPIRE = text("UPDATE auth.revocations SET expires_at = now() - interval '1 second' WHERE key = :key")

Answer = dict[str, Any]


async def refresh(auth: AuthProcess, client: TestClient, token: str, **form: str) -> Answer:
    answer = await auth.token(client, grant_type="refresh_token", refresh_token=token, **form)
    return dict(answer.json())


async def refresh_with(auth: AuthProcess, client: TestClient, token: str, holder: Holder) -> Answer:
    form = {**client.form, "grant_type": "refresh_token", "refresh_token": token}
    return dict((await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())).json())


async def told(auth: AuthProcess, client: TestClient, token: str) -> Answer:
    return dict((await auth.http.post("/oauth/introspect", data={**client.form, "token": token})).json())


async def all_dead(auth: AuthProcess, client: TestClient, *answers: Answer) -> bool:
    tokens = [answer[name] for answer in answers for name in ("access_token", "refresh_token")]
    return not any([await auth.is_active(client, token) for token in tokens])


class TestRetry:
    async def test_gets_the_same_answer(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client)
        second = await refresh(auth, client, first["refresh_token"])
        again = await refresh(auth, client, first["refresh_token"])
        assert again["refresh_token"] == second["refresh_token"]
        assert claims_of(again["access_token"]) == claims_of(second["access_token"])
        third = await refresh(auth, client, again["refresh_token"])
        assert third["refresh_token"] != second["refresh_token"]

    async def test_racing_ones_too(self, auth: AuthProcess, client: TestClient) -> None:
        for _round in range(3):
            first = await auth.sign_in(client)
            answers = await asyncio.gather(*(refresh(auth, client, first["refresh_token"]) for _ in range(8)))
            assert len({answer["refresh_token"] for answer in answers}) == 1
            assert len({claims_of(answer["access_token"])["jti"] for answer in answers}) == 1
            assert await auth.is_active(client, answers[0]["refresh_token"])

    async def test_not_once_the_answer_was_used(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client)
        second = await refresh(auth, client, first["refresh_token"])
        third = await refresh(auth, client, second["refresh_token"])
        assert (await refresh(auth, client, first["refresh_token"]))["error"] == "invalid_grant"
        assert await all_dead(auth, client, first, second, third)

    async def test_not_of_another_request(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client, scope="openid email")
        second = await refresh(auth, client, first["refresh_token"])
        assert (await refresh(auth, client, first["refresh_token"], scope="openid"))["error"] == "invalid_grant"
        assert await all_dead(auth, client, first, second)

    async def test_not_later(self, environ: dict[str, str], client: TestClient) -> None:
        async with running(environ | {"REFRESH_OVERLAP_SECS": "0"}) as strict:
            first = await strict.sign_in(client)
            second = await refresh(strict, client, first["refresh_token"])
            assert (await refresh(strict, client, first["refresh_token"]))["error"] == "invalid_grant"
            assert await all_dead(strict, client, first, second)

    async def test_public_clients_prove_themselves_by_their_key(
        self, auth: AuthProcess, make_client: MakeClient
    ) -> None:
        client, holder = await make_client(is_public=True), Holder()
        first = await auth.sign_in(client)
        second = await refresh_with(auth, client, first["refresh_token"], holder)
        again = await refresh_with(auth, client, first["refresh_token"], holder)
        assert again["refresh_token"] == second["refresh_token"]
        thief = await refresh_with(auth, client, first["refresh_token"], Holder())
        assert thief["error"] == "invalid_grant"
        assert await all_dead(auth, client, first, second)

    async def test_a_revoked_family_answers_no_retry(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client)
        second = await refresh(auth, client, first["refresh_token"])
        await auth.http.post("/oauth/revoke", data={**client.form, "token": second["refresh_token"]})
        assert (await refresh(auth, client, first["refresh_token"]))["error"] == "invalid_grant"


AtOnce = Callable[..., Awaitable[Family | None]]


@pytest.fixture
def at_once(database: Database, client: TestClient, directory: FakeDirectory) -> AtOnce:
    """Rotates the token ``secret``, as its tenant and without a key unless told otherwise."""

    async def rotate(secret: str, *, tenant_id: UUID = directory.home, jkt: str | None = None) -> Family | None:
        user_id, later = user_named_by(secret), now() + timedelta(hours=1)
        assert user_id
        fresh = FreshToken(new_id(), new_refresh_token(user_id), later, later, new_id(), later)
        return await rotate_at_once(database, tenant_id, client.client_id, secret, fresh, spent_by=None, jkt=jkt)

    return rotate


class TestAtOnce:
    """In one round trip, when there is nothing to judge; whatever else is the matter, nothing is done."""

    async def test_a_live_token_is_spent_once(self, auth: AuthProcess, client: TestClient, at_once: AtOnce) -> None:
        secret = (await auth.sign_in(client))["refresh_token"]
        families = await asyncio.gather(*(at_once(secret) for _ in range(8)))
        (family,) = [each for each in families if each]
        assert family.client_id == client.client_id
        assert not await auth.is_active(client, secret)

    async def test_not_for_another_tenant(self, auth: AuthProcess, client: TestClient, at_once: AtOnce) -> None:
        secret = (await auth.sign_in(client))["refresh_token"]
        assert await at_once(secret, tenant_id=new_id()) is None
        assert await auth.is_active(client, secret)

    async def test_not_with_another_key(self, auth: AuthProcess, client: TestClient, at_once: AtOnce) -> None:
        secret = (await auth.sign_in(client))["refresh_token"]
        assert await at_once(secret, jkt="another") is None
        assert await auth.is_active(client, secret)

    async def test_not_when_its_session_was_revoked(
        self, auth: AuthProcess, client: TestClient, at_once: AtOnce, database: Database, directory: FakeDirectory
    ) -> None:
        """Also where the family was begun too late to be ended by it."""
        answer = await auth.sign_in(client)
        key, at_ms = session_key(claims_of(answer["access_token"])["sid"]), int(now().timestamp() * 1000)
        async with database.plain(directory.home) as session:
            await session.execute(_REVOKE, {"key": key, "tenant_id": directory.home, "at_ms": at_ms})
        assert await at_once(answer["refresh_token"]) is None

    @pytest.mark.parametrize("subject", ["session", "user"])
    async def test_nor_once_that_has_been_forgotten(
        self, auth: AuthProcess, client: TestClient, database: Database, directory: FakeDirectory, subject: str
    ) -> None:
        """Marks are kept for a day, refresh tokens live longer."""
        kept = await auth.sign_in(client)
        user = directory.add_user(f"user-{new_id()}")
        answer = await auth.sign_in(client, user.username)
        claims = claims_of(answer["access_token"])
        key = f"{subject}.{claims['sid' if subject == 'session' else 'sub']}"
        mark = {"key": key, "tenant_id": directory.home, "at_ms": int(now().timestamp() * 1000)}
        async with database.plain(directory.home) as session:
            await session.execute(_REVOKE, mark)
            await session.execute(_EXPIRE, {"key": key})
        async with database.instance() as session:
            await forget_expired(session)
            forgotten = text("SELECT count(*) FROM auth.revocations WHERE key = :key")
            assert await session.scalar(forgotten, {"key": key}) == 0
        assert (await refresh(auth, client, answer["refresh_token"]))["error"] == "invalid_grant"
        assert "access_token" in await refresh(auth, client, kept["refresh_token"])


class TestLifetimes:
    async def test_without_sessions_settings(
        self, auth: AuthProcess, client: TestClient, sessions: FakeSessions
    ) -> None:
        """The refresh token's lifetime is the idle one; the instance bounds the whole. The session agrees."""
        answer = await auth.sign_in(client)
        claims, token = claims_of(answer["access_token"]), await told(auth, client, answer["refresh_token"])
        started = sessions.started[claims["sid"]]
        assert token["exp"] == started.idle_until == claims["iat"] + 86_400
        assert started.expires_at == claims["iat"] + 90 * 86_400

    async def test_a_tenants_sessions_bound_what_is_not_offline(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, sessions: FakeSessions
    ) -> None:
        tenant_id = directory.add_tenant()
        directory.tenants[str(tenant_id)].settings = json.dumps(
            {"session": {"idle_seconds": 1800, "absolute_seconds": 36_000}}
        )
        user = directory.add_user("ada", tenant_id=tenant_id)
        client = await make_client(tenant_id, allowed_scopes=["openid", "offline_access"])
        for scope, idle, absolute in (("openid", 900 + 1800, 36_000), ("offline_access", 86_400, 90 * 86_400)):
            answer = await auth.sign_in(client, user.username, scope=scope)
            claims = claims_of(answer["access_token"])
            started = sessions.started[claims["sid"]]
            assert (started.idle_until, started.expires_at) == (claims["iat"] + idle, claims["iat"] + absolute)
            again = await refresh(auth, client, answer["refresh_token"])
            refreshed_at = claims_of(again["access_token"])["iat"]
            assert (await told(auth, client, again["refresh_token"]))["exp"] == refreshed_at + idle

    async def test_nonsense_settings_say_nothing(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        directory.tenants[str(tenant_id)].settings = json.dumps({"session": {"idle_seconds": "1", "x": []}})
        user = directory.add_user("ada", tenant_id=tenant_id)
        client = await make_client(tenant_id)
        answer = await auth.sign_in(client, user.username)
        issued_at = claims_of(answer["access_token"])["iat"]
        assert (await told(auth, client, answer["refresh_token"]))["exp"] == issued_at + 86_400
