"""The authorization endpoint: whom it believes, where it sends people, and what it asks of them."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, answer_of
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from vaultaris_auth.clients.redirect_uris import is_registered


def page_of(response: httpx.Response) -> str:
    """Which hosted page the person is sent to."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}" == ISSUER
    assert parts.query.startswith("request_id=")
    return parts.path.rpartition("/")[2]


class TestUnverifiedAddress:
    """Nothing is ever told to an address that is not verified: the person sees a page."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"client_id": None}, {"client_id": "nobody"}, {"client_id": "a b"}, {"redirect_uri": None},
            {"redirect_uri": "https://evil.example.com/callback"}, {"redirect_uri": REDIRECT + "/"},
            {"redirect_uri": REDIRECT + "?x=1"}, {"redirect_uri": REDIRECT.upper()},
            {"redirect_uri": "https://app.example.com:443/callback"},
            {"redirect_uri": "https://app.example.com@evil.example.com/callback"},
            {"redirect_uri": [REDIRECT, REDIRECT]}, {"redirect_uri": REDIRECT + "#x"},
            {"redirect_uri": "//app.example.com/callback"},
        ],
    )  # fmt: skip
    async def test_page(self, browser: Browser, first_party: TestClient, changed: dict[str, Any]) -> None:
        await browser.sign_in()
        answer = await browser.authorize(first_party, **changed)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert answer.json()["error"] == "invalid_request"

    async def test_browsers_get_a_page_that_can_do_nothing(self, auth: AuthProcess) -> None:
        answer = await auth.http.get("/oauth/authorize?client_id=<script>", headers={"Accept": "text/html,*/*"})
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script>" not in answer.text

    @pytest.mark.parametrize("query", ["client_id=a&client_id=a", "client_id=%ff", "client_id=%00", "\xe4=1"])
    async def test_malformed(self, auth: AuthProcess, query: str) -> None:
        answer = await auth.http.get(f"/oauth/authorize?{query}")
        assert answer.status_code in (400, 422)

    async def test_disabled_client(
        self, browser: Browser, make_client: MakeClient, auth: AuthProcess, admin: dict[str, str]
    ) -> None:
        client = await make_client(redirect_uris=[REDIRECT], is_enabled=False)
        assert (await browser.authorize(client)).status_code == 400

    @pytest.mark.parametrize(
        ("uri", "registered", "same"),
        [
            ("http://127.0.0.1:51004/cb", "http://127.0.0.1/cb", True),
            ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", True),
            ("http://[::1]:51004/cb", "http://[::1]/cb", True),
            ("http://127.0.0.1:51004/other", "http://127.0.0.1/cb", False),
            ("http://127.0.0.1:51004/cb?x", "http://127.0.0.1/cb", False),
            ("http://localhost:51004/cb", "http://localhost/cb", False),
            ("https://127.0.0.1:51004/cb", "https://127.0.0.1/cb", False),
            ("http://127.0.0.1:51004@evil.example.com/cb", "http://127.0.0.1/cb", False),
            ("http://127.0.0.1:999999/cb", "http://127.0.0.1/cb", False),
            ("http://127.0.0.1:/cb", "http://127.0.0.1/cb", False),
            ("http://127.0.0.1.evil.example.com/cb", "http://127.0.0.1/cb", False),
            ("HTTP://127.0.0.1/cb", "http://127.0.0.1/cb", False),
            ("http://127.0.0.1:80/cb#x", "http://127.0.0.1/cb", False),
        ],
    )
    def test_only_the_port_of_a_loopback_address_may_differ(self, uri: str, registered: str, same: bool) -> None:
        assert is_registered(uri, [registered]) is same


class TestRefusedToTheClient:
    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"response_type": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": "code id_token"}, "unsupported_response_type"),
            ({"response_mode": "web_message"}, "invalid_request"),
            ({"scope": "openid everything"}, "invalid_scope"),
            ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"code_challenge": "short"}, "invalid_request"),
            ({"prompt": "none login"}, "invalid_request"),
            ({"prompt": "create"}, "invalid_request"),
            ({"max_age": "-1"}, "invalid_request"),
            ({"max_age": "soon"}, "invalid_request"),
            ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
            ({"registration": "{}"}, "registration_not_supported"),
            ({"id_token_hint": "nonsense"}, "invalid_request"),
            ({"dpop_jkt": "short"}, "invalid_request"),
            ({"nonce": "x" * 600}, "invalid_request"),
            ({"claims": "x" * 9000}, "invalid_request"),
            ({"prompt": "none"}, "login_required"),
        ],
    )  # fmt: skip
    async def test_error(self, browser: Browser, first_party: TestClient, changed: dict[str, Any], error: str) -> None:
        answer = await browser.authorize(first_party, **changed)
        assert answer.headers["location"].startswith(REDIRECT + "?")
        told = answer_of(answer)
        assert (told["error"], told["state"], told["iss"]) == (error, "af0ifjsldkj", ISSUER)
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        ("repeated", "error"),
        [("scope", "invalid_request"), ("nonce", "invalid_request"), ("resource", "invalid_target")],
    )
    async def test_repeated(self, browser: Browser, first_party: TestClient, repeated: str, error: str) -> None:
        asked: dict[str, Any] = {repeated: ["openid", "profile"]}
        told = answer_of(await browser.authorize(first_party, **asked))
        assert (told["error"], told["state"]) == (error, "af0ifjsldkj")

    async def test_a_state_that_came_twice_is_nobodys(self, browser: Browser, first_party: TestClient) -> None:
        told = answer_of(await browser.authorize(first_party, state=["one", "two"]))
        assert told["error"] == "invalid_request"
        assert "state" not in told

    @pytest.mark.parametrize("mode", ["query", "web_message"])
    async def test_a_state_that_no_address_could_carry_is_not_told(
        self, auth: AuthProcess, first_party: TestClient, mode: str
    ) -> None:
        asked = {
            "client_id": first_party.client_id, "redirect_uri": REDIRECT, "response_type": "code",
            "response_mode": mode, "state": "\u00e9" * 30_000,
        }  # fmt: skip
        told = answer_of(await auth.http.post("/oauth/authorize", data=asked))
        assert told["error"] == "invalid_request"
        assert "state" not in told

    async def test_client_without_the_code_flow(self, browser: Browser, make_client: MakeClient) -> None:
        client = await make_client(redirect_uris=[REDIRECT])
        assert answer_of(await browser.authorize(client))["error"] == "unauthorized_client"

    async def test_suspended_tenant(self, browser: Browser, make_client: MakeClient, directory: FakeDirectory) -> None:
        tenant_id = directory.add_tenant()
        client = await make_client(tenant_id, redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"])
        directory.tenants[str(tenant_id)].status = "suspended"
        assert answer_of(await browser.authorize(client))["error"] == "unauthorized_client"

    async def test_errors_travel_in_the_mode_that_was_asked_for(
        self, browser: Browser, first_party: TestClient
    ) -> None:
        answer = await browser.authorize(first_party, response_mode="fragment", prompt="none")
        assert urlsplit(answer.headers["location"]).fragment.startswith("error=login_required")


class TestNextStep:
    async def test_nobody_is_signed_in(self, browser: Browser, first_party: TestClient) -> None:
        assert page_of(await browser.authorize(first_party)) == "sign-in"

    async def test_signed_in(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        told = answer_of(await browser.authorize(first_party))
        assert told.keys() == {"code", "state", "iss"}
        assert told["iss"] == ISSUER

    async def test_post(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        answer = await browser.post(
            "/oauth/authorize", response_type="code", client_id=first_party.client_id, redirect_uri=REDIRECT,
            code_challenge=Pkce().challenge, code_challenge_method="S256",
        )  # fmt: skip
        assert "code" in answer_of(answer)

    async def test_a_forged_cookie_is_nobody(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        browser.cookie = browser.cookie[:-4] + "AAAA"
        assert page_of(await browser.authorize(first_party)) == "sign-in"

    async def test_another_tenants_session_is_nobody(
        self, browser: Browser, first_party: TestClient, directory: FakeDirectory
    ) -> None:
        await browser.sign_in(directory.eve)
        browser.cookie = browser.cookie.replace(directory.other.hex, directory.home.hex)
        assert page_of(await browser.authorize(first_party)) == "sign-in"

    @pytest.mark.parametrize("asked", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
    async def test_fresh_sign_in(self, browser: Browser, first_party: TestClient, asked: dict[str, Any]) -> None:
        await browser.sign_in()
        assert page_of(await browser.authorize(first_party, **asked)) == "sign-in"
        if "prompt" not in asked:
            assert answer_of(await browser.authorize(first_party, prompt="none", **asked))["error"] == "login_required"

    async def test_recent_enough(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        assert "code" in answer_of(await browser.authorize(first_party, max_age="600"))

    async def test_consent(self, browser: Browser, third_party: TestClient) -> None:
        await browser.sign_in()
        assert page_of(await browser.authorize(third_party)) == "consent"
        assert answer_of(await browser.authorize(third_party, prompt="none"))["error"] == "consent_required"

    async def test_consent_asked_for(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        assert page_of(await browser.authorize(first_party, prompt="consent")) == "consent"

    async def test_inactive_user(self, browser: Browser, first_party: TestClient, directory: FakeDirectory) -> None:
        user = directory.add_user("sleepy")
        await browser.sign_in(user)
        user.status = "inactive"
        assert page_of(await browser.authorize(first_party)) == "sign-in"

    async def test_documented_consent_address(self, browser: Browser, third_party: TestClient) -> None:
        await browser.sign_in()
        location = (await browser.authorize(third_party)).headers["location"]
        answer = await browser.get(f"/consent/{location.partition('request_id=')[2]}")
        assert answer.headers["location"] == location
        assert (await browser.get("/consent/unknown")).status_code == 400


class TestAuthenticationContext:
    """``acr_values`` are wishes, an essential ``acr`` is none (OpenID Connect Core section 5.5.1.1)."""

    async def test_wishes(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        assert "code" in answer_of(await browser.authorize(first_party, acr_values="9 urn:mace:incommon:iap:silver"))

    @pytest.mark.parametrize(
        "acr",
        [
            None, {"value": "9"}, {"values": ["9"]}, {"essential": False, "value": "9"}, {"essential": True},
            {"essential": True, "value": "1"}, {"essential": True, "values": ["9", "1"]},
        ],
    )  # fmt: skip
    async def test_what_can_be_met(self, browser: Browser, first_party: TestClient, acr: object) -> None:
        await browser.sign_in()
        claims = json.dumps({"userinfo": None, "id_token": {"acr": acr, "auth_time": {"essential": True}}})
        assert "code" in answer_of(await browser.authorize(first_party, claims=claims))

    @pytest.mark.parametrize("acr", [{"value": "9"}, {"values": ["9", "8"]}, {"values": []}])
    @pytest.mark.parametrize("prompt", [None, "none", "login"])
    async def test_what_can_not(
        self, browser: Browser, first_party: TestClient, acr: dict[str, Any], prompt: str | None
    ) -> None:
        await browser.sign_in()
        claims = json.dumps({"id_token": {"acr": {"essential": True, **acr}}})
        told = answer_of(await browser.authorize(first_party, claims=claims, prompt=prompt))
        assert (told["error"], told["state"]) == ("unmet_authentication_requirements", "af0ifjsldkj")

    @pytest.mark.parametrize(
        "claims",
        [
            "{", "[]", '{"id_token": []}', '{"id_token": {"acr": "1"}}', "[" * 5000,
            '{"id_token": {"acr": {"essential": true, "value": 1}}}',
            '{"id_token": {"acr": {"essential": true, "values": "1"}}}',
        ],
    )  # fmt: skip
    async def test_nonsense(self, browser: Browser, first_party: TestClient, claims: str) -> None:
        assert answer_of(await browser.authorize(first_party, claims=claims))["error"] == "invalid_request"


class TestResponseModes:
    async def test_query_keeps_what_the_address_has(self, browser: Browser, make_client: MakeClient) -> None:
        uri = "https://app.example.com/callback?tenant=a%20b"
        client = await make_client(
            redirect_uris=[uri], require_consent=False, allowed_grant_types=["authorization_code"]
        )
        await browser.sign_in()
        location = (await browser.authorize(client, redirect_uri=uri)).headers["location"]
        assert location.startswith(f"{uri}&code=")

    async def test_fragment(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        location = (await browser.authorize(first_party, response_mode="fragment")).headers["location"]
        assert location.startswith(f"{REDIRECT}#code=")

    async def test_form_post(self, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        answer = await browser.authorize(first_party, response_mode="form_post", state='"><script>alert(1)</script>')
        assert answer.status_code == 200
        assert f'<form method="post" action="{REDIRECT}">' in answer.text
        assert "<script>alert" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        script = await browser.get("/oauth/authorize/form_post.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert "submit" in script.text

    async def test_own_schemes_can_not_be_posted_to(self, browser: Browser, make_client: MakeClient) -> None:
        client = await make_client(
            redirect_uris=["com.example.app:/cb"], require_consent=False, allowed_grant_types=["authorization_code"]
        )
        answer = await browser.authorize(client, redirect_uri="com.example.app:/cb", response_mode="form_post")
        assert answer.headers["location"].startswith("com.example.app:/cb?error=invalid_request")
