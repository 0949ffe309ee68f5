"""A relying party on this machine: a client of a company, and the server that its people come back to."""

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.e2e.world import Company, unique

_HOME = b"<!doctype html><html lang=en><meta charset=utf-8><title>The application</title><h1>The application</h1>"


class _Pages(BaseHTTPRequestHandler):
    """``/callback`` redirects to another origin, as many applications do; everything else is a page."""

    def do_GET(self) -> None:
        if self.path.startswith("/callback"):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{self.server.server_port}/home?{urlsplit(self.path).query}")  # type: ignore[attr-defined]  # it is an HTTPServer
            self.end_headers()
            return
        self._page(_HOME)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._page(_HOME + b"<output>" + body + b"</output>")

    def _page(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@contextmanager
def serving() -> Iterator[int]:
    """The server's port, on every loopback address."""
    server = ThreadingHTTPServer(("0.0.0.0", 0), _Pages)  # noqa: S104 - 127.0.0.1 and 127.0.0.2, two origins
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


@dataclass
class App:
    """A public client with PKCE."""

    company: Company
    client_id: str
    name: str
    port: int
    verifiers: dict[str, str] = field(default_factory=dict)

    @property
    def redirect_uri(self) -> str:
        return f"http://localhost:{self.port}/callback"

    @property
    def home(self) -> str:
        """Where people are in the end, as a pattern for addresses."""
        return f"http://127.0.0.2:{self.port}/home?**"

    @classmethod
    async def register(cls, company: Company, port: int, **fields: Any) -> "App":
        name = unique("Shop")
        body = {
            "name": name, "client_id": f"{company.client_id}-{name}".lower(), "is_public": True,
            "redirect_uris": [f"http://localhost:{port}/callback"],
            "post_logout_redirect_uris": [f"http://localhost:{port}/bye"],
            "allowed_grant_types": ["authorization_code", "refresh_token"],
            "allowed_scopes": ["openid", "profile", "email", "offline_access"], "require_consent": False, **fields,
        }  # fmt: skip
        made = await company.admin.create(f"{company.path}/clients", body)
        return cls(company, made["client"]["client_id"], name, port)

    def address(self, **parameters: str) -> str:
        """Of a new authorization request."""
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        self.verifiers[state] = verifier
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect_uri, "state": state,
            "scope": "openid profile", "code_challenge": challenge, "code_challenge_method": "S256", **parameters,
        }  # fmt: skip
        return f"{self.company.admin.url}/oauth/authorize?{urlencode(asked)}"

    async def redeem(self, address: str) -> dict[str, Any]:
        """The tokens for the code in the address that the browser came back to."""
        answer = dict(parse_qsl(urlsplit(address).query))
        response = await self.company.admin.token_request(
            grant_type="authorization_code", client_id=self.client_id, redirect_uri=self.redirect_uri,
            code=answer["code"], code_verifier=self.verifiers[answer["state"]],
        )  # fmt: skip
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens
