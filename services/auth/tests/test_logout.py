"""Signing out: at a client's request, of everything in the session, and by the back channel."""

import asyncio
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, redeem
from services.auth.tests.auth_fakes import FakeDirectory, FakeSessions
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient, eventually
from services.auth.tests.auth_relying_party import back_channel
from vaultaris_auth.tokens.verified import claims_of

GOODBYE = "https://app.example.com/goodbye"


async def sign_in(auth: AuthProcess, browser: Browser, client: TestClient) -> dict[str, Any]:
    """Tokens got through the browser's session."""
    pkce = Pkce()
    tokens: dict[str, Any] = (await redeem(auth, client, await browser.code(client, pkce), pkce)).json()
    return tokens


@pytest.fixture(scope="session")
async def app(make_client: MakeClient) -> TestClient:
    return await make_client(
        redirect_uris=[REDIRECT], post_logout_redirect_uris=[GOODBYE], require_consent=False,
        allowed_grant_types=["authorization_code", "refresh_token"],
    )  # fmt: skip


class TestByIdToken:
    async def test_everything_ends(
        self, auth: AuthProcess, browser: Browser, app: TestClient, first_party: TestClient, sessions: FakeSessions
    ) -> None:
        await browser.sign_in()
        one, two = await sign_in(auth, browser, app), await sign_in(auth, browser, first_party)
        answer = await browser.get(
            "/oauth/logout", id_token_hint=one["id_token"], post_logout_redirect_uri=GOODBYE, state="bye bye"
        )
        assert (answer.status_code, answer.headers["location"]) == (303, f"{GOODBYE}?state=bye+bye")
        cleared = answer.headers["set-cookie"]
        assert cleared.startswith("__Host-vaultaris-")
        assert "Max-Age=0" in cleared
        assert "Secure" in cleared
        for client, tokens in ((app, one), (first_party, two)):
            assert not await auth.is_active(client, tokens["access_token"])
            assert not await auth.is_active(client, tokens["refresh_token"])
        assert "/sign-in" in (await browser.authorize(app)).headers["location"]

    async def test_without_address(self, auth: AuthProcess, browser: Browser, app: TestClient) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        answer = await browser.post("/oauth/logout", id_token_hint=tokens["id_token"])
        slug = browser.directory.tenants[str(browser.directory.home)].slug
        assert answer.headers["location"] == f"{ISSUER}/hosted/{slug}/signed-out"

    async def test_browser_that_lost_its_cookie(self, auth: AuthProcess, browser: Browser, app: TestClient) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        browser.cookie = ""
        await browser.get("/oauth/logout", id_token_hint=tokens["id_token"])
        assert not await auth.is_active(app, tokens["refresh_token"])

    async def test_somebody_else_is_signed_in(
        self, auth: AuthProcess, browser: Browser, app: TestClient, directory: FakeDirectory
    ) -> None:
        await browser.sign_in()
        theirs = await sign_in(auth, browser, app)
        await browser.sign_in(directory.admin)
        mine = await sign_in(auth, browser, app)
        answer = await browser.get("/oauth/logout", id_token_hint=theirs["id_token"])
        assert "/sign-out?sign_out_request=" in answer.headers["location"]
        assert await auth.is_active(app, mine["access_token"])


class TestAsked:
    async def test_anybody_could_have_sent_the_browser(
        self, auth: AuthProcess, browser: Browser, app: TestClient
    ) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        for asked in ({}, {"client_id": app.client_id}, {"client_id": app.client_id, "state": "x"}):
            answer = await browser.get("/oauth/logout", **asked)
            parts = urlsplit(answer.headers["location"])
            assert parts.path.endswith("/sign-out")
            assert parse_qs(parts.query)["sign_out_request"]
            assert "set-cookie" not in answer.headers
        assert await auth.is_active(app, tokens["access_token"])

    @pytest.mark.parametrize("hint", ["e30.e30.", "nonsense"])
    async def test_a_hint_that_nobody_can_read_is_none(
        self, auth: AuthProcess, browser: Browser, app: TestClient, hint: str
    ) -> None:
        """It may be an ID token whose signing key is gone, or forged."""
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        asked = {"client_id": app.client_id, "post_logout_redirect_uri": GOODBYE, "id_token_hint": hint}
        answer = await browser.get("/oauth/logout", **asked)
        assert urlsplit(answer.headers["location"]).path.endswith("/sign-out")
        assert await auth.is_active(app, tokens["access_token"])

    async def test_nobody_is_signed_in(self, browser: Browser, app: TestClient) -> None:
        assert (await browser.get("/oauth/logout")).status_code == 200
        answer = await browser.get("/oauth/logout", client_id=app.client_id, post_logout_redirect_uri=GOODBYE)
        assert answer.headers["location"] == GOODBYE


class TestRefused:
    @pytest.mark.parametrize(
        "asked",
        [
            {"post_logout_redirect_uri": GOODBYE},
            {"post_logout_redirect_uri": "https://evil.example.com/", "client_id": "app"},
            {"post_logout_redirect_uri": GOODBYE + "/", "client_id": "app"},
            {"post_logout_redirect_uri": GOODBYE, "client_id": "nobody"},
            {"post_logout_redirect_uri": GOODBYE, "id_token_hint": "e30.e30."},
            {"post_logout_redirect_uri": GOODBYE, "id_token_hint": "nonsense"},
            {"post_logout_redirect_uri": GOODBYE, "client_id": "app", "state": "x" * 3000},
        ],
    )
    async def test_no_open_redirector(self, browser: Browser, app: TestClient, asked: dict[str, str]) -> None:
        await browser.sign_in()
        sent = {name: app.client_id if value == "app" else value for name, value in asked.items()}
        answer = await browser.get("/oauth/logout", **sent)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers

    async def test_hint_of_another_client(
        self, auth: AuthProcess, browser: Browser, app: TestClient, first_party: TestClient
    ) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, first_party)
        answer = await browser.get(
            "/oauth/logout", id_token_hint=tokens["id_token"], client_id=app.client_id, post_logout_redirect_uri=GOODBYE
        )
        assert answer.status_code == 400
        assert await auth.is_active(first_party, tokens["access_token"])

    async def test_an_access_token_is_no_hint(self, auth: AuthProcess, browser: Browser, app: TestClient) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        assert (await browser.get("/oauth/logout", id_token_hint=tokens["access_token"])).status_code == 400


class TestBackChannel:
    async def _app(self, make_client: MakeClient, uri: str) -> TestClient:
        return await make_client(
            redirect_uris=[REDIRECT], require_consent=False, backchannel_logout_uri=uri,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip

    async def test_logout_token(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, stack_issuer: str
    ) -> None:
        async with back_channel() as channel, asyncio.timeout(20):
            app = await self._app(make_client, channel.uri)
            await browser.sign_in()
            tokens = await sign_in(auth, browser, app)
            await browser.get("/oauth/logout", id_token_hint=tokens["id_token"])
            await channel.told.wait()
        claims = claims_of(channel.tokens[0])
        header = msgspec.json.decode(urlsafe_b64decode(channel.tokens[0].partition(".")[0] + "=="))
        assert header["typ"] == "logout+jwt"
        assert claims["aud"] == app.client_id
        assert claims["iss"] in (ISSUER, stack_issuer)  # whichever replica was faster
        assert (claims["sid"], claims["sub"]) == (str(browser.session_id), browser.directory.bob.id)
        assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
        assert claims["jti"]
        assert claims["exp"] - claims["iat"] == 120
        assert "nonce" not in claims

    async def test_it_is_told_again_until_it_listens(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient
    ) -> None:
        async with back_channel(500) as channel, asyncio.timeout(30):
            app = await self._app(make_client, channel.uri)
            await browser.sign_in()
            await sign_in(auth, browser, app)
            await browser.end_session()
            await channel.told.wait()
        assert len(channel.tokens) == 2
        first, second = (claims_of(token)["jti"] for token in channel.tokens)
        assert first != second

    async def test_addresses_inside_our_network_are_never_called(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, admin: dict[str, str]
    ) -> None:
        path = f"/api/v1/tenants/{browser.directory.home}/clients"
        body = {"name": "inside", "redirect_uris": [], "backchannel_logout_uri": "http://10.0.0.1/logout"}
        assert (await auth.http.post(path, json=body, headers=admin)).status_code == 422

    async def test_a_disabled_client_is_left_alone(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, admin: dict[str, str]
    ) -> None:
        async with back_channel() as channel, back_channel() as other, asyncio.timeout(20):
            app, witness = await self._app(make_client, channel.uri), await self._app(make_client, other.uri)
            await browser.sign_in()
            await sign_in(auth, browser, app)
            await sign_in(auth, browser, witness)
            path = f"/api/v1/tenants/{browser.directory.home}/clients/{app.row_id}"
            assert (await auth.http.put(path, json={"is_enabled": False}, headers=admin)).status_code == 200
            await browser.end_session()
            await other.told.wait()
            assert channel.tokens == []


class TestSessionsService:
    async def test_it_is_told(
        self, auth: AuthProcess, browser: Browser, app: TestClient, sessions: FakeSessions
    ) -> None:
        await browser.sign_in()
        tokens = await sign_in(auth, browser, app)
        sessions.ended.clear()
        await browser.get("/oauth/logout", id_token_hint=tokens["id_token"])

        async def told() -> bool:
            return str(browser.session_id) in sessions.ended

        await eventually(told)
