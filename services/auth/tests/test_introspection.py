"""Introspection, userinfo and token validation: what is told about a token, to whom."""

from typing import Any

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.ids import new_id


async def told(auth: AuthProcess, client: TestClient, token: str) -> dict[str, Any]:
    answer = await auth.http.post("/oauth/introspect", data={**client.form, "token": token})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


class TestIntrospect:
    async def test_access_token_of_a_person(self, auth: AuthProcess, client: TestClient) -> None:
        token = (await auth.sign_in(client, scope="openid"))["access_token"]
        claims, answer = claims_of(token), await told(auth, client, token)
        assert answer["active"] is True
        assert answer["aud"] == answer["iss"] == ISSUER
        assert (answer["username"], answer["token_type"], answer["scope"]) == ("bob", "Bearer", "openid")
        for name in ("client_id", "exp", "iat", "sub", "jti", "tenant_id", "sid"):
            assert answer[name] == claims[name]

    async def test_access_token_of_a_client(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await told(auth, client, await auth.own_token(client))
        assert (answer["sub"], answer["username"]) == (str(client.row_id), client.client_id)
        assert "sid" not in answer

    async def test_refresh_token(self, auth: AuthProcess, client: TestClient, make_client: MakeClient) -> None:
        token = (await auth.sign_in(client, scope="openid"))["refresh_token"]
        answer = await told(auth, client, token)
        assert (answer["token_type"], answer["username"], answer["scope"]) == ("refresh_token", "bob", "openid")
        assert answer["exp"] > answer["iat"]
        assert await told(auth, await make_client(), token) == {"active": False}

    async def test_public_client_hears_of_its_own_only(
        self, auth: AuthProcess, client: TestClient, make_client: MakeClient
    ) -> None:
        public = await make_client(is_public=True)
        assert (await told(auth, public, (await auth.sign_in(public))["access_token"]))["active"]
        assert await told(auth, public, await auth.own_token(client)) == {"active": False}

    async def test_never_across_tenants(
        self, auth: AuthProcess, client: TestClient, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        foreign = await make_client(directory.other)
        assert await told(auth, foreign, await auth.own_token(client)) == {"active": False}
        assert await told(auth, client, await auth.own_token(foreign)) == {"active": False}

    @pytest.mark.parametrize("change", ["signature", "payload", "none"])
    async def test_forged(self, auth: AuthProcess, client: TestClient, change: str) -> None:
        header, payload, signature = (await auth.own_token(client)).split(".")
        forged = {
            "signature": f"{header}.{payload}.{signature[:-4]}AAAA",
            "payload": f"{header}.{payload[:-6]}AAAAAA.{signature}",
            "none": f"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{payload}.",
        }[change]
        assert await told(auth, client, forged) == {"active": False}

    @pytest.mark.parametrize("token", ["x", "a.b.c", "..", "x" * 50_000, "vrt_x", "\u2603.\u2603.\u2603"])
    async def test_nonsense(self, auth: AuthProcess, client: TestClient, token: str) -> None:
        assert await told(auth, client, token) == {"active": False}

    async def test_an_id_token_is_no_access_token(self, auth: AuthProcess, client: TestClient) -> None:
        signed_in = await auth.sign_in(client, scope="openid")
        assert await told(auth, client, signed_in["id_token"]) == {"active": False}

    async def test_needs_client_and_token(self, auth: AuthProcess, client: TestClient) -> None:
        assert (await auth.http.post("/oauth/introspect", data={"token": "x"})).status_code == 401
        answer = await auth.http.post("/oauth/introspect", data=client.form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class TestUserinfo:
    async def test_claims_by_scope(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        token = (await auth.sign_in(client, scope="openid"))["access_token"]
        answer = (await auth.http.get("/oauth/userinfo", headers=bearer(token))).json()
        assert answer == {
            "sub": directory.bob.id, "tenant_id": str(directory.home), "roles": ["tenant-user"], "groups": [],
        }  # fmt: skip
        token = (await auth.sign_in(client, scope="openid profile email"))["access_token"]
        answer = (await auth.http.post("/oauth/userinfo", headers=bearer(token))).json()
        assert (answer["name"], answer["given_name"], answer["email"]) == ("Bob Example", "Bob", "bob@example.com")
        assert (answer["email_verified"], answer["updated_at"]) == (True, 1_700_000_000)

    async def test_token_in_the_form(self, auth: AuthProcess, client: TestClient) -> None:
        token = (await auth.sign_in(client, scope="openid"))["access_token"]
        assert (await auth.http.post("/oauth/userinfo", data={"access_token": token})).status_code == 200

    async def test_a_token_in_two_places(self, auth: AuthProcess, client: TestClient) -> None:
        """RFC 6750 section 2."""
        token = (await auth.sign_in(client, scope="openid"))["access_token"]
        answer = await auth.http.post("/oauth/userinfo", data={"access_token": token}, headers=bearer(token))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_request"'

    async def test_needs_a_person_with_openid(self, auth: AuthProcess, client: TestClient) -> None:
        for token in (
            await auth.own_token(client, scope="openid"),
            (await auth.sign_in(client, scope="email"))["access_token"],
        ):
            answer = await auth.http.get("/oauth/userinfo", headers=bearer(token))
            assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")

    async def test_no_or_bad_token(self, auth: AuthProcess) -> None:
        for bare in (
            await auth.http.get("/oauth/userinfo"),
            await auth.http.post("/oauth/userinfo"),
            await auth.http.post("/oauth/userinfo", json={}),
            await auth.http.post("/oauth/userinfo", data={"x": "y"}),
        ):
            assert bare.status_code == 401
            assert bare.headers["www-authenticate"].startswith("Bearer, DPoP ")
            assert "error" not in bare.headers["www-authenticate"]
        bad = await auth.http.get("/oauth/userinfo", headers=bearer("a.b.c"))
        assert (bad.status_code, bad.json()["error"]) == (401, "invalid_token")
        assert "invalid_token" in bad.headers["www-authenticate"]


VALIDATE = "/api/v1/integration/token/validate"


async def validated(auth: AuthProcess, caller: str, token: str, **asked: Any) -> dict[str, Any]:
    answer = await auth.http.post(VALIDATE, json={"token": token, **asked}, headers=bearer(caller))
    assert answer.status_code == 200, answer.text
    assert answer.json()["success"] is True
    return dict(answer.json()["data"])


@pytest.fixture(scope="session")
async def guard(auth: AuthProcess, make_client: MakeClient) -> str:
    """A token that may validate others."""
    return await auth.own_token(
        await make_client(allowed_scopes=["integration:validate"]), scope="integration:validate"
    )


class TestValidate:
    async def test_person(self, auth: AuthProcess, guard: str, client: TestClient, directory: FakeDirectory) -> None:
        user = directory.add_user(f"user-{new_id()}", rights=["orders:read", "orders:write"])
        token = (await auth.sign_in(client, user.username, scope="openid email"))["access_token"]
        answer = await validated(auth, guard, token)
        assert answer == {
            "valid": True, "user_id": user.id, "tenant_id": str(directory.home), "username": user.username,
            "email": user.email, "roles": ["tenant-admin"], "permissions": ["orders:read", "orders:write"],
            "scopes": ["email", "openid"], "expires_at": claims_of(token)["exp"], "error": None,
            "aud": ISSUER, "token_type": "Bearer", "cnf": None,
        }  # fmt: skip

    async def test_requirements(
        self, auth: AuthProcess, guard: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        user = directory.add_user(f"user-{new_id()}", rights=["orders:*"])
        token = (await auth.sign_in(client, user.username, scope="openid"))["access_token"]
        assert (await validated(auth, guard, token, required_scopes=["openid"], required_permissions=None))["valid"]
        assert (await validated(auth, guard, token, required_permissions=["orders:write"]))["valid"]
        for asked in ({"required_scopes": ["email"]}, {"required_permissions": ["orders:read", "users:read"]}):
            answer = await validated(auth, guard, token, **asked)
            assert (answer["valid"], answer["roles"], answer["permissions"], answer["scopes"]) == (False, [], [], [])
            assert answer["error"]

    async def test_client(self, auth: AuthProcess, guard: str, make_client: MakeClient) -> None:
        token = await auth.own_token(await make_client(allowed_scopes=["users:read"]), scope="users:read")
        answer = await validated(auth, guard, token)
        assert (answer["valid"], answer["user_id"], answer["permissions"]) == (True, None, ["users:read"])

    async def test_bad_tokens(self, auth: AuthProcess, guard: str) -> None:
        for token in ("x", "a.b.c"):
            answer = await validated(auth, guard, token)
            assert (answer["valid"], answer["user_id"], answer["tenant_id"]) == (False, None, None)

    async def test_foreign_tokens_look_bad(
        self, auth: AuthProcess, guard: str, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        foreign = await auth.own_token(await make_client(directory.other))
        assert await validated(auth, guard, foreign) == await validated(auth, guard, "a.b.c")

    async def test_ones_own_needs_no_right(self, auth: AuthProcess, client: TestClient) -> None:
        own = (await auth.sign_in(client))["access_token"]
        assert (await validated(auth, own, own))["valid"]
        other = (await auth.sign_in(client))["access_token"]
        answer = await auth.http.post(VALIDATE, json={"token": other}, headers=bearer(own))
        assert answer.status_code == 403
        assert (await auth.http.post(VALIDATE, json={"token": own})).status_code == 401

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"{", 400), (b"[]", 422), (b"{}", 422), (b'{"token": 1}', 422), (b'{"token": ""}', 422),
            (b'{"token": "a\\u0000"}', 422), (b'{"token": "x", "required_scopes": "a"}', 422),
            (b'{"token": "' + b"x" * 50_000 + b'"}', 422),
        ],
    )  # fmt: skip
    async def test_bad_bodies(self, auth: AuthProcess, guard: str, body: bytes, status: int) -> None:
        headers = {**bearer(guard), "Content-Type": "application/json"}
        answer = await auth.http.post(VALIDATE, content=body, headers=headers)
        assert answer.status_code == status
        assert answer.json()["status"] == status
