"""Parameters that no client sends by accident: refused by every protocol endpoint in the form of its RFC."""

from base64 import b64encode
from urllib.parse import quote

import httpx
import pytest

from services.auth.tests.auth_browser import REDIRECT, Pkce
from services.auth.tests.auth_harness import AuthProcess, TestClient

POSTS = {
    "/oauth/token": [
        "grant_type", "scope", "username", "password", "refresh_token", "code", "device_code", "subject_token",
        "client_id", "client_secret", "client_assertion", "resource", "audience",
    ],
    "/oauth/par": ["redirect_uri", "state", "nonce", "scope", "client_id", "login_hint", "claims", "dpop_jkt"],
    "/oauth/device_authorization": ["scope", "client_id"],
    "/oauth/introspect": ["token", "token_type_hint", "client_id"],
    "/oauth/revoke": ["token", "token_type_hint", "client_id"],
}  # fmt: skip
PAGES = ["/oauth/authorize", "/oauth/logout"]
UNREADABLE = {
    "nul": "a%00b", "overlong nul": "a%C0%80b", "lone surrogate": "%ED%A0%80", "no utf-8": "%FF%FE",
    "cut short": "%E2%82",
}  # fmt: skip
ODD = {
    "no percent-encoding": "%zz%", "controls": "%01%0D%0A%1B%7F", "noncharacter": "%EF%BF%BF", "long": "x" * 20_000,
    "bidi": "%E2%80%AE", "beyond the plane": "%F0%9F%92%A9", "blank": "+",
}  # fmt: skip
_FORM = "application/x-www-form-urlencoded"

unreadable = pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE)
odd = pytest.mark.parametrize("value", ODD.values(), ids=ODD)
each_post = pytest.mark.parametrize("path", POSTS)
each_page = pytest.mark.parametrize("path", PAGES)


def encoded(parameters: dict[str, str]) -> str:
    """Values are taken as they are: they have been encoded, or are meant not to be."""
    return "&".join(f"{name}={value}" for name, value in parameters.items())


async def post(auth: AuthProcess, path: str, parameters: dict[str, str], **headers: str) -> httpx.Response:
    return await auth.http.post(path, content=encoded(parameters), headers={"Content-Type": _FORM, **headers})


def own(client: TestClient) -> dict[str, str]:
    """What makes the rest of a request well-formed."""
    return {
        "client_id": client.client_id, "client_secret": quote(client.secret), "grant_type": "password",
        "username": "bob", "password": "x", "token": "x",
    }  # fmt: skip


def in_oauths_form(answer: httpx.Response) -> bool:
    return set(answer.json()) == {"error", "error_description"}


class TestPosts:
    @each_post
    @unreadable
    async def test_what_is_no_text(self, auth: AuthProcess, client: TestClient, path: str, value: str) -> None:
        fields = [*({**own(client), name: value} for name in [*POSTS[path], "unknown"]), {**own(client), value: "x"}]
        for each in fields:
            answer = await post(auth, path, each)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), (each, answer.text)
            assert in_oauths_form(answer)

    @each_post
    @odd
    async def test_odd_text(self, auth: AuthProcess, client: TestClient, path: str, value: str) -> None:
        for name in POSTS[path]:
            answer = await post(auth, path, {**own(client), name: value})
            assert answer.status_code in (200, 400, 401), (name, answer.text)
            assert answer.status_code == 200 or in_oauths_form(answer)

    @each_post
    @pytest.mark.parametrize("credentials", ["\0:\0", "%00:%00", "%FF:%FF", "%ED%A0%80:x", ":", "x" * 5000])
    async def test_credentials(self, auth: AuthProcess, path: str, credentials: str) -> None:
        basic = b64encode(credentials.encode()).decode()
        answer = await post(auth, path, {"token": "x", "grant_type": "password"}, Authorization=f"Basic {basic}")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    @each_post
    async def test_a_query_says_nothing(self, auth: AuthProcess, client: TestClient, path: str) -> None:
        plain, answer = await post(auth, path, own(client)), await post(auth, f"{path}?x=%00", own(client))
        assert (answer.status_code, answer.text) == (plain.status_code, plain.text)

    @each_post
    async def test_too_much(self, auth: AuthProcess, client: TestClient, path: str) -> None:
        for parameters in ({f"a{number}": "x" for number in range(200)}, {"token": "x" * 1_100_000}):
            answer = await post(auth, path, {**own(client), **parameters})
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


class TestPages:
    """Whoever can't be sent back is told on a page."""

    @each_page
    @unreadable
    async def test_what_is_no_text(self, auth: AuthProcess, first_party: TestClient, path: str, value: str) -> None:
        for name in ("state", "client_id", "unknown"):
            asked = {**_request(first_party), name: value}
            query = f"{path}?{encoded(asked)}"
            for answer in (
                await auth.http.get(query, headers={"Accept": "text/html"}),
                await post(auth, path, asked, Accept="text/html"),
            ):
                assert answer.status_code == 400
                assert answer.headers["content-type"].startswith("text/html")
            told = await auth.http.get(query)
            assert (told.status_code, told.json()["error"]) == (400, "invalid_request")

    @each_page
    @odd
    async def test_odd_text(self, auth: AuthProcess, first_party: TestClient, path: str, value: str) -> None:
        for name in ("state", "client_id", "scope", "nonce", "id_token_hint", "post_logout_redirect_uri", "unknown"):
            for answer in (
                await auth.http.get(f"{path}?{encoded({**_request(first_party), name: value})}"),
                await post(auth, path, {**_request(first_party), name: value}),
            ):
                assert answer.status_code in (303, 400), (name, answer.text)
                assert answer.status_code == 303 or in_oauths_form(answer)

    async def test_a_hosted_page(self, auth: AuthProcess) -> None:
        answer = await auth.http.get("/hosted/any/sign-in?request_id=%00")
        assert answer.status_code == 422
        assert answer.headers["content-type"].startswith("text/html")


class TestUserinfo:
    @pytest.mark.parametrize("value", [*UNREADABLE.values(), *ODD.values()], ids=[*UNREADABLE, *ODD])
    async def test_any_token_that_is_none(self, auth: AuthProcess, value: str) -> None:
        query = await auth.http.get(f"/oauth/userinfo?access_token={value}")
        header = await auth.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {value}"})
        form = await post(auth, "/oauth/userinfo", {"access_token": value})
        for answer, fine in ((query, {401}), (header, {401}), (form, {400, 401})):
            assert answer.status_code in fine, answer.text
            assert in_oauths_form(answer)


def _request(client: TestClient) -> dict[str, str]:
    return {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": quote(REDIRECT, safe=""),
        "scope": "openid", "state": "s", "code_challenge": Pkce().challenge, "code_challenge_method": "S256",
    }  # fmt: skip
