"""A browser, as far as the protocol sees one: it follows nothing by itself and keeps one cookie."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
from sqlalchemy import text

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, TestClient
from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_auth.browser_sessions.operations import start_browser_session
from vaultaris_auth.revocations.marks import MAX_TOKENS
from vaultaris_kit.database import Database
from vaultaris_kit.ids import now

REDIRECT = "https://app.example.com/callback"


@dataclass
class Pkce:
    """A verifier and its challenge."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters that a redirect to the client carries."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    return dict(parse_qsl(parts.query or parts.fragment))


async def hoard(database: Database, tenant_id: UUID, client: TestClient) -> None:
    """As if the client had redeemed each code that it has redeemed a great many times more, and just now."""
    async with database.tenant(tenant_id) as session:
        for statement in (_MORE_CODES, _MORE_FAMILIES):
            await session.execute(statement, {"client_id": client.client_id, "times": MAX_TOKENS + 1})


_MORE_CODES = text("""
    INSERT INTO auth.authorization_codes
    SELECT (jsonb_populate_record(c, jsonb_build_object(
               'id', gen_random_uuid(), 'code_hash', '\\x' || replace(gen_random_uuid()::text, '-', ''),
               'access_token_id', left(c.access_token_id::text, 24) || right(gen_random_uuid()::text, 12),
               'spent_at', now()))).*
      FROM auth.authorization_codes c, generate_series(1, :times)
     WHERE c.client_id = :client_id AND c.spent_at IS NOT NULL
""")
_MORE_FAMILIES = text("""
    INSERT INTO auth.token_families
    SELECT (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid()))).*
      FROM auth.token_families f, generate_series(1, :times) WHERE f.client_id = :client_id
""")


@dataclass
class Browser:
    """Talks to one replica for one person of the home tenant, or for nobody."""

    auth: AuthProcess
    database: Database
    directory: FakeDirectory
    cookie: str = ""
    session_id: UUID | None = None

    async def sign_in(self, user: User | None = None, *, amr: list[str] | None = None) -> None:
        """As the sign-in page does it, without the page."""
        user = user or self.directory.bob
        tenant = self.directory.tenants[user.tenant_id]
        async with self.database.tenant(UUID(user.tenant_id)) as session:
            started = await start_browser_session(
                session, tenant, UUID(user.id), begun_at=now(), amr=amr or ["pwd"], acr="1", previous=None
            )
        self.session_id = started.browser.id
        self.cookie = f"__Host-vaultaris-{UUID(user.tenant_id).hex}={started.secret}"

    async def end_session(self) -> None:
        """As the sessions service does it when somebody revokes the session."""
        subject = Revocation(subject=Revocation.SUBJECT_SESSION, id=str(self.session_id))
        await self.auth.stub.Revoke(RevokeRequest(tenant_id=str(self.directory.home), revocations=[subject]))

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        return await self.auth.http.get(path, params=parameters, headers={"Cookie": self.cookie})

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self.auth.http.post(path, data=form, headers={"Cookie": self.cookie})

    async def authorize(self, client: TestClient, pkce: Pkce | None = None, **parameters: Any) -> httpx.Response:
        """``GET /oauth/authorize``; a parameter that is None is left out."""
        pkce = pkce or Pkce()
        asked = {
            "response_type": "code", "client_id": client.client_id, "redirect_uri": REDIRECT, "scope": "openid profile",
            "state": "af0ifjsldkj", "code_challenge": pkce.challenge, "code_challenge_method": "S256", **parameters,
        }  # fmt: skip
        return await self.get("/oauth/authorize", **{name: value for name, value in asked.items() if value is not None})

    async def code(self, client: TestClient, pkce: Pkce, **parameters: Any) -> str:
        """A code, which must be given."""
        return answer_of(await self.authorize(client, pkce, **parameters))["code"]


async def redeem(auth: AuthProcess, client: TestClient, code: str, pkce: Pkce, /, **form: str) -> httpx.Response:
    """``POST /oauth/token`` with a code."""
    return await auth.token(
        client,
        **{"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
        | form,
    )
