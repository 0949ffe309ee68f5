"""Nobody gets at rights that they lack by way of a client: neither by registering one nor by taking one over."""

from typing import Any

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, MakeClient, TestClient, headers_of
from services.auth.tests.test_clients import PUBLIC_JWK

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT = "https://shop.example/cb"
NEW_KEY = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [PUBLIC_JWK]}}


@pytest.fixture(scope="module")
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/clients"


@pytest.fixture(scope="module")
async def limited(auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> Headers:
    """Somebody who looks after clients, and may do nothing else."""
    return await headers_of(auth, client, directory, "clients:create", "clients:update")


class TestActingAsPeople:
    """A client that asks nobody for consent has all the rights of whoever signs in through it."""

    @pytest.mark.parametrize(
        "fields",
        [
            {"require_consent": False},
            {"allowed_grant_types": ["password"]},
            {"allowed_grant_types": [DEVICE], "require_consent": False},
            {"allowed_grant_types": ["refresh_token"], "require_consent": False},
        ],
    )
    async def test_is_given_by_those_who_hold_every_right(
        self, auth: AuthProcess, path: str, admin: Headers, limited: Headers, fields: dict[str, Any]
    ) -> None:
        body = {"name": "Shop", "redirect_uris": [REDIRECT], **fields}
        refused = await auth.http.post(path, json=body, headers=limited)
        assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
        assert (await auth.http.post(path, json=body, headers=admin)).status_code == 201

    @pytest.mark.parametrize("fields", [{"require_consent": False}, {"allowed_grant_types": ["password"]}])
    async def test_is_not_gained_later(
        self, auth: AuthProcess, path: str, admin: Headers, limited: Headers, fields: dict[str, Any]
    ) -> None:
        body = {"name": "Shop", "redirect_uris": [REDIRECT]}
        made = (await auth.http.post(path, json=body, headers=limited)).json()["data"]["client"]
        address = f"{path}/{made['id']}"
        assert (await auth.http.put(address, json=fields, headers=limited)).status_code == 403
        assert (await auth.http.get(address, headers=admin)).json()["data"] == made
        assert (await auth.http.put(address, json=fields, headers=admin)).status_code == 200

    async def test_a_client_for_itself_needs_no_consent(self, auth: AuthProcess, path: str, limited: Headers) -> None:
        body = {
            "name": "Job", "redirect_uris": [], "allowed_grant_types": ["client_credentials"], "require_consent": False,
        }  # fmt: skip
        assert (await auth.http.post(path, json=body, headers=limited)).status_code == 201


class TestTakingOver:
    """Whoever can show a client's key, or is sent its codes, acts with its rights."""

    @pytest.mark.parametrize(
        "fields",
        [
            NEW_KEY,
            {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://evil.example/jwks"},
            {"redirect_uris": [REDIRECT, "https://evil.example/cb"]},
            {"is_public": True, "allowed_grant_types": ["authorization_code"]},
            {"allowed_grant_types": ["authorization_code", "refresh_token", DEVICE]},
        ],
    )
    async def test_asks_for_all_that_the_client_may(
        self, auth: AuthProcess, path: str, admin: Headers, limited: Headers, make_client: MakeClient,
        fields: dict[str, Any],
    ) -> None:  # fmt: skip
        mighty = await make_client(
            redirect_uris=[REDIRECT], allowed_scopes=["openid", "users:delete"],
            allowed_grant_types=["authorization_code", "client_credentials"],
        )  # fmt: skip
        address = f"{path}/{mighty.row_id}"
        assert (await auth.http.put(address, json=fields, headers=limited)).status_code == 403
        assert await auth.own_token(mighty, scope="users:delete")
        assert (await auth.http.put(address, json=fields, headers=admin)).status_code == 200

    async def test_a_client_that_acts_as_people(
        self, auth: AuthProcess, path: str, limited: Headers, first_party: TestClient
    ) -> None:
        changes = {"redirect_uris": ["https://evil.example/cb"]}
        answer = await auth.http.put(f"{path}/{first_party.row_id}", json=changes, headers=limited)
        assert answer.status_code == 403

    async def test_what_opens_nothing_is_free(
        self, auth: AuthProcess, path: str, limited: Headers, make_client: MakeClient
    ) -> None:
        mighty = await make_client(
            redirect_uris=[REDIRECT, f"{REDIRECT}/2"], allowed_scopes=["openid", "users:delete"],
            allowed_grant_types=["authorization_code", "client_credentials"],
        )  # fmt: skip
        changes = {
            "name": "Renamed", "redirect_uris": [REDIRECT], "allowed_grant_types": ["client_credentials"],
            "dpop_bound_access_tokens": True, "is_enabled": False,
        }  # fmt: skip
        answer = await auth.http.put(f"{path}/{mighty.row_id}", json=changes, headers=limited)
        assert answer.status_code == 200, answer.text
        harmless = await make_client(redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"])
        changes = {"redirect_uris": [REDIRECT, f"{REDIRECT}/2"], **NEW_KEY}
        answer = await auth.http.put(f"{path}/{harmless.row_id}", json=changes, headers=limited)
        assert answer.status_code == 200, answer.text
