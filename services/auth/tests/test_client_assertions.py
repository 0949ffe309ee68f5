"""Clients that authenticate by assertions (RFC 7523)."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from services.auth.tests.dpop import Holder
from vaultaris_auth.oauth.client_authentication.assertions import TYPE
from vaultaris_kit.ids import new_id
from vaultaris_kit.jwk import encode_base64url

GRANT = {"grant_type": "client_credentials"}


def claims_for(client: TestClient, **changes: Any) -> dict[str, Any]:
    """Good claims, but for ``changes``; None leaves one out."""
    claims = {
        "iss": client.client_id, "sub": client.client_id, "aud": ISSUER, "jti": str(new_id()),
        "iat": int(time.time()), "exp": int(time.time()) + 60,
    }  # fmt: skip
    return {name: value for name, value in (claims | changes).items() if value is not None}


def hs256(secret: str, claims: dict[str, Any], algorithm: str = "HS256") -> str:
    parts = [encode_base64url(json.dumps(each).encode()) for each in ({"alg": algorithm}, claims)]
    signature = hmac.digest(secret.encode(), ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, encode_base64url(signature)])


async def ask(auth: AuthProcess, assertion: str, **form: str) -> tuple[int, str | None]:
    """Status and error of a token request."""
    sent = {**GRANT, "client_assertion_type": TYPE, "client_assertion": assertion, **form}
    answer = await auth.http.post("/oauth/token", data=sent)
    return answer.status_code, answer.json().get("error")


REFUSED = (401, "invalid_client")


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
async def keyed(make_client: MakeClient, holder: Holder) -> TestClient:
    """A client of ``private_key_jwt`` whose key ``holder`` holds."""
    jwk = {**holder.jwk, "kid": "one"}
    return await make_client(token_endpoint_auth_method="private_key_jwt", jwks={"keys": [jwk]})


class TestPrivateKeyJwt:
    @pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oauth/token", f"{ISSUER}/oauth/par", [ISSUER]])
    async def test_accepts(self, auth: AuthProcess, keyed: TestClient, holder: Holder, audience: Any) -> None:
        assertion = holder.sign({"alg": "ES256", "kid": "one"}, claims_for(keyed, aud=audience))
        assert await ask(auth, assertion) == (200, None)

    async def test_once(self, auth: AuthProcess, keyed: TestClient, holder: Holder) -> None:
        assertion = holder.sign({"alg": "ES256"}, claims_for(keyed))
        answers = await asyncio.gather(*(ask(auth, assertion) for _ in range(6)))
        assert sorted(answers, key=str) == [(200, None)] + [REFUSED] * 5

    async def test_at_every_endpoint(self, auth: AuthProcess, keyed: TestClient, holder: Holder) -> None:
        token = (await auth.http.post("/oauth/token", data={**GRANT, **self._form(keyed, holder)})).json()
        for path in ("/oauth/introspect", "/oauth/revoke"):
            form = {"token": token["access_token"], **self._form(keyed, holder)}
            assert (await auth.http.post(path, data=form)).status_code == 200

    def _form(self, client: TestClient, holder: Holder) -> dict[str, str]:
        assertion = holder.sign({"alg": "ES256", "typ": "client-authentication+jwt"}, claims_for(client))
        return {"client_assertion_type": TYPE, "client_assertion": assertion, "client_id": client.client_id}

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "somebody"},
            {"sub": "somebody"},
            {"aud": None},
            {"aud": "https://evil.example"},
            {"aud": [ISSUER, "https://evil.example"]},
            {"aud": f"{ISSUER}/oauth/revoke"},
            {"exp": None},
            {"exp": time.time() - 120},
            {"exp": time.time() + 86_400},
            {"exp": "tomorrow"},
            {"nbf": time.time() + 3600},
            {"iat": time.time() + 3600},
            {"jti": None},
            {"jti": ""},
            {"jti": "x" * 300},
        ],
    )
    async def test_bad_claims(
        self, auth: AuthProcess, keyed: TestClient, holder: Holder, changes: dict[str, Any]
    ) -> None:
        assert await ask(auth, holder.sign({"alg": "ES256"}, claims_for(keyed, **changes))) == REFUSED

    @pytest.mark.parametrize("texts", [("{}", "[" * 3000), ('{"x":' + "[" * 3000, "{}")])
    async def test_brackets(self, auth: AuthProcess, holder: Holder, texts: tuple[str, str]) -> None:
        """More of them than a decoder goes down into."""
        assert await ask(auth, holder.sign_texts(*texts)) == REFUSED

    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none"},
            {"alg": "RS256"},
            {"alg": "ES256", "typ": "at+jwt"},
            {"alg": "ES256", "typ": "dpop+jwt"},
            {"alg": "ES256", "crit": ["x"], "x": 1},
            {"alg": "ES256", "kid": "two"},
            {"alg": "ES256", "kid": 1},
        ],
    )
    async def test_bad_headers(
        self, auth: AuthProcess, keyed: TestClient, holder: Holder, header: dict[str, Any]
    ) -> None:
        assert await ask(auth, holder.sign(header, claims_for(keyed))) == REFUSED

    async def test_anothers_key(self, auth: AuthProcess, keyed: TestClient) -> None:
        assert await ask(auth, Holder().sign({"alg": "ES256"}, claims_for(keyed))) == REFUSED

    async def test_the_public_key_is_no_secret(self, auth: AuthProcess, keyed: TestClient, holder: Holder) -> None:
        assert await ask(auth, hs256(json.dumps(holder.jwk), claims_for(keyed))) == REFUSED
        assert await ask(auth, hs256("", claims_for(keyed))) == REFUSED

    async def test_registered_algorithm(self, auth: AuthProcess, make_client: MakeClient, holder: Holder) -> None:
        client = await make_client(
            token_endpoint_auth_method="private_key_jwt", token_endpoint_auth_signing_alg="RS256",
            jwks={"keys": [holder.jwk]},
        )  # fmt: skip
        assert await ask(auth, holder.sign({"alg": "ES256"}, claims_for(client))) == REFUSED

    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.b.c", "." * 20_000])
    async def test_nonsense(self, auth: AuthProcess, text: str) -> None:
        assert (await ask(auth, text))[0] in (400, 401)

    async def test_form_must_agree(self, auth: AuthProcess, keyed: TestClient, holder: Holder) -> None:
        assertion = holder.sign({"alg": "ES256"}, claims_for(keyed))
        assert await ask(auth, assertion, client_id="other") == (400, "invalid_request")
        assert await ask(auth, assertion, client_secret="x") == (400, "invalid_request")
        assert await ask(auth, assertion, client_assertion_type="x") == (400, "invalid_request")


class TestMethods:
    async def test_are_exact(self, auth: AuthProcess, make_client: MakeClient, keyed: TestClient) -> None:
        """No client can use a method that it is not registered for."""
        holder = Holder()
        by_secret = await make_client(jwks={"keys": [holder.jwk]})
        assert await ask(auth, holder.sign({"alg": "ES256"}, claims_for(by_secret))) == REFUSED
        assert await ask(auth, hs256(by_secret.secret, claims_for(by_secret))) == REFUSED
        answer = await auth.http.post("/oauth/token", data={**GRANT, "client_id": keyed.client_id})
        assert answer.json()["error"] == "invalid_client"
        answer = await auth.http.post(
            "/oauth/token", data={**GRANT, "client_id": keyed.client_id, "client_secret": "x"}
        )
        assert answer.json()["error"] == "invalid_client"


class TestClientSecretJwt:
    async def test_accepts_and_refuses(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(token_endpoint_auth_method="client_secret_jwt")
        assertion = hs256(client.secret, claims_for(client))
        assert await ask(auth, assertion) == (200, None)
        assert await ask(auth, assertion) == REFUSED
        assert await ask(auth, hs256("wrong", claims_for(client))) == REFUSED
        assert await ask(auth, hs256(client.secret, claims_for(client), "HS512")) == REFUSED
        assert (await auth.token(client, **GRANT)).json()["error"] == "invalid_client"


class KeyServer:
    """Serves a JWK set on loopback, and counts."""

    def __init__(self) -> None:
        self.body, self.asked, self.port = b"{}", 0, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n"
        writer.write(head.encode() + self.body)
        await writer.drain()
        writer.close()

    def show(self, *holders: Holder) -> None:
        keys = [{**holder.jwk, "kid": holder.jkt} for holder in holders]
        self.body = json.dumps({"keys": [{"kty": "oct"}, "x", *keys]}).encode()


@pytest.fixture
async def key_server() -> AsyncIterator[KeyServer]:
    served = KeyServer()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    yield served
    server.close()


class TestJwksUri:
    async def test_is_fetched_once_for_many(
        self, auth: AuthProcess, make_client: MakeClient, key_server: KeyServer, holder: Holder
    ) -> None:
        key_server.show(holder)
        client = await make_client(
            token_endpoint_auth_method="private_key_jwt", jwks_uri=f"http://127.0.0.1:{key_server.port}/jwks"
        )

        def assertion(by: Holder) -> str:
            return by.sign({"alg": "ES256", "kid": by.jkt}, claims_for(client))

        answers = await asyncio.gather(*(ask(auth, assertion(holder)) for _ in range(8)))
        assert answers == [(200, None)] * 8
        for _ in range(5):
            assert await ask(auth, assertion(Holder())) == REFUSED
        assert key_server.asked == 1, "an unknown kid has the set fetched again only after a while"

    async def test_a_site_that_is_away(self, auth: AuthProcess, make_client: MakeClient, holder: Holder) -> None:
        client = await make_client(token_endpoint_auth_method="private_key_jwt", jwks_uri="http://127.0.0.1:1/jwks")
        assert await ask(auth, holder.sign({"alg": "ES256"}, claims_for(client))) == REFUSED
