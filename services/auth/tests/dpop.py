"""A client's key, and the proofs that it makes (RFC 9449 section 4.2)."""

import hashlib
import json
import time
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from services.auth.tests.auth_harness import ISSUER, AuthProcess, TestClient
from tests.eventually import eventually
from vaultaris_kit.ids import new_id
from vaultaris_kit.jwk import encode_base64url, thumbprint_of


class Holder:
    """Holds an ES256 key."""

    def __init__(self, base: str = ISSUER) -> None:
        self._private, self._base = generate_private_key(SECP256R1()), base
        numbers = self._private.public_key().public_numbers()
        x, y = (encode_base64url(value.to_bytes(32)) for value in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self.jkt = thumbprint_of(self.jwk)

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Any compact JWS."""
        return self.sign_texts(json.dumps(header), json.dumps(claims))

    def sign_texts(self, header: str, claims: str) -> str:
        """The same of what need not be JSON."""
        parts = [encode_base64url(each.encode()) for each in (header, claims)]
        r, s = decode_dss_signature(self._private.sign(".".join(parts).encode(), ECDSA(SHA256())))
        return ".".join([*parts, encode_base64url(r.to_bytes(32) + s.to_bytes(32))])

    def proof(
        self, method: str, path: str, *, token: str | None = None, header: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """A good proof, but for ``changes`` to its claims and ``header``; None leaves a claim out."""
        claims = {"jti": str(new_id()), "htm": method, "htu": self._base + path, "iat": int(time.time())}
        if token is not None:
            claims["ath"] = encode_base64url(hashlib.sha256(token.encode()).digest())
        told = {name: value for name, value in (claims | changes).items() if value is not None}
        return self.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk, **(header or {})}, told)

    def at_token_endpoint(self, **changes: Any) -> dict[str, str]:
        """Headers for ``POST /oauth/token``."""
        return {"DPoP": self.proof("POST", "/oauth/token", **changes)}

    def headers(self, token: str, method: str, path: str, **changes: Any) -> dict[str, str]:
        """Headers for a request with ``token``."""
        return {
            "Authorization": f"DPoP {token}",
            "DPoP": self.proof(method, path, token=token, **changes),
        }


def challenge_of(answer: httpx.Response) -> str:
    """What a 401 says."""
    assert answer.status_code == 401, answer.text
    return answer.headers["www-authenticate"]


async def until_proofs_need_no_nonce(auth: AuthProcess, client: TestClient) -> None:
    """Until the memory of used proofs is a few seconds old, every proof needs a nonce (docs/adr/0008)."""

    async def asked_for_a_nonce() -> bool:
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers=Holder().at_token_endpoint())
        return answer.status_code == 400 and answer.json()["error"] == "use_dpop_nonce"

    await eventually(asked_for_a_nonce, lambda asked: not asked)
