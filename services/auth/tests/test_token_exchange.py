"""Token exchange (RFC 8693)."""

import asyncio
import time
from typing import Any

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from services.auth.tests.dpop import Holder, until_proofs_need_no_nonce
from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris_auth.oauth.token.grants.token_exchange import ACCESS_TOKEN
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.ids import new_id

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
Answer = dict[str, Any]


async def exchange(auth: AuthProcess, client: TestClient, subject: str, **form: str) -> Answer:
    sent = {"subject_token": subject, "subject_token_type": ACCESS_TOKEN} | form
    return dict((await auth.token(client, grant_type=GRANT, **sent)).json())


async def person_token(auth: AuthProcess, client: TestClient, directory: FakeDirectory, scope: str = "openid") -> str:
    user = directory.add_user(f"user-{new_id()}")
    return str((await auth.sign_in(client, user.username, scope=scope))["access_token"])


@pytest.fixture(scope="session")
async def shop(make_client: MakeClient) -> TestClient:
    """The client that people sign in to."""
    return await make_client(allowed_scopes=["openid", "email", "orders"])


@pytest.fixture(scope="session")
async def stock(make_client: MakeClient) -> TestClient:
    """A service further down."""
    return await make_client()


def service(shop: TestClient, stock: TestClient, *modes: str) -> dict[str, Any]:
    """Fields of a client that may exchange the shop's tokens into tokens for the stock."""
    policy = {"subject_clients": [shop.client_id], "audiences": [stock.client_id], "modes": list(modes)}
    return {
        "allowed_grant_types": [GRANT, "client_credentials"], "allowed_scopes": ["openid", "orders", "other"],
        "token_exchange": policy,
    }  # fmt: skip


@pytest.fixture(scope="session")
async def orders(make_client: MakeClient, shop: TestClient, stock: TestClient) -> TestClient:
    """A service that acts by delegation."""
    return await make_client(**service(shop, stock, "delegation"))


class TestDelegation:
    async def test_names_the_actor(
        self, auth: AuthProcess, shop: TestClient, stock: TestClient, orders: TestClient, directory: FakeDirectory
    ) -> None:
        subject = await person_token(auth, shop, directory, "openid email orders")
        answer = await exchange(auth, orders, subject, audience=stock.client_id)
        claims, before = claims_of(answer["access_token"]), claims_of(subject)
        assert (answer["issued_token_type"], answer["token_type"]) == (ACCESS_TOKEN, "Bearer")
        assert not {"refresh_token", "id_token"} & set(answer)
        assert (claims["sub"], claims["sid"], claims["auth_time"]) == (
            before["sub"],
            before["sid"],
            before["auth_time"],
        )
        assert (claims["aud"], claims["client_id"]) == (stock.client_id, orders.client_id)
        assert claims["act"] == {"sub": str(orders.row_id), "client_id": orders.client_id}
        assert answer["scope"] == "openid orders"
        assert claims["exp"] <= before["exp"]
        told = await auth.http.post("/oauth/introspect", data={**stock.form, "token": answer["access_token"]})
        assert (told.json()["act"], told.json()["aud"]) == (claims["act"], stock.client_id)

    async def test_chains(
        self, auth: AuthProcess, make_client: MakeClient, shop: TestClient, stock: TestClient, orders: TestClient,
        directory: FakeDirectory,
    ) -> None:  # fmt: skip
        subject = await person_token(auth, shop, directory)
        once = (await exchange(auth, orders, subject))["access_token"]
        further = await make_client(**service(orders, stock, "delegation"))
        act = claims_of((await exchange(auth, further, once))["access_token"])["act"]
        assert act["client_id"] == further.client_id
        assert act["act"]["client_id"] == orders.client_id

    async def test_by_an_actor_token(
        self, auth: AuthProcess, shop: TestClient, orders: TestClient, client: TestClient, directory: FakeDirectory
    ) -> None:
        subject, actor = await person_token(auth, shop, directory), await auth.own_token(orders, scope="")
        assert "error" in await exchange(auth, orders, subject, actor_token=actor)
        acted = await exchange(auth, orders, subject, actor_token=actor, actor_token_type=ACCESS_TOKEN)
        assert claims_of(acted["access_token"])["act"]["sub"] == str(orders.row_id)
        foreign = await auth.own_token(client)
        refused = await exchange(auth, orders, subject, actor_token=foreign, actor_token_type=ACCESS_TOKEN)
        assert refused["error"] == "invalid_request"

    async def test_impersonation(
        self, auth: AuthProcess, make_client: MakeClient, shop: TestClient, stock: TestClient, directory: FakeDirectory
    ) -> None:
        trusted = await make_client(**service(shop, stock, "impersonation"))
        subject, actor = await person_token(auth, shop, directory), await auth.own_token(trusted)
        assert "act" not in claims_of((await exchange(auth, trusted, subject))["access_token"])
        refused = await exchange(auth, trusted, subject, actor_token=actor, actor_token_type=ACCESS_TOKEN)
        assert refused["error"] == "unauthorized_client"

    async def test_bound_to_a_key(
        self, auth: AuthProcess, shop: TestClient, orders: TestClient, directory: FakeDirectory
    ) -> None:
        await until_proofs_need_no_nonce(auth, orders)
        holder, subject = Holder(), await person_token(auth, shop, directory)
        form = {**orders.form, "grant_type": GRANT, "subject_token": subject, "subject_token_type": ACCESS_TOKEN}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        assert claims_of(answer.json()["access_token"])["cnf"] == {"jkt": holder.jkt}


class TestRefusals:
    async def test_policy(
        self, auth: AuthProcess, make_client: MakeClient, shop: TestClient, orders: TestClient, client: TestClient,
        directory: FakeDirectory,
    ) -> None:  # fmt: skip
        subject = await person_token(auth, shop, directory)
        without = await make_client(allowed_grant_types=[GRANT])
        assert (await exchange(auth, without, subject))["error"] == "unauthorized_client"
        assert (await exchange(auth, client, subject))["error"] == "unauthorized_client"
        public = await make_client(is_public=True, allowed_grant_types=[GRANT], token_exchange={})
        assert (await exchange(auth, public, subject))["error"] == "unauthorized_client"
        elsewhere = await person_token(auth, client, directory)
        assert (await exchange(auth, orders, elsewhere))["error"] == "unauthorized_client"

    async def test_requests(
        self, auth: AuthProcess, shop: TestClient, orders: TestClient, client: TestClient, directory: FakeDirectory
    ) -> None:
        subject = await person_token(auth, shop, directory)
        for form, error in (
            ({"audience": client.client_id}, "invalid_target"),
            ({"audience": "https://id.example.com"}, "invalid_target"),
            ({"resource": "https://x.example"}, "invalid_target"),
            ({"scope": "email"}, "invalid_scope"),
            ({"scope": "other"}, "invalid_scope"),
            ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
            ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
            ({"subject_token": "x"}, "invalid_request"),
            ({"actor_token_type": ACCESS_TOKEN}, "invalid_request"),
            ({"subject_token": subject[:-4] + "AAAA"}, "invalid_request"),
        ):
            assert (await exchange(auth, orders, subject, **form))["error"] == error, form

    async def test_one_that_has_just_expired(
        self, auth: AuthProcess, make_client: MakeClient, stock: TestClient, directory: FakeDirectory
    ) -> None:
        """It is still taken as a credential for some seconds, should clocks disagree."""
        brief = await make_client(access_token_lifetime_seconds=1)
        orders = await make_client(**service(brief, stock, "delegation"))
        subject = await person_token(auth, brief, directory)
        await asyncio.sleep(claims_of(subject)["exp"] + 0.1 - time.time())
        assert await auth.is_active(brief, subject)
        assert (await exchange(auth, orders, subject))["error"] == "invalid_request"

    async def test_an_audience_that_is_out_of_service(
        self, auth: AuthProcess, make_client: MakeClient, shop: TestClient, directory: FakeDirectory
    ) -> None:
        gone = await make_client(is_enabled=False)
        orders = await make_client(**service(shop, gone, "delegation"))
        subject = await person_token(auth, shop, directory)
        assert (await exchange(auth, orders, subject, audience=gone.client_id))["error"] == "invalid_grant"

    async def test_no_tenants_token_crosses(
        self, auth: AuthProcess, make_client: MakeClient, shop: TestClient, stock: TestClient, directory: FakeDirectory
    ) -> None:
        foreign = await make_client(directory.other, **service(shop, stock, "delegation"))
        subject = await person_token(auth, shop, directory)
        assert (await exchange(auth, foreign, subject))["error"] == "invalid_request"

    async def test_not_at_our_own_api(
        self, auth: AuthProcess, shop: TestClient, orders: TestClient, directory: FakeDirectory
    ) -> None:
        token = (await exchange(auth, orders, await person_token(auth, shop, directory)))["access_token"]
        for path in ("/oauth/userinfo", f"/api/v1/tenants/{directory.home}/keys"):
            answer = await auth.http.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401

    async def test_a_client_is_no_person(self, auth: AuthProcess, orders: TestClient) -> None:
        assert (await exchange(auth, orders, await auth.own_token(orders)))["error"] == "invalid_request"


class TestEnds:
    @pytest.mark.parametrize("subject", ["session", "user", "token", "client"])
    async def test_with_what_it_came_from(
        self, auth: AuthProcess, make_client: MakeClient, stock: TestClient, directory: FakeDirectory, subject: str
    ) -> None:
        shop = await make_client()
        orders = await make_client(**service(shop, stock, "delegation"))
        token = await person_token(auth, shop, directory)
        exchanged, claims = (await exchange(auth, orders, token))["access_token"], claims_of(token)
        assert await auth.is_active(stock, exchanged)
        subjects = {
            "session": (Revocation.SUBJECT_SESSION, claims["sid"]), "user": (Revocation.SUBJECT_USER, claims["sub"]),
            "token": (Revocation.SUBJECT_TOKEN, claims["jti"]), "client": (Revocation.SUBJECT_CLIENT, shop.client_id),
        }  # fmt: skip
        kind, name = subjects[subject]
        mark = Revocation(subject=kind, id=name)
        await auth.stub.Revoke(RevokeRequest(tenant_id=str(directory.home), revocations=[mark], reason="test"))
        assert not await auth.is_active(stock, exchanged)
        assert "error" in await exchange(auth, orders, token)

    async def test_with_the_key_that_signed_what_it_came_from(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        """Whoever stole a key may have had a token of their own making exchanged for one that another key signs."""
        tenant_id = directory.add_tenant()
        shop, stock = await make_client(tenant_id), await make_client(tenant_id)
        orders = await make_client(tenant_id, **service(shop, stock, "delegation"))
        user = directory.add_user(f"user-{new_id()}", tenant_id=tenant_id, rights=["*:*"])
        token = (await auth.sign_in(shop, user.username))["access_token"]

        async def rotate(**body: Any) -> None:
            headers = {"Authorization": f"Bearer {(await auth.sign_in(shop, user.username))['access_token']}"}
            answer = await auth.http.post(f"/api/v1/tenants/{tenant_id}/keys/rotate", json=body, headers=headers)
            assert answer.status_code == 200, answer.text

        await rotate(algorithm="EdDSA")
        exchanged, own = (await exchange(auth, orders, token))["access_token"], await auth.own_token(stock)
        await rotate(algorithm="ES256", revoke_previous=True)
        assert await auth.is_active(stock, own)
        assert not await auth.is_active(stock, exchanged)
