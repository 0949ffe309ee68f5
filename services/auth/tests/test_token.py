"""The token endpoint: client authentication, and the grants."""

import asyncio
from base64 import b64encode
from typing import Any
from uuid import UUID

import nats
import pytest

from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory, FakeSessions
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from vaultaris.directory.v1.directory_pb2 import EffectivePermissions
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.events import Event, decode_events, encode_event
from vaultaris_kit.ids import created_ms


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


OWN = {"grant_type": "client_credentials"}


class TestClientAuthentication:
    async def test_form(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.token(client, **OWN)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"

    async def test_basic(self, auth: AuthProcess, client: TestClient) -> None:
        headers = basic(client.client_id, client.secret)
        assert (await auth.http.post("/oauth/token", data=OWN, headers=headers)).status_code == 200

    async def test_form_wins_over_basic(self, auth: AuthProcess, client: TestClient) -> None:
        headers = basic("somebody", "else")
        answer = await auth.http.post("/oauth/token", data={**OWN, **client.form}, headers=headers)
        assert answer.status_code == 200

    @pytest.mark.parametrize("scheme", ["Bearer", "DPoP", "ApiKey"])
    async def test_other_schemes_are_ignored(self, auth: AuthProcess, client: TestClient, scheme: str) -> None:
        headers = {"Authorization": f"{scheme} nonsense"}
        answer = await auth.http.post("/oauth/token", data={**OWN, **client.form}, headers=headers)
        assert answer.status_code == 200

    async def test_every_failure_looks_alike(self, auth: AuthProcess, client: TestClient) -> None:
        wrong = await auth.http.post(
            "/oauth/token", data={**OWN, "client_id": client.client_id, "client_secret": "wrong"}
        )
        unknown = await auth.http.post("/oauth/token", data={**OWN, "client_id": "nobody", "client_secret": "x"})
        bare = await auth.http.post("/oauth/token", data={**OWN, "client_id": client.client_id})
        assert wrong.json() == unknown.json() == bare.json()
        assert wrong.json()["error"] == "invalid_client"
        assert {wrong.status_code, unknown.status_code, bare.status_code} == {401}
        assert "www-authenticate" not in wrong.headers

    async def test_basic_failure_is_challenged(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.http.post("/oauth/token", data=OWN, headers=basic(client.client_id, "wrong"))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")

    @pytest.mark.parametrize("header", ["Basic", "basic", "Basic %%%", "Basic /w=="])
    async def test_basic_without_credentials_is_challenged(self, auth: AuthProcess, header: str) -> None:
        """RFC 6749 section 5.2: whoever tried by the header is told how."""
        answer = await auth.http.post("/oauth/token", data=OWN, headers={"Authorization": header})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic ")

    async def test_two_different_clients(self, auth: AuthProcess, client: TestClient) -> None:
        headers = basic(client.client_id, client.secret)
        answer = await auth.http.post("/oauth/token", data={**OWN, "client_id": "other"}, headers=headers)
        assert answer.json()["error"] == "invalid_request"

    async def test_registered_method_is_the_only_one(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(token_endpoint_auth_method="client_secret_basic")
        assert (await auth.token(client, **OWN)).status_code == 401
        headers = basic(client.client_id, client.secret)
        assert (await auth.http.post("/oauth/token", data=OWN, headers=headers)).status_code == 200

    async def test_public_client_needs_no_secret_and_has_none(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(is_public=True)
        assert (await auth.sign_in(client))["access_token"]
        answer = await auth.token(client, grant_type="password", username="bob", password=PASSWORD, client_secret="x")
        assert answer.json()["error"] == "invalid_client"


class TestRequest:
    @pytest.mark.parametrize(
        ("body", "kind", "error"),
        [
            (b"", "application/x-www-form-urlencoded", "invalid_client"),
            (b"{}", "application/json", "invalid_request"),
            (b"a=1&a=2", "application/x-www-form-urlencoded", "invalid_request"),
            (b"a=%ff", "application/x-www-form-urlencoded", "invalid_request"),
            (b"a=%00", "application/x-www-form-urlencoded", "invalid_request"),
            (b"\xff=1", "application/x-www-form-urlencoded", "invalid_request"),
        ],
    )
    async def test_bad_forms(self, auth: AuthProcess, body: bytes, kind: str, error: str) -> None:
        answer = await auth.http.post("/oauth/token", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 401)
        assert answer.json()["error"] == error
        assert set(answer.json()) == {"error", "error_description"}

    async def test_unknown_grant(self, auth: AuthProcess, client: TestClient) -> None:
        assert (await auth.token(client, grant_type="implicit")).json()["error"] == "unsupported_grant_type"
        assert (await auth.token(client)).json()["error"] == "invalid_request"

    async def test_huge_body(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.token(client, grant_type="client_credentials", scope="x" * 1_100_000)
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"

    async def test_suspended_tenant_gets_nothing(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        client = await make_client(tenant_id)
        directory.tenants[str(tenant_id)].status = "suspended"
        assert (await auth.token(client, **OWN)).json()["error"] == "unauthorized_client"

    async def test_client_that_demands_bound_tokens_gets_none(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(dpop_bound_access_tokens=True)
        assert (await auth.token(client, **OWN)).json()["error"] == "invalid_dpop_proof"


class TestClientCredentials:
    async def test_claims(self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory) -> None:
        client = await make_client(allowed_scopes=["users:read", "openid"], default_scopes=["users:read"])
        answer = (await auth.token(client, **OWN)).json()
        assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}
        assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 900, "users:read")
        claims = claims_of(answer["access_token"])
        assert claims["sub"] == str(client.row_id)
        assert claims["aud"] == claims["iss"] == ISSUER
        assert claims["tenant_id"] == str(directory.home)
        assert claims["exp"] == claims["iat"] + 900
        assert created_ms(UUID(claims["jti"])) // 1000 == claims["iat"]
        assert "sid" not in claims

    async def test_scope(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(allowed_scopes=["a", "b"], default_scopes=[])
        assert (await auth.token(client, **OWN)).json()["scope"] == ""
        assert (await auth.token(client, **OWN, scope="b a b")).json()["scope"] == "b a"
        for scope in ("c", "a c", "a  b", " "):
            assert (await auth.token(client, **OWN, scope=scope)).json()["error"] == "invalid_scope"

    async def test_lifetime_of_the_client(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(access_token_lifetime_seconds=60)
        assert (await auth.token(client, **OWN)).json()["expires_in"] == 60

    async def test_not_allowed(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(allowed_grant_types=["refresh_token"])
        assert (await auth.token(client, **OWN)).json()["error"] == "unauthorized_client"


class TestPassword:
    async def test_answer(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory, sessions: FakeSessions
    ) -> None:
        answer = await auth.sign_in(client, scope="openid email")
        claims = claims_of(answer["access_token"])
        assert claims["sub"] == directory.bob.id
        assert (claims["username"], claims["roles"], claims["amr"]) == ("bob", ["tenant-user"], ["pwd"])
        assert answer["scope"] == claims["scope"] == "openid email"
        started = sessions.started[claims["sid"]]
        assert (started.user_id, started.auth_method) == (directory.bob.id, "pwd")
        assert started.expires_at > claims["exp"]

    async def test_more_roles_than_a_header_can_carry(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory
    ) -> None:
        """They are left out, and the token is good: whoever has many roles is not locked out by them."""
        roles = [EffectivePermissions.Role(name=f"department-{number:03}-of-the-company") for number in range(300)]
        user = directory.add_user("manager")
        directory.facts[user.id] = EffectivePermissions(roles=roles)
        token = (await auth.sign_in(client, "manager", scope="openid"))["access_token"]
        assert "roles" not in claims_of(token)
        told = (await auth.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})).json()
        assert len(told["roles"]) == 301

    async def test_is_told_to_the_bus(self, auth: AuthProcess, client: TestClient, environ: dict[str, str]) -> None:
        connection = await nats.connect(environ["NATS_URL"])
        heard = await connection.subscribe("vaultaris.events.auth.>")
        await connection.flush()
        claims = claims_of((await auth.sign_in(client))["access_token"])
        events: dict[str, Event] = {}
        while not {"session.started", "auth.login.succeeded", "auth.token.issued"} <= set(events):
            message = await heard.next_msg(timeout=10)
            for event in decode_events(message.data):
                if claims["sid"].encode() in encode_event(event):  # an earlier sign-in's events may come late
                    events[event.type] = event
        await connection.close()
        started = events["session.started"].new_value or {}
        assert (str(events["session.started"].resource_id), started["user_id"]) == (claims["sid"], claims["sub"])
        issued = events["auth.token.issued"].metadata
        assert (issued["sid"], issued["expires_at"]) == (claims["sid"], claims["iat"] + 86_400)
        assert issued["grant_type"] == "password"

    async def test_id_token(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.sign_in(client, scope="openid")
        claims, access = claims_of(answer["id_token"]), claims_of(answer["access_token"])
        assert claims["aud"] == client.client_id
        assert (claims["sub"], claims["sid"]) == (access["sub"], access["sid"])
        assert claims["exp"] == claims["iat"] + 600
        assert {"at_hash", "auth_time", "amr", "acr"} <= set(claims)
        assert "id_token" not in await auth.sign_in(client, scope="email")

    async def test_refusals_are_identical(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory
    ) -> None:
        directory.add_user("idle").status = "inactive"

        async def tried(username: str, password: str) -> tuple[int, Any]:
            answer = await auth.token(client, grant_type="password", username=username, password=password)
            return answer.status_code, answer.json()

        refusals = [
            await tried("bob", "wrong"),
            await tried("nobody", PASSWORD),
            await tried("eve", PASSWORD),
            await tried("idle", PASSWORD),
            await tried("bob", "x" * 50_000),
        ]
        assert all(each == refusals[0] for each in refusals)
        assert refusals[0][0] == 400
        assert refusals[0][1]["error"] == "invalid_grant"

    async def test_at_capacity(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        directory.full = True
        answer = await auth.token(client, grant_type="password", username="bob", password=PASSWORD)
        directory.full = False
        assert answer.status_code == 503
        assert answer.json()["error"] == "temporarily_unavailable"
        assert int(answer.headers["retry-after"]) >= 1

    async def test_only_where_allowed(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(allowed_grant_types=["client_credentials"])
        answer = await auth.token(client, grant_type="password", username="bob", password=PASSWORD)
        assert answer.json()["error"] == "unauthorized_client"

    async def test_no_refresh_token_for_a_client_that_may_not_refresh(
        self, auth: AuthProcess, make_client: MakeClient
    ) -> None:
        assert "refresh_token" not in await auth.sign_in(await make_client(allowed_grant_types=["password"]))

    async def test_missing_parameters(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.token(client, grant_type="password", username="bob", password="")
        assert answer.json()["error"] == "invalid_request"


class TestRefresh:
    async def test_rotates(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client)
        second = (await auth.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
        assert second["refresh_token"] != first["refresh_token"]
        old, new = claims_of(first["access_token"]), claims_of(second["access_token"])
        assert (old["sid"], old["auth_time"], old["sub"]) == (new["sid"], new["auth_time"], new["sub"])
        assert claims_of(second["id_token"])["at_hash"] != claims_of(first["id_token"])["at_hash"]

    async def test_reuse_ends_everything(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(is_public=True)
        first = await auth.sign_in(client)
        spent = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = (await auth.token(client, **spent)).json()
        reused = await auth.token(client, **spent)
        assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
        last = await auth.token(client, grant_type="refresh_token", refresh_token=second["refresh_token"])
        assert last.json()["error"] == "invalid_grant"
        assert not await auth.is_active(client, first["access_token"])
        assert not await auth.is_active(client, second["access_token"])

    async def test_racing_uses_end_everything(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(is_public=True)
        for _round in range(5):
            first = await auth.sign_in(client)
            use = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
            answers = await asyncio.gather(*(auth.token(client, **use) for _ in range(6)))
            won = [answer.json() for answer in answers if answer.status_code == 200]
            assert all(answer.json()["error"] == "invalid_grant" for answer in answers if answer.status_code != 200)
            assert len(won) <= 1
            for each in (first, *won):
                assert not await auth.is_active(client, each["access_token"])
                assert not await auth.is_active(client, each["refresh_token"])

    async def test_scope_can_only_narrow(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client, scope="openid email")
        use = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert (await auth.token(client, **use, scope="openid profile")).json()["error"] == "invalid_scope"
        second = (await auth.token(client, **use, scope="email")).json()
        assert second["scope"] == "email"
        assert "id_token" not in second
        third = await auth.token(client, grant_type="refresh_token", refresh_token=second["refresh_token"])
        assert third.json()["scope"] == "openid email"

    async def test_belongs_to_its_client(self, auth: AuthProcess, client: TestClient, make_client: MakeClient) -> None:
        first = await auth.sign_in(client)
        use = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert (await auth.token(await make_client(), **use)).json()["error"] == "invalid_grant"
        assert (await auth.token(client, **use)).status_code == 200

    async def test_idle_lifetime(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(refresh_token_lifetime_seconds=1)
        first = await auth.sign_in(client)
        await asyncio.sleep(2.1)
        answer = await auth.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert answer.json()["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        "value", ["x", "vrt_x", "vrt_" + "A" * 64, "vrt_" + "!" * 64, "vrt_" + "\u00e4" * 64, "x" * 50_000]
    )
    async def test_nonsense(self, auth: AuthProcess, client: TestClient, value: str) -> None:
        answer = await auth.token(client, grant_type="refresh_token", refresh_token=value)
        assert answer.json()["error"] == "invalid_grant"
