"""Management of OAuth clients."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, MakeClient, TestClient, headers_of
from vaultaris_auth.clients.models import SECRET_PURPOSE
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id

LONG = [f"{number:0200}" for number in range(21)]
"""Scopes that fill more than an access token may carry."""

PUBLIC_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
"""The public key of RFC 7515 appendix A.3."""


@pytest.fixture(scope="session")
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/clients"


async def create(auth: AuthProcess, path: str, admin: Headers, **fields: Any) -> dict[str, Any]:
    body = {"name": "Shop", "redirect_uris": ["https://shop.example/cb"], **fields}
    answer = await auth.http.post(path, json=body, headers=admin)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


class TestCreate:
    async def test_defaults(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        made = await create(auth, path, admin)
        client = made["client"]
        assert made["client_secret"]
        assert client["tenant_id"] == str(directory.home)
        assert client["allowed_grant_types"] == ["authorization_code", "refresh_token"]
        assert client["allowed_scopes"] == ["openid", "profile", "email"]
        assert client["default_scopes"] == ["openid"]
        assert (client["is_public"], client["is_enabled"], client["require_pkce"]) == (False, True, True)
        assert client["metadata"] == {}
        assert "secret" not in "".join(client).replace("client_secret", "")
        answer = await auth.http.get(f"{path}/{client['id']}", headers=admin)
        assert answer.json()["data"] == client
        assert made["client_secret"] not in answer.text

    async def test_public_has_an_empty_secret(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        made = await create(auth, path, admin, client_type="public")
        assert made["client_secret"] == ""
        assert (made["client"]["is_public"], made["client"]["client_type"]) == (True, "public")

    async def test_nulls_are_not_sent(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        made = await create(auth, path, admin, client_id=None, allowed_scopes=None, metadata=None, is_public=None)
        assert made["client"]["allowed_scopes"] == ["openid", "profile", "email"]

    async def test_client_id_is_unique_in_the_instance(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        taken = await make_client(directory.other)
        answer = await auth.http.post(
            path, json={"name": "x", "redirect_uris": [], "client_id": taken.client_id}, headers=admin
        )
        assert answer.status_code == 409
        assert "client_id" in answer.json()["message"]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"redirect_uris": ["http://shop.example/cb"]}, "redirect_uris.0"),
            ({"redirect_uris": ["/cb"]}, "redirect_uris.0"),
            ({"redirect_uris": None}, "redirect_uris"),
            ({"name": " "}, "name"),
            ({"allowed_grant_types": ["implicit"]}, "allowed_grant_types.0"),
            ({"allowed_scopes": ["a b"]}, "allowed_scopes.0"),
            ({"allowed_scopes": ["a"], "default_scopes": ["b"]}, "default_scopes"),
            ({"allowed_scopes": LONG, "default_scopes": LONG}, "default_scopes"),
            ({"is_public": True, "require_pkce": False}, "require_pkce"),
            ({"is_public": True, "allowed_grant_types": ["client_credentials"]}, "allowed_grant_types"),
            ({"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method"),
            ({"access_token_lifetime_seconds": 86_401}, "access_token_lifetime_seconds"),
            ({"client_id": "a b"}, "client_id"),
            ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
            ({"token_endpoint_auth_signing_alg": "ES256"}, "token_endpoint_auth_signing_alg"),
            (
                {"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256"},
                "token_endpoint_auth_signing_alg",
            ),
            ({"jwks": {"keys": []}}, "jwks"),
            ({"jwks": {"keys": ["x"]}}, "jwks"),
            ({"jwks": {"keys": [{**PUBLIC_JWK, "d": "AA"}]}}, "jwks"),
            ({"jwks": {"keys": [{**PUBLIC_JWK, "use": "enc"}]}}, "jwks"),
            ({"jwks": {"keys": [PUBLIC_JWK]}, "jwks_uri": "https://shop.example/jwks"}, "jwks_uri"),
            ({"jwks_uri": "http://shop.example/jwks"}, "jwks_uri"),
            ({"jwks_uri": "shop:/jwks"}, "jwks_uri"),
            ({"backchannel_logout_uri": "https://shop.example/#x"}, "backchannel_logout_uri"),
            ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg"),
            ({"token_exchange": {"modes": []}}, "token_exchange.modes"),
            ({"token_exchange": {"audiences": ["a b"]}}, "token_exchange.audiences.0"),
            ({"client_id": "*"}, "client_id"),
            ({"metadata": {"x": "y" * 70_000}}, "metadata"),
        ],
    )
    async def test_refuses(
        self, auth: AuthProcess, path: str, admin: Headers, fields: dict[str, Any], field: str
    ) -> None:
        body = {"name": "Shop", "redirect_uris": [], **fields}
        answer = await auth.http.post(path, json=body, headers=admin)
        assert answer.status_code == 422
        assert [detail["field"] for detail in answer.json()["details"]] == [field]

    async def test_nobody_gives_away_rights_they_lack(
        self, auth: AuthProcess, path: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        headers = await headers_of(auth, client, directory, "clients:create", "clients:update", "users:read")
        body = {"name": "x", "redirect_uris": [], "allowed_scopes": ["users:read", "users:delete"]}
        answer = await auth.http.post(path, json=body, headers=headers)
        assert answer.status_code == 403
        made = await create(auth, path, headers, allowed_scopes=["users:read"])
        update = {"allowed_scopes": ["users:read", "*:*"]}
        assert (await auth.http.put(f"{path}/{made['client']['id']}", json=update, headers=headers)).status_code == 403

    async def test_needs_the_right(
        self, auth: AuthProcess, path: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        headers = await headers_of(auth, client, directory)
        body = {"name": "x", "redirect_uris": []}
        assert (await auth.http.post(path, json=body, headers=headers)).status_code == 403
        assert (await auth.http.post(path, json=body)).status_code == 401


class TestMetadata:
    async def test_is_kept_and_cleared(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        fields = {
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "jwks": {"keys": [PUBLIC_JWK]}, "id_token_signed_response_alg": "RS256",
            "introspection_signed_response_alg": "EdDSA", "require_dpop_nonce": True,
            "require_pushed_authorization_requests": True, "backchannel_logout_session_required": True,
            "backchannel_logout_uri": "https://shop.example/logout",
            "token_exchange": {"subject_clients": ["a"], "audiences": ["b"], "modes": ["impersonation"]},
        }  # fmt: skip
        client = (await create(auth, path, admin, **fields))["client"]
        assert {name: client[name] for name in fields} == fields
        changes = {
            "token_endpoint_auth_method": None, "token_endpoint_auth_signing_alg": None, "jwks": None,
            "token_exchange": None, "require_dpop_nonce": None,
        }  # fmt: skip
        changed = (await auth.http.put(f"{path}/{client['id']}", json=changes, headers=admin)).json()["data"]
        assert [changed[name] for name in changes] == [None, None, None, None, True]

    async def test_defaults(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        client = (await create(auth, path, admin))["client"]
        assert client["jwks"] is client["token_exchange"] is client["backchannel_logout_uri"] is None
        assert client["require_pushed_authorization_requests"] is client["require_dpop_nonce"] is False

    async def test_a_client_with_keys_has_no_secret(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        fields = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [PUBLIC_JWK]}}
        made = await create(auth, path, admin, **fields)
        assert made["client_secret"] == ""
        answer = await auth.http.post(f"{path}/{made['client']['id']}/secret", headers=admin)
        assert answer.status_code == 409

    async def test_a_secret_is_readable_for_its_method_only(
        self, auth: AuthProcess, path: str, admin: Headers, database: Database, sealer: Sealer, directory: FakeDirectory
    ) -> None:
        made = await create(auth, path, admin, token_endpoint_auth_method="client_secret_jwt")
        client_id = made["client"]["client_id"]

        async def sealed() -> bytes | None:
            async with database.tenant(directory.home) as session:
                row = await ClientRepository(session, directory.home).get_by_reference(client_id)
            return row.secret_sealed

        held = await sealed()
        assert held is not None
        assert sealer.open(held, SECRET_PURPOSE).decode() == made["client_secret"]
        await auth.http.put(f"{path}/{client_id}", json={"token_endpoint_auth_method": None}, headers=admin)
        assert await sealed() is None


class TestRead:
    async def test_by_either_name(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        client = (await create(auth, path, admin))["client"]
        by_name = await auth.http.get(f"{path}/{client['client_id']}", headers=admin)
        assert by_name.json()["data"]["id"] == client["id"]
        assert by_name.headers["etag"] == '"1"'

    async def test_page(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        marker = f"Marker {new_id()}"
        for number in range(3):
            await create(auth, path, admin, name=f"{marker} {number}")
        query: dict[str, str | int | bool] = {
            "search": marker,
            "sort": "name",
            "order": "asc",
            "per_page": 2,
            "is_public": False,
        }
        answer = (await auth.http.get(path, params=query, headers=admin)).json()
        assert [client["name"] for client in answer["data"]] == [f"{marker} 0", f"{marker} 1"]
        assert (answer["total"], answer["per_page"], answer["meta"]["total"]) == (3, 2, 3)
        assert "success" not in answer

    async def test_foreign_and_absent_are_not_found(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        foreign = await make_client(directory.other)
        for reference in (foreign.row_id, foreign.client_id, new_id(), "nothing"):
            assert (await auth.http.get(f"{path}/{reference}", headers=admin)).status_code == 404
        theirs = path.replace(str(directory.home), str(directory.other))
        assert (await auth.http.get(f"{theirs}/{foreign.row_id}", headers=admin)).status_code == 403


class TestUpdate:
    async def test_merges(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        client = (await create(auth, path, admin, description="old", logo_url="https://x.example/a.png"))["client"]
        changes = {"description": None, "name": None, "metadata": {"a": [1]}, "unknown": 1}
        answer = await auth.http.put(f"{path}/{client['id']}", json=changes, headers=admin)
        changed = answer.json()["data"]
        assert changed["description"] is None
        assert (changed["name"], changed["metadata"]) == ("Shop", {"a": [1]})
        assert changed["logo_url"] == "https://x.example/a.png"
        assert changed["updated_at"] > client["updated_at"]
        assert answer.headers["etag"] == '"2"'

    async def test_if_match(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        client = (await create(auth, path, admin))["client"]
        stale = {**admin, "If-Match": '"7"'}
        assert (await auth.http.put(f"{path}/{client['id']}", json={"name": "y"}, headers=stale)).status_code == 412
        assert (await auth.http.delete(f"{path}/{client['id']}", headers=stale)).status_code == 412
        fresh = {**admin, "If-Match": '"1"'}
        assert (await auth.http.put(f"{path}/{client['id']}", json={"name": "y"}, headers=fresh)).status_code == 200

    async def test_disabling_ends_everything(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, client: TestClient
    ) -> None:
        doomed = await make_client()
        signed_in = await auth.sign_in(doomed)
        await auth.http.put(f"{path}/{doomed.row_id}", json={"is_enabled": False}, headers=admin)
        assert not await auth.is_active(client, signed_in["access_token"])
        assert (await auth.token(doomed, grant_type="client_credentials")).json()["error"] == "invalid_client"
        await auth.http.put(f"{path}/{doomed.row_id}", json={"is_enabled": True}, headers=admin)
        again = await auth.token(doomed, grant_type="refresh_token", refresh_token=signed_in["refresh_token"])
        assert again.json()["error"] == "invalid_grant"
        assert await auth.own_token(doomed)

    async def test_taking_a_right_away_ends_tokens_but_not_sign_ins(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, client: TestClient
    ) -> None:
        held = await make_client(allowed_scopes=["openid", "users:read"])
        token, signed_in = await auth.own_token(held, scope="users:read"), await auth.sign_in(held)
        await auth.http.put(f"{path}/{held.row_id}", json={"allowed_scopes": ["openid"]}, headers=admin)
        assert not await auth.is_active(client, token)
        again = await auth.token(held, grant_type="refresh_token", refresh_token=signed_in["refresh_token"])
        assert again.status_code == 200
        narrowed = await auth.token(held, grant_type="client_credentials", scope="users:read")
        assert narrowed.json()["error"] == "invalid_scope"

    async def test_no_more_passwords_no_more_than_its_scopes(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, client: TestClient
    ) -> None:
        """A client trusted with passwords does all that its people may, but not a token longer."""
        trusted = await make_client(require_consent=True, allowed_scopes=["openid"])
        signed_in = await auth.sign_in(trusted, "admin", scope="openid")
        assert claims_of(signed_in["access_token"])["first_party"]
        change = {"allowed_grant_types": ["refresh_token"]}
        await auth.http.put(f"{path}/{trusted.row_id}", json=change, headers=admin)
        assert not await auth.is_active(client, signed_in["access_token"])
        again = await auth.token(trusted, grant_type="refresh_token", refresh_token=signed_in["refresh_token"])
        narrowed = again.json()["access_token"]
        assert "first_party" not in claims_of(narrowed)
        assert (await auth.http.get(path, headers={"Authorization": f"Bearer {narrowed}"})).status_code == 403

    async def test_becoming_public_forgets_the_secret(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient
    ) -> None:
        client = await make_client(allowed_grant_types=["password"])
        for public in (True, False):
            await auth.http.put(f"{path}/{client.row_id}", json={"is_public": public}, headers=admin)
        assert (await auth.token(client, grant_type="password")).json()["error"] == "invalid_client"


class TestDelete:
    async def test_takes_its_tokens_along(
        self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient, client: TestClient
    ) -> None:
        doomed = await make_client()
        token = await auth.own_token(doomed)
        answer = await auth.http.delete(f"{path}/{doomed.client_id}", headers=admin)
        assert (answer.status_code, answer.content) == (204, b"")
        assert not await auth.is_active(client, token)
        assert (await auth.token(doomed, grant_type="client_credentials")).status_code == 401
        assert (await auth.http.delete(f"{path}/{doomed.row_id}", headers=admin)).status_code == 404


class TestSecret:
    async def test_rotation(self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient) -> None:
        client = await make_client()
        await auth.own_token(client)
        answer = await auth.http.post(f"{path}/{client.row_id}/secret", json={}, headers=admin)
        assert answer.headers["cache-control"] == "no-store"
        secret = answer.json()["data"]["client_secret"]
        assert (await auth.token(client, grant_type="client_credentials")).status_code == 401
        assert await auth.own_token(TestClient(client.row_id, client.client_id, secret))

    async def test_needs_the_rights_that_it_opens(
        self, auth: AuthProcess, path: str, client: TestClient, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        mighty = await make_client(allowed_scopes=["users:delete"])
        headers = await headers_of(auth, client, directory, "clients:rotate-secret")
        assert (await auth.http.post(f"{path}/{mighty.row_id}/secret", headers=headers)).status_code == 403

    async def test_public_has_none(self, auth: AuthProcess, path: str, admin: Headers, make_client: MakeClient) -> None:
        client = await make_client(is_public=True)
        assert (await auth.http.post(f"{path}/{client.row_id}/secret", headers=admin)).status_code == 409


class TestClash:
    async def test_racing_updates_do_not_overwrite(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        client_id = UUID((await create(auth, path, admin))["client"]["id"])
        fresh = {**admin, "If-Match": '"1"'}
        answers = await asyncio.gather(
            *(auth.http.put(f"{path}/{client_id}", json={"name": f"n{n}"}, headers=fresh) for n in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
