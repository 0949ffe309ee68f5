"""Device authorization (RFC 8628)."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.auth.tests.auth_fakes import FakeDirectory, FakeSessions
from services.auth.tests.auth_harness import ISSUER, AuthProcess, Headers, MakeClient, TestClient
from services.auth.tests.dpop import Holder
from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris_auth.device_authorizations import operations
from vaultaris_auth.device_authorizations.codes import LETTERS, UserCodes, new_user_code, normal_user_code
from vaultaris_auth.device_authorizations.guesses import MAX_WRONG, WINDOW
from vaultaris_auth.device_authorizations.models import CodeGuesses, DeviceAuthorization
from vaultaris_auth.tokens.person import SignIn
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound, RateLimited
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import Principal

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ACT = SignIn(new_id(), int(time.time()) - 5, ["pwd", "otp", "mfa"], "2")


@pytest.fixture(scope="session")
def codes(environ: dict[str, str]) -> UserCodes:
    return UserCodes(environ["ENCRYPTION_KEY"].encode())


@pytest.fixture(scope="session")
async def tv(make_client: MakeClient) -> TestClient:
    return await make_client(is_public=True, allowed_grant_types=[GRANT, "refresh_token"])


async def begin(auth: AuthProcess, client: TestClient, **form: str) -> dict[str, Any]:
    answer = await auth.http.post("/oauth/device_authorization", data={**client.form, **form})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def poll(auth: AuthProcess, client: TestClient, code: str) -> dict[str, Any]:
    return dict((await auth.token(client, grant_type=GRANT, device_code=code)).json())


class Person:
    """Somebody at the page where user codes are typed."""

    def __init__(self, database: Database, codes: UserCodes, tenant_id: UUID, user_id: str) -> None:
        self._database, self._codes, self.tenant_id = database, codes, tenant_id
        self.principal = Principal("user", UUID(user_id), tenant_id)

    async def find(self, typed: str) -> DeviceAuthorization | None:
        async with self._database.tenant(self.tenant_id) as session:
            return await operations.find_by_user_code(
                session, self.tenant_id, typed, guesser=str(self.principal.id), codes=self._codes
            )

    async def approve(self, typed: str, scope: list[str] | None = None) -> None:
        found = await self.find(typed)
        assert found is not None
        async with self._database.tenant(self.tenant_id) as session:
            await operations.approve(session, self.principal, found.id, sign_in=ACT, scope=scope)

    async def deny(self, typed: str) -> None:
        found = await self.find(typed)
        assert found is not None
        async with self._database.tenant(self.tenant_id) as session:
            await operations.deny(session, self.principal, found.id)


@pytest.fixture
def bob(database: Database, codes: UserCodes, directory: FakeDirectory) -> Person:
    user = directory.add_user(f"user-{new_id()}")
    return Person(database, codes, directory.home, user.id)


async def patience(database: Database, directory: FakeDirectory) -> None:
    """Lets every device have waited long enough."""
    async with database.tenant(directory.home) as session:
        await session.execute(update(DeviceAuthorization).values(polled_at=now() - timedelta(minutes=1)))


class TestBegin:
    async def test_answer(self, auth: AuthProcess, tv: TestClient, directory: FakeDirectory) -> None:
        answer = await begin(auth, tv)
        page = f"{ISSUER}/hosted/{directory.tenants[str(directory.home)].slug}/device"
        assert answer["verification_uri"] == page
        assert answer["verification_uri_complete"] == f"{page}?user_code={answer['user_code']}"
        assert (answer["expires_in"], answer["interval"]) == (600, 5)
        assert set(answer["user_code"].replace("-", "")) <= set(LETTERS)
        told = (await auth.http.get("/.well-known/openid-configuration")).json()
        assert told["device_authorization_endpoint"] == f"{ISSUER}/oauth/device_authorization"

    async def test_refusals(self, auth: AuthProcess, tv: TestClient, client: TestClient) -> None:
        for form, error in (
            ({"scope": "openid"}, "invalid_client"),
            ({"client_id": "nobody"}, "invalid_client"),
            (client.form, "unauthorized_client"),
            ({**tv.form, "scope": "users:delete"}, "invalid_scope"),
            ({**tv.form, "resource": "https://stock.example.com"}, "invalid_target"),
        ):
            answer = await auth.http.post("/oauth/device_authorization", data=form)
            assert answer.json()["error"] == error


async def status_of(database: Database, directory: FakeDirectory, person: Person) -> str:
    query = select(DeviceAuthorization.status).where(DeviceAuthorization.user_id == person.principal.id)
    async with database.tenant(directory.home) as session:
        return (await session.execute(query)).scalar_one()


class TestPoll:
    async def test_an_approval_ends_with_all_else_that_the_person_had(
        self, auth: AuthProcess, tv: TestClient, bob: Person
    ) -> None:
        """As when they reset their password: whoever held their session may have approved a device of their own."""
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        subject = Revocation(subject=Revocation.SUBJECT_USER, id=str(bob.principal.id))
        await auth.stub.Revoke(RevokeRequest(tenant_id=str(bob.tenant_id), revocations=[subject]))
        assert (await poll(auth, tv, started["device_code"]))["error"] == "invalid_grant"

    async def test_approved(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database, directory: FakeDirectory,
        sessions: FakeSessions,
    ) -> None:  # fmt: skip
        started = await begin(auth, tv, scope="openid email")
        assert (await poll(auth, tv, started["device_code"]))["error"] == "authorization_pending"
        await bob.approve(started["user_code"].lower().replace("-", " "), ["openid"])
        await patience(database, directory)
        answer = await poll(auth, tv, started["device_code"])
        claims = claims_of(answer["access_token"])
        assert (claims["sub"], answer["scope"]) == (str(bob.principal.id), "openid")
        assert (claims["amr"], claims["acr"], claims["auth_time"]) == (ACT.amr, ACT.acr, ACT.auth_time)
        assert claims["sid"] in sessions.started
        assert answer["refresh_token"]
        assert answer["id_token"]
        assert (await poll(auth, tv, started["device_code"]))["error"] == "invalid_grant"

    async def test_for_no_other_resource(self, auth: AuthProcess, tv: TestClient, bob: Person) -> None:
        """Not even as a token that is then for this server instead."""
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        form = {"grant_type": GRANT, "device_code": started["device_code"], "resource": "https://stock.example.com"}
        assert (await auth.token(tv, **form)).json()["error"] == "invalid_target"
        assert (await poll(auth, tv, started["device_code"]))["access_token"]

    async def test_given_out_once(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database, directory: FakeDirectory
    ) -> None:
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        answers = await asyncio.gather(*(poll(auth, tv, started["device_code"]) for _ in range(6)))
        assert sum("access_token" in answer for answer in answers) == 1

    async def test_denied(self, auth: AuthProcess, tv: TestClient, bob: Person) -> None:
        started = await begin(auth, tv)
        await bob.deny(started["user_code"])
        assert (await poll(auth, tv, started["device_code"]))["error"] == "access_denied"
        assert await bob.find(started["user_code"]) is None

    async def test_too_often(
        self, auth: AuthProcess, tv: TestClient, database: Database, directory: FakeDirectory
    ) -> None:
        code = (await begin(auth, tv))["device_code"]
        errors = [(await poll(auth, tv, code))["error"] for _ in range(3)]
        assert errors == ["authorization_pending", "slow_down", "slow_down"]
        async with database.tenant(directory.home) as session:
            await session.execute(update(DeviceAuthorization).values(polled_at=now() - timedelta(seconds=12)))
        assert (await poll(auth, tv, code))["error"] == "slow_down", "the interval has grown to fifteen seconds"

    async def test_expired(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database, directory: FakeDirectory
    ) -> None:
        started = await begin(auth, tv)
        async with database.tenant(directory.home) as session:
            await session.execute(update(DeviceAuthorization).values(expires_at=now() - timedelta(seconds=1)))
        assert (await poll(auth, tv, started["device_code"]))["error"] == "expired_token"
        assert await bob.find(started["user_code"]) is None

    async def test_belongs_to_its_client(self, auth: AuthProcess, tv: TestClient, make_client: MakeClient) -> None:
        started = await begin(auth, tv)
        other = await make_client(is_public=True, allowed_grant_types=[GRANT])
        assert (await poll(auth, other, started["device_code"]))["error"] == "invalid_grant"
        assert (await poll(auth, tv, "nonsense"))["error"] == "invalid_grant"

    async def test_a_user_out_of_service_gets_nothing(
        self, auth: AuthProcess, tv: TestClient, bob: Person, directory: FakeDirectory
    ) -> None:
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        directory.users[str(bob.principal.id)].status = "inactive"
        assert (await poll(auth, tv, started["device_code"]))["error"] == "invalid_grant"

    async def test_an_outage_does_not_use_it_up(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database, directory: FakeDirectory
    ) -> None:
        """It is given out together with what it gives, or not at all."""
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        directory.away = True
        try:
            assert (await poll(auth, tv, started["device_code"]))["error"] == "temporarily_unavailable"
        finally:
            directory.away = False
        assert await status_of(database, directory, bob) == "approved"

    async def test_whoever_may_no_longer_sign_in_has_approved_in_vain(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database, directory: FakeDirectory
    ) -> None:
        """For good: the approval does not come back with the account."""
        started, user = await begin(auth, tv), directory.users[str(bob.principal.id)]
        await bob.approve(started["user_code"])
        user.status = "inactive"
        assert (await poll(auth, tv, started["device_code"]))["error"] == "invalid_grant"
        user.status = "active"
        assert (await poll(auth, tv, started["device_code"]))["error"] == "invalid_grant"

    async def test_with_a_key(self, auth: AuthProcess, tv: TestClient, bob: Person) -> None:
        started, holder = await begin(auth, tv), Holder()
        await bob.approve(started["user_code"])
        form = {**tv.form, "grant_type": GRANT, "device_code": started["device_code"]}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        assert claims_of(answer.json()["access_token"])["cnf"] == {"jkt": holder.jkt}


class TestConsent:
    """What a person lets a device do is a consent like any other."""

    @pytest.fixture
    async def headers(
        self, auth: AuthProcess, make_client: MakeClient, bob: Person, directory: FakeDirectory
    ) -> Headers:
        """Of the person, signed in to a page of their own."""
        username = directory.users[str(bob.principal.id)].username
        return {"Authorization": f"Bearer {(await auth.sign_in(await make_client(), username))['access_token']}"}

    async def _listed(self, auth: AuthProcess, headers: Headers) -> list[dict[str, Any]]:
        return list((await auth.http.get("/api/v1/consents", headers=headers)).json()["data"])

    async def _withdraw(self, auth: AuthProcess, headers: Headers) -> None:
        (consent,) = await self._listed(auth, headers)
        assert (await auth.http.delete(f"/api/v1/consents/{consent['id']}", headers=headers)).status_code == 204

    async def test_it_is_listed(self, auth: AuthProcess, tv: TestClient, bob: Person, headers: Headers) -> None:
        started = await begin(auth, tv, scope="openid email")
        await bob.approve(started["user_code"], ["openid"])
        (consent,) = await self._listed(auth, headers)
        assert (consent["client_id"], consent["scopes"]) == (tv.client_id, ["openid"])

    async def test_a_refusal_is_none(self, auth: AuthProcess, tv: TestClient, bob: Person, headers: Headers) -> None:
        await bob.deny((await begin(auth, tv))["user_code"])
        assert await self._listed(auth, headers) == []

    async def test_taken_back_it_ends_what_the_device_has(
        self, auth: AuthProcess, tv: TestClient, client: TestClient, bob: Person, headers: Headers
    ) -> None:
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        tokens = await poll(auth, tv, started["device_code"])
        refreshed = (await auth.token(tv, grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
        await self._withdraw(auth, headers)
        for token in (tokens["access_token"], refreshed["access_token"], refreshed["refresh_token"]):
            assert not await auth.is_active(client, token)
        again = await auth.token(tv, grant_type="refresh_token", refresh_token=refreshed["refresh_token"])
        assert again.json()["error"] == "invalid_grant"
        assert await self._listed(auth, headers) == []

    async def test_the_token_of_a_device_that_may_not_refresh_too(
        self, auth: AuthProcess, make_client: MakeClient, client: TestClient, bob: Person, headers: Headers
    ) -> None:
        scanner = await make_client(is_public=True, allowed_grant_types=[GRANT])
        started = await begin(auth, scanner)
        await bob.approve(started["user_code"])
        tokens = await poll(auth, scanner, started["device_code"])
        assert await auth.is_active(client, tokens["access_token"])
        await self._withdraw(auth, headers)
        assert not await auth.is_active(client, tokens["access_token"])

    async def test_before_the_device_has_asked_it_gets_nothing(
        self, auth: AuthProcess, tv: TestClient, bob: Person, headers: Headers
    ) -> None:
        started = await begin(auth, tv)
        await bob.approve(started["user_code"])
        await self._withdraw(auth, headers)
        assert (await poll(auth, tv, started["device_code"]))["error"] == "access_denied"

    async def test_while_the_device_asks_nothing_is_left(
        self, auth: AuthProcess, tv: TestClient, client: TestClient, bob: Person, headers: Headers
    ) -> None:
        for _ in range(8):
            started = await begin(auth, tv)
            await bob.approve(started["user_code"])
            told, _ = await asyncio.gather(poll(auth, tv, started["device_code"]), self._withdraw(auth, headers))
            for token in (told.get("access_token"), told.get("refresh_token")):
                assert token is None or not await auth.is_active(client, token)


class TestPage:
    async def test_guessing_is_bounded(self, auth: AuthProcess, tv: TestClient, bob: Person) -> None:
        started = await begin(auth, tv)
        for _ in range(MAX_WRONG):
            assert await bob.find(new_user_code()) is None
        with pytest.raises(RateLimited) as refusal:
            await bob.find(started["user_code"])
        assert 0 < int(refusal.value.headers["Retry-After"]) <= WINDOW.total_seconds()

    async def test_twenty_guesses_at_once_are_twenty_guesses(self, bob: Person, database: Database) -> None:
        async def guess() -> bool:
            """Whether there was one left."""
            try:
                return await bob.find(new_user_code()) is None
            except RateLimited:
                return False

        for _ in range(MAX_WRONG - 1):
            assert await guess()
        await asyncio.gather(*(database.ping() for _ in range(10)))  # so that nobody waits for a connection to be made
        assert sum(await asyncio.gather(*(guess() for _ in range(20)))) == 1

    async def test_right_codes_do_not_count(self, auth: AuthProcess, tv: TestClient, bob: Person) -> None:
        started = await begin(auth, tv)
        for _ in range(MAX_WRONG - 1):
            await bob.find(new_user_code())
        for _ in range(3):
            assert await bob.find(started["user_code"]) is not None
        assert await bob.find(new_user_code()) is None

    async def test_the_bound_ends_with_its_window(
        self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database
    ) -> None:
        started = await begin(auth, tv)
        for _ in range(MAX_WRONG):
            await bob.find(new_user_code())
        async with database.tenant(bob.tenant_id) as session:
            await session.execute(update(CodeGuesses).values(since=now() - WINDOW))
        assert await bob.find(started["user_code"]) is not None

    async def test_another_tenants_code(
        self, auth: AuthProcess, tv: TestClient, database: Database, codes: UserCodes, directory: FakeDirectory
    ) -> None:
        started = await begin(auth, tv)
        eve = Person(database, codes, directory.other, directory.eve.id)
        assert await eve.find(started["user_code"]) is None

    async def test_one_answer(self, auth: AuthProcess, tv: TestClient, bob: Person, database: Database) -> None:
        started = await begin(auth, tv)
        found = await bob.find(started["user_code"])
        assert found is not None
        assert (found.client_id, found.status) == (tv.client_id, "pending")
        await bob.approve(started["user_code"])
        async with database.tenant(bob.tenant_id) as session:
            with pytest.raises(NotFound):
                await operations.deny(session, bob.principal, found.id)

    @pytest.mark.parametrize("typed", ["", "x", "BCDF-GHJ", "BCDF-GHJA", "é" * 8, "B" * 5000])
    def test_nonsense(self, typed: str) -> None:
        assert normal_user_code(typed) is None
