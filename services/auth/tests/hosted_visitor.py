"""A browser without a window: it keeps cookies as they are set, follows nothing by itself, and reads forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from services.auth.tests.auth_browser import REDIRECT, Pkce
from services.auth.tests.auth_harness import ISSUER, AuthProcess, TestClient


@dataclass
class PageForm(HTMLParser):
    """The first form of a page."""

    html: str
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        elif tag == "input" and found.get("name"):
            self.fields[found["name"]] = found.get("value", "")


@dataclass
class Visitor:
    """Somebody at one replica."""

    auth: AuthProcess
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return self._keep(await self.auth.http.get(path.removeprefix(ISSUER), headers=self._headers(headers)))

    async def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        answer = await self.auth.http.post(path.removeprefix(ISSUER), data=form, headers=self._headers(headers))
        return self._keep(answer)

    async def authorize(self, client: TestClient, pkce: Pkce | None = None, **parameters: Any) -> httpx.Response:
        """``GET /oauth/authorize``."""
        asked = {
            "response_type": "code", "client_id": client.client_id, "redirect_uri": REDIRECT, "scope": "openid profile",
            "state": "s", "code_challenge": (pkce or Pkce()).challenge, "code_challenge_method": "S256", **parameters,
        }  # fmt: skip
        answer = await self.auth.http.get("/oauth/authorize", params=asked, headers=self._headers({}))
        return self._keep(answer)

    async def page(self, client: TestClient, **parameters: Any) -> str:
        """The address of the page that an authorization request leads to."""
        answer = await self.authorize(client, **parameters)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix(ISSUER)

    async def fill(self, path: str, **fields: str) -> httpx.Response:
        """Opens a page and sends its form with ``fields``."""
        form = PageForm((await self.get(path)).text)
        return await self.post(form.action, {**form.fields, **fields})

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """On to where a form's answer points."""
        assert answer.status_code == 303, answer.text
        return await self.get(answer.headers["location"])

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {**self.headers, **({"Cookie": cookie} if cookie else {}), **named}

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        for header in answer.headers.get_list("set-cookie"):
            (name, _, value), attributes = header.partition(";")[0].partition("="), header.lower()
            assert name.startswith("__Host-"), header
            assert "secure" in attributes, header
            assert "httponly" in attributes, header
            assert "samesite=lax" in attributes, header
            if "max-age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')
        return answer
