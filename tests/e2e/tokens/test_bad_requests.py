"""The protocol's endpoints, asked in every wrong way: one clear refusal, which nobody keeps, and nothing else."""

from typing import Any

import httpx
import pytest

from services.auth.tests.auth_browser import Pkce
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import REDIRECT, App, told
from tests.e2e.world import Company, World

FORM = "application/x-www-form-urlencoded"
ENDPOINTS = ("token", "revoke", "introspect", "par", "device_authorization")
METHODS = {
    **dict.fromkeys(ENDPOINTS, "POST"), **dict.fromkeys(("authorize", "userinfo", "logout"), "GET, HEAD, POST"),
}  # fmt: skip
UNVERIFIED = (
    "https://evil.example.com/", "//evil.example.com", REDIRECT + "/", REDIRECT + "?x", REDIRECT + "#x",
    REDIRECT.upper(), REDIRECT.replace("party.example", "party.example.evil.example"),
    REDIRECT.replace("://", "://x@"), REDIRECT.replace("/callback", "/../callback"), "javascript:alert(1)",
)  # fmt: skip


def is_refusal(answer: httpx.Response) -> bool:
    """A refusal in OAuth's form that nobody may keep."""
    assert set(answer.json()) >= {"error", "error_description"}, answer.text
    assert answer.headers["content-type"] == "application/json"
    return 400 <= answer.status_code < 500 and answer.headers["cache-control"] == "no-store"


class TestMethods:
    @pytest.mark.parametrize("endpoint", METHODS)
    async def test_the_answer_names_those_that_work(self, world: World, endpoint: str) -> None:
        for method in ("PUT", "DELETE", "PATCH", *(["GET"] if METHODS[endpoint] == "POST" else [])):
            answer = await world.public.call(method, f"/oauth/{endpoint}")
            assert (answer.status_code, answer.headers["allow"]) == (405, METHODS[endpoint]), method


class TestBodies:
    @pytest.mark.parametrize("endpoint", [*ENDPOINTS, "authorize", "logout"])
    @pytest.mark.parametrize(
        ("kind", "body", "status"),
        [
            ("application/json", b"{}", 400), ("multipart/form-data; boundary=x", b"--x--", 400), ("", b"a=b", 400),
            (FORM, b"a=%ff", 400), (FORM, b"\xff", 400), (FORM, b"token=%00", 400),
            (FORM, b"client_id=a&client_id=b", 400), (FORM, b"&".join([b"a=1"] * 200), 400),
            (FORM, b"a=" + b"x" * 1_100_000, 413),
        ],
        ids=["json", "multipart", "untyped", "not utf-8", "not ascii", "nul", "repeated", "many", "huge"],
    )  # fmt: skip
    async def test_refused(self, world: World, endpoint: str, kind: str, body: bytes, status: int) -> None:
        headers = {"Content-Type": kind} if kind else {}
        answer = await world.public.call("POST", f"/oauth/{endpoint}", content=body, headers=headers)
        assert (answer.status_code, is_refusal(answer)) == (status, True)

    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    async def test_values_of_any_size_and_kind(self, app: App, endpoint: str) -> None:
        names = ("grant_type", "token", "code", "scope", "redirect_uri", "request_uri", "resource", "token_type_hint")
        for value in ("x" * 200_000, "\U0001f600" * 1000, "' OR 1=1 --", "{{7*7}}", "\r\nX: y", "null", "-1"):
            for name in names:
                answer = await app.post(endpoint, **{name: value})
                assert answer.status_code in (200, 400, 401), f"{name}={value[:20]}: {answer.text[:300]}"
                assert answer.status_code == 200 or is_refusal(answer)


class TestAuthorize:
    @pytest.mark.parametrize("uri", UNVERIFIED)
    async def test_leads_nowhere_unverified(self, app: App, person: Person, uri: str) -> None:
        await app.sign_in(person)
        for more in ({}, {"prompt": "none"}, {"response_mode": "form_post"}, {"scope": "everything"}):
            answer = await person.http.get(app.address(Pkce(), redirect_uri=uri, **more))
            assert (answer.status_code, is_refusal(answer)) == (400, True)
            assert "location" not in answer.headers

    @pytest.mark.parametrize("size", [3_000, 60_000])
    async def test_a_huge_state_is_refused_to_the_client(self, app: App, size: int) -> None:
        form = {"response_type": "code", "client_id": app.client_id, "redirect_uri": REDIRECT, "state": "\u00e9" * size}
        answer = await app.api.call("POST", "/oauth/authorize", data=form)
        assert answer.status_code == 303
        assert told(httpx.Request("GET", answer.headers["location"])) == {
            "error": "invalid_request", "error_description": "The state is longer than 2048 characters.",
            "iss": app.api.url,
        }  # fmt: skip

    async def test_a_level_that_is_not_there(self, app: App, person: Person) -> None:
        """``acr_values`` are wishes; a level that is called essential is none (OpenID Connect Core 5.5.1.1)."""
        assert (await app.sign_in(person, acr_values="9 8"))["id_token"]
        essential = '{"id_token":{"acr":{"essential":true,"values":["9"]}}}'
        answer = told(await person.go(app.address(Pkce(), claims=essential), until=REDIRECT))
        assert answer["error"] == "unmet_authentication_requirements"


class TestLogout:
    @pytest.mark.parametrize("uri", [*UNVERIFIED, REDIRECT])
    async def test_leads_nowhere_unverified(self, firm: Company, app: App, person: Person, uri: str) -> None:
        signed_in = await app.sign_in(person)
        asked: list[dict[str, Any]] = [{}, {"client_id": app.client_id}, {"id_token_hint": signed_in["id_token"]}]
        for each in asked:
            answer = await person.http.get(
                f"{firm.admin.url}/oauth/logout", params={"post_logout_redirect_uri": uri, **each}
            )
            assert (answer.status_code, is_refusal(answer)) == (400, True)
            assert "location" not in answer.headers
        assert await app.is_active(signed_in["access_token"]), "and nobody is signed out"


class TestKeptByNobody:
    async def test_answers_to_any_credential(self, firm: Company) -> None:
        made = await firm.admin.create(f"{firm.path}/api-keys", {"name": "reader"})
        for path in ("users", "clients", "policies", "sessions", "audit", "no-such-thing"):
            for headers in ({}, {"X-Api-Key": made["secret"]}):
                caller = firm.admin.with_token(None) if headers else firm.admin
                answer = await caller.call("GET", f"{firm.path}/{path}", headers=headers)
                assert answer.headers["cache-control"] == "no-store", path

    async def test_but_what_is_for_everybody(self, world: World) -> None:
        for path in ("openid-configuration", "oauth-authorization-server", "jwks.json"):
            answer = await world.public.call("GET", f"/.well-known/{path}")
            assert answer.headers["cache-control"].startswith("public, max-age=")
