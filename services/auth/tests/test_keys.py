"""Signing keys, their rotation, and discovery."""

import asyncio
import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from grpc import StatusCode, aio
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import text

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient, eventually, running
from services.auth.tests.auth_nats_relay import NatsRelay
from vaultaris.auth.v1.auth_pb2 import GetVerificationKeyRequest, ProvisionTenantRequest
from vaultaris_auth.keys.operations import ensure_keys
from vaultaris_auth.keys.pairs import ALGORITHMS, Algorithm, load_private, new_pair
from vaultaris_auth.tokens.signer import Signer
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id

PAIRS = {algorithm: new_pair(algorithm) for algorithm in ALGORITHMS}
JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5)


class TestSigner:
    @pytest.mark.parametrize("algorithm", ALGORITHMS)
    @given(claims=st.dictionaries(st.text(max_size=10), JSON, max_size=5))
    def test_anything_signed_verifies_elsewhere(self, algorithm: Algorithm, claims: dict[str, Any]) -> None:
        pair = PAIRS[algorithm]
        token = Signer(pair.key_id, algorithm, load_private(pair.private_der)).access_token(claims)
        decoded = jwt.decode(token, KeySet.import_key_set({"keys": [dict(pair.public_jwk)]}), algorithms=[algorithm])
        assert decoded.claims == claims_of(token) == claims
        assert decoded.header == {"alg": algorithm, "kid": pair.key_id, "typ": "at+jwt"}

    def test_half_hash_of_the_specification(self) -> None:
        """The example of OpenID Connect Core, appendix A.3."""
        pair = PAIRS["ES256"]
        signer = Signer(pair.key_id, "ES256", load_private(pair.private_der))
        assert signer.half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"

    def test_public_half_holds_no_private_part(self) -> None:
        assert all("d" not in pair.public_jwk for pair in PAIRS.values())


class TestProvisioning:
    async def test_racing_replicas_make_one_of_each(self, database: Database) -> None:
        tenant_id, sealer = new_id(), Sealer(b"k" * 32)

        async def ensure() -> set[str]:
            async with database.tenant(tenant_id) as session:
                return {key.key_id for key in (await ensure_keys(session, sealer, tenant_id)).values()}

        seen = await asyncio.gather(*(ensure() for _ in range(8)))
        assert len(set().union(*seen)) == 2
        async with database.tenant(tenant_id) as session:
            keys = await ensure_keys(session, sealer, tenant_id)
        assert {algorithm: key.is_active for algorithm, key in keys.items()} == {"ES256": True, "EdDSA": False}

    async def test_by_grpc_is_idempotent(self, auth: AuthProcess) -> None:
        request = ProvisionTenantRequest(tenant_id=str(new_id()))
        assert (await auth.stub.ProvisionTenant(request)).console_client_id == ""
        await auth.stub.ProvisionTenant(request)
        assert len(await _jwks(auth)) >= 2

    async def test_row_level_security_hides_other_tenants(self, database: Database, client: TestClient) -> None:
        tables = (
            "signing_keys",
            "oauth_clients",
            "token_families",
            "refresh_tokens",
            "revocations",
            "outbox",
            "one_time_values",
            "device_authorizations",
            "user_code_guesses",
        )
        async with database.tenant(new_id()) as session:
            for table in tables:
                assert await session.scalar(text(f"SELECT count(*) FROM auth.{table}")) == 0  # noqa: S608 - fixed names


async def _jwks(auth: AuthProcess) -> dict[str, dict[str, str]]:
    answer = await auth.http.get("/.well-known/jwks.json")
    return {key["kid"]: key for key in answer.json()["keys"]}


def _header(token: str) -> str:
    part = token.split(".", maxsplit=1)[0]
    return str(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))["kid"])


class TestRotation:
    async def test_old_tokens_live_on(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        user = directory.add_user(f"user-{new_id()}", tenant_id=tenant_id, rights=["*:*"])
        client = await make_client(tenant_id)
        before = (await auth.sign_in(client, user.username))["access_token"]
        headers = {"Authorization": f"Bearer {before}"}
        path = f"/api/v1/tenants/{tenant_id}/keys"
        made = (await auth.http.post(f"{path}/rotate", json={}, headers=headers)).json()["data"]
        after = await auth.own_token(client)
        assert _header(after) == made["key_id"] != _header(before)
        assert {_header(before), _header(after)} <= set(await _jwks(auth))
        assert await auth.is_active(client, before)
        listed = (await auth.http.get(path, headers=headers)).json()["data"]
        assert [key["is_active"] for key in listed].count(True) == 1
        retired = next(key for key in listed if key["key_id"] == _header(before))
        assert retired["expires_at"] is not None
        assert made["expires_at"] is None

    async def test_to_another_algorithm(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        user = directory.add_user(f"user-{new_id()}", tenant_id=tenant_id, rights=["keys:rotate"])
        client = await make_client(tenant_id)
        headers = {"Authorization": f"Bearer {(await auth.sign_in(client, user.username))['access_token']}"}
        path = f"/api/v1/tenants/{tenant_id}/keys/rotate"
        made = (await auth.http.post(path, json={"algorithm": "EdDSA"}, headers=headers)).json()["data"]
        assert made["algorithm"] == "EdDSA"
        signed_in = await auth.sign_in(client, user.username)
        assert _header(signed_in["access_token"]) == made["key_id"]
        assert await auth.is_active(client, signed_in["access_token"])
        refused = await auth.http.post(path, json={"algorithm": "HS256"}, headers=headers)
        assert refused.status_code == 422

    async def test_needs_the_right(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        headers = {"Authorization": f"Bearer {(await auth.sign_in(client))['access_token']}"}
        path = f"/api/v1/tenants/{directory.home}/keys"
        assert (await auth.http.get(path, headers=headers)).status_code == 403
        assert (await auth.http.post(f"{path}/rotate", headers=headers)).status_code == 403


class TestVerificationKey:
    async def test_known_and_unknown(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        kid = _header(await auth.own_token(client))
        key = await auth.stub.GetVerificationKey(GetVerificationKeyRequest(kid=kid))
        assert (key.tenant_id, key.algorithm) == (str(directory.home), "ES256")
        assert json.loads(key.public_jwk) == (await _jwks(auth))[kid]
        with pytest.raises(aio.AioRpcError) as refusal:
            await auth.stub.GetVerificationKey(GetVerificationKeyRequest(kid="unknown"))
        assert refusal.value.code() == StatusCode.NOT_FOUND


class TestDiscovery:
    async def test_is_cacheable(self, auth: AuthProcess) -> None:
        for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
            answer = await auth.http.get(path)
            assert "max-age" in answer.headers["cache-control"]
            again = await auth.http.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")

    async def test_another_replicas_keys_appear(self, auth: AuthProcess, database: Database) -> None:
        """Made behind this replica's back: the event tells it."""
        tenant_id = new_id()
        async with database.tenant(tenant_id) as session:
            keys = await ensure_keys(session, Sealer(b"k" * 32), tenant_id)
        made = {key.key_id for key in keys.values()}

        async def appeared() -> bool:
            return made <= set(await _jwks(auth))

        await eventually(appeared)

    async def test_they_appear_while_nats_is_away(
        self, auth: AuthProcess, environ: dict[str, str], make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        """A relying party may ask any replica for the key of a token that another has signed."""
        tenant_id = directory.add_tenant()
        user = directory.add_user(f"user-{new_id()}", tenant_id=tenant_id, rights=["*:*"])
        client = await make_client(tenant_id)
        headers = {"Authorization": f"Bearer {(await auth.sign_in(client, user.username))['access_token']}"}
        async with NatsRelay(environ["NATS_URL"]) as relay, running({**environ, "NATS_URL": relay.url}) as lonely:
            await eventually(lambda: _hears(lonely))
            await _jwks(lonely)
            await relay.cut()
            await _jwks(lonely)
            rotated = await auth.http.post(f"/api/v1/tenants/{tenant_id}/keys/rotate", headers=headers)
            assert rotated.status_code == 200, rotated.text

            async def appeared() -> bool:
                return rotated.json()["data"]["key_id"] in await _jwks(lonely)

            await eventually(appeared, within=2)


async def _hears(auth: AuthProcess) -> bool:
    return bool((await auth.http.get("/readyz")).json()["checks"]["nats"]["status"] == "up")
