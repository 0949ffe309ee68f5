"""Resource indicators (RFC 8707): a token for one server is worth nothing at another."""

from typing import Any

import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, answer_of, redeem
from services.auth.tests.auth_fakes import PASSWORD
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from vaultaris_auth.tokens.verified import claims_of

ORDERS, STOCK = "https://orders.example.com/api", "urn:example:stock"


@pytest.fixture(scope="module")
async def app(make_client: MakeClient) -> TestClient:
    return await make_client(
        redirect_uris=[REDIRECT], require_consent=False, allowed_resources=[ORDERS, STOCK],
        allowed_grant_types=["authorization_code", "client_credentials", "password", "refresh_token"],
    )  # fmt: skip


class TestAudience:
    async def test_of_the_code_flow(self, auth: AuthProcess, browser: Browser, app: TestClient) -> None:
        await browser.sign_in()
        pkce = Pkce()
        tokens = (await redeem(auth, app, await browser.code(app, pkce, resource=ORDERS), pkce)).json()
        assert claims_of(tokens["access_token"])["aud"] == ORDERS
        assert claims_of(tokens["id_token"])["aud"] == app.client_id
        refreshed = await auth.token(app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert claims_of(refreshed.json()["access_token"])["aud"] == ORDERS

    async def test_of_other_grants(self, auth: AuthProcess, app: TestClient) -> None:
        own = await auth.own_token(app, resource=STOCK)
        assert claims_of(own)["aud"] == STOCK
        signed_in = await auth.sign_in(app, resource=ORDERS)
        assert claims_of(signed_in["access_token"])["aud"] == ORDERS
        assert claims_of(await auth.own_token(app))["aud"] == ISSUER

    async def test_introspection_knows_it_and_our_own_endpoints_refuse_it(
        self, auth: AuthProcess, app: TestClient
    ) -> None:
        token = (await auth.sign_in(app, "admin", resource=ORDERS, scope="openid"))["access_token"]
        told = (await auth.http.post("/oauth/introspect", data={**app.form, "token": token})).json()
        assert (told["active"], told["aud"]) == (True, ORDERS)
        headers = {"Authorization": f"Bearer {token}"}
        assert (await auth.http.get("/oauth/userinfo", headers=headers)).status_code == 401
        tenant = claims_of(token)["tenant_id"]
        assert (await auth.http.get(f"/api/v1/tenants/{tenant}/clients", headers=headers)).status_code == 401
        await auth.http.post("/oauth/revoke", data={**app.form, "token": token})
        assert not await auth.is_active(app, token)


class TestRefused:
    async def test_unknown_resource(self, auth: AuthProcess, browser: Browser, app: TestClient) -> None:
        await browser.sign_in()
        unknown: dict[str, Any] = {"resource": "https://elsewhere.example.com/"}
        assert answer_of(await browser.authorize(app, **unknown))["error"] == "invalid_target"
        assert (await auth.token(app, grant_type="client_credentials", **unknown)).json()["error"] == "invalid_target"
        form = {"grant_type": "password", "username": "bob", "password": PASSWORD, **unknown}
        assert (await auth.token(app, **form)).json()["error"] == "invalid_target"

    async def test_another_resource_than_was_granted(
        self, auth: AuthProcess, browser: Browser, app: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(app, pkce, resource=ORDERS)
        assert (await redeem(auth, app, code, pkce, resource=STOCK)).json()["error"] == "invalid_target"
        tokens = (await redeem(auth, app, code, pkce, resource=ORDERS)).json()
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert (await auth.token(app, **form, resource=STOCK)).json()["error"] == "invalid_target"
        assert (await auth.token(app, **form)).status_code == 200

    async def test_two_at_once(self, auth: AuthProcess, app: TestClient) -> None:
        form = {**app.form, "grant_type": "client_credentials", "resource": [ORDERS, STOCK]}
        assert (await auth.http.post("/oauth/token", data=form)).json()["error"] == "invalid_target"

    @pytest.mark.parametrize("resource", ["orders", "https://orders.example.com/#x", "https://a b", ""])
    async def test_registration(
        self, auth: AuthProcess, admin: dict[str, str], browser: Browser, resource: str
    ) -> None:
        body = {"name": "x", "redirect_uris": [], "allowed_resources": [resource]}
        path = f"/api/v1/tenants/{browser.directory.home}/clients"
        assert (await auth.http.post(path, json=body, headers=admin)).status_code == 422
