"""A registered client at work: every endpoint of the protocol, through the gateway."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from services.auth.tests.auth_browser import Pkce
from services.auth.tests.dpop import Holder
from tests.e2e.relying_parties.person import Person
from tests.e2e.world import Api, Company, unique
from vaultaris_kit.ids import new_id

REDIRECT = "https://relying-party.example/callback"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def told(request: httpx.Request) -> dict[str, str]:
    """What a redirect to the client carries."""
    return dict(parse_qsl(urlsplit(str(request.url)).query))


@dataclass
class App:
    """A client. ``row_id`` is the id of its registration."""

    api: Api
    row_id: str
    client_id: str
    secret: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})

    async def post(self, endpoint: str, headers: dict[str, str] | None = None, /, **form: Any) -> httpx.Response:
        """``POST /oauth/…`` with the client's credentials, unless ``form`` says otherwise."""
        return await self.api.call("POST", f"/oauth/{endpoint}", data={**self.credentials, **form}, headers=headers)

    async def given(self, endpoint: str, headers: dict[str, str] | None = None, /, **form: Any) -> dict[str, Any]:
        """The body of an answer that must be a success."""
        answer = await self.post(endpoint, headers, **form)
        assert answer.is_success, f"{endpoint}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def refusal(self, endpoint: str, headers: dict[str, str] | None = None, /, **form: Any) -> str:
        """The error of an answer that must be a refusal of the protocol."""
        answer = await self.post(endpoint, headers, **form)
        assert answer.status_code in (400, 401), f"{endpoint}: {answer.status_code} {answer.text}"
        assert set(answer.json()) == {"error", "error_description"}
        return str(answer.json()["error"])

    def address(self, pkce: Pkce, **parameters: str) -> str:
        """Where the browser is sent to begin the code flow."""
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": REDIRECT, "scope": "openid",
            "state": "xyz", "code_challenge": pkce.challenge, "code_challenge_method": "S256", **parameters,
        }  # fmt: skip
        return f"{self.api.url}/oauth/authorize?{urlencode(asked)}"

    async def code(self, person: Person, pkce: Pkce, **parameters: str) -> str:
        """A code that the person let the client have."""
        return told(await person.go(self.address(pkce, **parameters), until=REDIRECT))["code"]

    async def redeem(self, code: str, pkce: Pkce, headers: dict[str, str] | None = None, /) -> httpx.Response:
        form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
        return await self.post("token", headers, **form, code=code)

    async def sign_in(self, person: Person, **parameters: str) -> dict[str, Any]:
        """The whole code flow: the token response."""
        pkce = Pkce()
        answer = await self.redeem(await self.code(person, pkce, **parameters), pkce)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refresh(self, token: str, headers: dict[str, str] | None = None, /, **form: str) -> httpx.Response:
        return await self.post("token", headers, grant_type="refresh_token", refresh_token=token, **form)

    async def is_active(self, token: str) -> bool:
        """What introspection says."""
        return bool((await self.given("introspect", token=token))["active"])


async def register(company: Company, **fields: Any) -> App:
    """A client registered by the company's administrator: a confidential one with the code flow, of no consent."""
    body = {
        "name": "App", "client_id": unique("app"), "redirect_uris": [REDIRECT], "require_consent": False,
        "allowed_grant_types": ["authorization_code", "refresh_token"],
        "allowed_scopes": ["openid", "profile", "email", "offline_access"], **fields,
    }  # fmt: skip
    made = await company.admin.create(f"{company.path}/clients", body)
    return App(company.admin.with_token(None), made["client"]["id"], made["client"]["client_id"], made["client_secret"])


def proof(holder: Holder, **changes: Any) -> dict[str, str]:
    """Headers for the token endpoint with a proof of the holder's key."""
    return holder.at_token_endpoint(**changes)


async def register_with_key(company: Company, key: Holder, **fields: Any) -> App:
    """A client that proves itself by a key of its own (``private_key_jwt``)."""
    made = await register(
        company, token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{**key.jwk, "kid": "own-1", "use": "sig"}]},
        allowed_grant_types=["authorization_code", "refresh_token", "client_credentials"], **fields,
    )  # fmt: skip
    return App(made.api, made.row_id, made.client_id, "")


def assertion(app: App, key: Holder, **changes: Any) -> dict[str, str]:
    """Form fields that prove who the client is (RFC 7523 section 2.2), but for ``changes`` to the claims."""
    claims = {
        "iss": app.client_id, "sub": app.client_id, "aud": app.api.url, "jti": str(new_id()),
        "exp": int(time.time()) + 60, **changes,
    }  # fmt: skip
    signed = key.sign({"alg": "ES256", "kid": "own-1"}, {name: each for name, each in claims.items() if each})
    return {"client_assertion_type": ASSERTION, "client_assertion": signed}
