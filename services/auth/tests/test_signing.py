"""Who signs with what, rotation on schedule, and signed introspection."""

import asyncio
import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select, update

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient, eventually
from vaultaris.auth.v1.auth_pb2 import CheckRevocationsRequest
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.keys.models import SigningKey
from vaultaris_auth.keys.operations import rotate_key
from vaultaris_auth.keys.schedule import Schedule, rotate_due
from vaultaris_auth.oauth.introspect_signed import prefers_signed
from vaultaris_kit.bus import Bus
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_kit.revocation import keys_of

SIGNED = "application/token-introspection+jwt"
DAY = timedelta(days=1)


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".", maxsplit=1)[0]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


async def verified(auth: AuthProcess, token: str) -> dict[str, Any]:
    """The claims of a token, as a relying party reads them: by the published keys."""
    keys = KeySet.import_key_set((await auth.http.get("/.well-known/jwks.json")).json())
    return dict(jwt.decode(token, keys, algorithms=["ES256", "EdDSA", "RS256"]).claims)


class TestByClient:
    @pytest.mark.parametrize("algorithm", ["RS256", "EdDSA", "ES256"])
    async def test_id_token(self, auth: AuthProcess, make_client: MakeClient, algorithm: str) -> None:
        client = await make_client(id_token_signed_response_alg=algorithm)
        answer = await auth.sign_in(client, scope="openid")
        assert header_of(answer["id_token"])["alg"] == algorithm
        assert header_of(answer["access_token"])["alg"] == "ES256", "access tokens are ours to choose"
        assert (await verified(auth, answer["id_token"]))["aud"] == client.client_id
        told = (await auth.http.get("/.well-known/openid-configuration")).json()
        assert algorithm in told["id_token_signing_alg_values_supported"]

    async def test_one_rsa_key_for_many(
        self, auth: AuthProcess, make_client: MakeClient, database: Database, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        user = directory.add_user("ada", tenant_id=tenant_id)
        client = await make_client(tenant_id, id_token_signed_response_alg="RS256")
        answers = await asyncio.gather(*(auth.sign_in(client, user.username, scope="openid") for _ in range(4)))
        assert len({header_of(answer["id_token"])["kid"] for answer in answers}) == 1
        keys = await current(database, tenant_id)
        assert {key.algorithm: key.is_active for key in keys} == {"ES256": True, "EdDSA": False, "RS256": False}

    async def test_rotating_it_leaves_the_default_alone(
        self, auth: AuthProcess, admin: dict[str, str], directory: FakeDirectory, database: Database
    ) -> None:
        path = f"/api/v1/tenants/{directory.home}/keys/rotate"
        made = (await auth.http.post(path, json={"algorithm": "RS256"}, headers=admin)).json()["data"]
        assert (made["algorithm"], made["is_active"], made["is_pending"]) == ("RS256", False, False)
        assert [key.algorithm for key in await current(database, directory.home) if key.is_active] == ["ES256"]


async def current(database: Database, tenant_id: UUID) -> list[SigningKey]:
    query = select(SigningKey).where(SigningKey.tenant_id == tenant_id, SigningKey.retired_at.is_(None))
    async with database.tenant(tenant_id) as session:
        return list((await session.execute(query)).scalars())


class TestSchedule:
    @pytest.fixture
    def keyring(self, database: Database, sealer: Sealer) -> Keyring:
        return Keyring(database, sealer, Bus("nats://127.0.0.1:1", "unused"))

    async def age(self, database: Database, tenant_id: UUID, by: timedelta) -> None:
        async with database.tenant(tenant_id) as session:
            await session.execute(
                update(SigningKey)
                .where(SigningKey.tenant_id == tenant_id)
                .values(created_at=SigningKey.created_at - by)
            )

    async def test_published_then_signs_then_verifies_on(self, database: Database, keyring: Keyring) -> None:
        tenant_id, schedule = new_id(), Schedule(90 * DAY, timedelta(hours=1))
        first = await keyring.signer(tenant_id)
        await rotate_due(database, keyring, schedule)
        assert len(await current(database, tenant_id)) == 2, "nothing is due"

        await self.age(database, tenant_id, 90 * DAY)
        await asyncio.gather(*(rotate_due(database, keyring, schedule) for _ in range(4)))
        keys = await current(database, tenant_id)
        pending = [key.key_id for key in keys if key.is_pending]
        assert len(pending) == 2, "one successor for each algorithm, however many replicas look"
        assert set(pending) <= {key["kid"] for key in json.loads(await keyring.jwks())["keys"]}
        assert (await keyring.signer(tenant_id)).key_id == first.key_id

        await self.age(database, tenant_id, timedelta(hours=1))
        await rotate_due(database, keyring, schedule)
        second = await keyring.signer(tenant_id)
        assert second.key_id in pending
        assert second.algorithm == first.algorithm
        assert not any(key.is_pending for key in await current(database, tenant_id))
        old = await keyring.find(first.key_id)
        assert old.kid == first.key_id, "it verifies until its tokens have expired"

    async def test_nothing_is_signed_by_a_key_that_another_replica_has_withdrawn(
        self, database: Database, sealer: Sealer, keyring: Keyring
    ) -> None:
        """Without NATS nobody hears of a rotation, so nothing is signed from memory."""
        tenant_id = new_id()
        first = await keyring.signer(tenant_id)
        async with database.tenant(tenant_id) as session:
            key, _ = await rotate_key(session, SYSTEM, sealer, tenant_id, None, revoke_previous=True)
        assert (await keyring.signer(tenant_id)).key_id == key.key_id != first.key_id

    async def test_of_a_running_replica(self, auth: AuthProcess, database: Database, client: TestClient) -> None:
        """The replica's own schedule looks when it starts; what others rotate reaches it by event."""
        kid = header_of(await auth.own_token(client))["kid"]
        assert kid in {key["kid"] for key in (await auth.http.get("/.well-known/jwks.json")).json()["keys"]}

    async def test_on_demand_replaces_what_waits(
        self, auth: AuthProcess, make_client: MakeClient, database: Database, keyring: Keyring,
        directory: FakeDirectory,
    ) -> None:  # fmt: skip
        tenant_id = directory.add_tenant()
        user = directory.add_user("ada", tenant_id=tenant_id, rights=["*:*"])
        client = await make_client(tenant_id)
        headers = {"Authorization": f"Bearer {(await auth.sign_in(client, user.username))['access_token']}"}
        await self.age(database, tenant_id, 90 * DAY)
        await rotate_due(database, keyring, Schedule(90 * DAY, timedelta(hours=1)))
        answer = await auth.http.post(f"/api/v1/tenants/{tenant_id}/keys/rotate", headers=headers)
        made = answer.json()["data"]
        keys = {key.key_id: key for key in await current(database, tenant_id) if key.algorithm == "ES256"}
        assert list(keys) == [made["key_id"]]
        assert keys[made["key_id"]].created_at > now() - DAY

        async def signs() -> bool:
            return bool(header_of(await auth.own_token(client))["kid"] == made["key_id"])

        await eventually(signs)


class TestRevocation:
    async def test_a_stolen_key(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, environ: dict[str, str]
    ) -> None:
        """What it has signed is refused at once and for ever, dated as it may be; refresh tokens are not its work."""
        tenant_id = directory.add_tenant()
        user = directory.add_user("ada", tenant_id=tenant_id, rights=["*:*"])
        client = await make_client(tenant_id)
        before = await auth.sign_in(client, user.username)
        headers = {"Authorization": f"Bearer {before['access_token']}"}
        assert await auth.is_active(client, before["access_token"])
        path = f"/api/v1/tenants/{tenant_id}/keys/rotate"
        answer = await auth.http.post(path, json={"revoke_previous": True}, headers=headers)
        assert answer.status_code == 200, answer.text
        assert not await auth.is_active(client, before["access_token"])
        assert (await auth.http.post(path, headers=headers)).status_code == 401
        kid = header_of(before["access_token"])["kid"]
        assert kid not in {key["kid"] for key in (await auth.http.get("/.well-known/jwks.json")).json()["keys"]}
        again = await auth.token(client, grant_type="refresh_token", refresh_token=before["refresh_token"])
        assert await auth.is_active(client, again.json()["access_token"])
        forged = Principal("client", new_id(), tenant_id, token_id=new_id(), issued_ms=2**50, key_id=kid)
        question = CheckRevocationsRequest()
        question.questions.add(keys=list(keys_of(forged)), issued_ms=forged.issued_ms)
        assert list((await auth.stub.CheckRevocations(question)).revoked) == [True]


class TestSignedIntrospection:
    async def test_answers(self, auth: AuthProcess, make_client: MakeClient, client: TestClient) -> None:
        asking = await make_client(introspection_signed_response_alg="EdDSA")
        token = (await auth.sign_in(client, scope="openid"))["access_token"]
        plain = (await auth.http.post("/oauth/introspect", data={**asking.form, "token": token})).json()
        answer = await auth.http.post(
            "/oauth/introspect", data={**asking.form, "token": token}, headers={"Accept": SIGNED}
        )
        assert answer.headers["content-type"] == SIGNED
        assert header_of(answer.text)["typ"] == "token-introspection+jwt"
        assert header_of(answer.text)["alg"] == "EdDSA"
        claims = await verified(auth, answer.text)
        assert (claims["iss"], claims["aud"], claims["token_introspection"]) == (ISSUER, asking.client_id, plain)
        assert not {"sub", "exp", "jti"} & set(claims)

    async def test_inactive(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.http.post(
            "/oauth/introspect", data={**client.form, "token": "x"}, headers={"Accept": f"{SIGNED}, application/json"}
        )
        assert (await verified(auth, answer.text))["token_introspection"] == {"active": False}

    async def test_is_no_access_token(self, auth: AuthProcess, client: TestClient) -> None:
        token = await auth.own_token(client)
        answer = await auth.http.post(
            "/oauth/introspect", data={**client.form, "token": token}, headers={"Accept": SIGNED}
        )
        refused = await auth.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {answer.text}"})
        assert refused.status_code == 401
        assert not await auth.is_active(client, answer.text)

    @pytest.mark.parametrize(
        ("accept", "signed"),
        [
            (SIGNED, True),
            (SIGNED.upper(), True),
            (f"{SIGNED};q=0.5, */*;q=0.1", True),
            (f"application/json;q=0.9,{SIGNED}", True),
            (f"application/json, {SIGNED};q=0.5", False),
            (f"application/json, {SIGNED};q=0", False),
            (f"{SIGNED}; q=0.000", False),
            (f"{SIGNED};q=much", False),
            ("application/json", False),
            ("*/*", False),
            ("", False),
        ],
    )
    def test_by_weight(self, accept: str, signed: bool) -> None:
        assert prefers_signed(accept) is signed
