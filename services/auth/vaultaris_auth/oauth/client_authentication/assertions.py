"""Client assertions (RFC 7523 section 3, OpenID Connect Core section 9): the checks, one after the other.

The audience must be this server's issuer, which is what newer guidance wants, or else the address of the token
endpoint, which OpenID Connect told clients to use, or of the endpoint for pushed requests (RFC 9126 section 2);
alone in any case, so that what was made for somebody else is no good here.
"""

import hashlib
import hmac
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag

from vaultaris_auth.clients.models import SECRET_PURPOSE
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.client_keys import ClientKeys
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.jwk import ALGORITHMS, decode_base64url
from vaultaris_kit.replay import Claim

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
HMAC: Final = "HS256"
MAX_CHARS: Final = 16_384
MAX_LIFE_SECONDS: Final = 3600
_SKEW_SECONDS: Final = 60
_MAX_JTI_CHARS: Final = 256
_JWS_PARTS: Final = 3
_TYPES: Final = (None, "JWT", "client-authentication+jwt")


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str | None = None
    typ: str | None = None
    crit: Any = None


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    jti: str
    iat: float | None = None
    nbf: float | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion, read but not verified."""

    algorithm: str
    key_id: str | None
    claims: _Claims
    signed: bytes
    signature: bytes

    @property
    def is_keyed(self) -> bool:
        """Whether it is authenticated by a secret instead of a key pair."""
        return self.algorithm == HMAC


_header = msgspec.json.Decoder(_Header).decode
_claims = msgspec.json.Decoder(_Claims).decode


def read_assertion(text: str) -> Assertion | None:
    """The assertion; None when it can't be one that is accepted."""
    parts = text.encode().split(b".") if len(text) <= MAX_CHARS else []
    if len(parts) != _JWS_PARTS:
        return None
    try:
        header, claims = _header(decode_base64url(parts[0])), _claims(decode_base64url(parts[1]))
        signature = decode_base64url(parts[2])
    except (ValueError, RecursionError):  # msgspec's errors are of the first kind, but for too many brackets
        return None
    if header.typ not in _TYPES or header.crit is not None or header.alg not in (*ALGORITHMS, HMAC):
        return None
    return Assertion(header.alg, header.kid, claims, parts[0] + b"." + parts[1], signature)


class Assertions:
    """Verifies assertions; each is good once, as the table of one-time values remembers."""

    def __init__(self, audiences: Collection[str], keys: ClientKeys, sealer: Sealer, claim: Claim) -> None:
        self._audiences = audiences
        self._keys, self._sealer, self._claim = keys, sealer, claim

    async def verify(self, assertion: Assertion, client: Client) -> bool:
        """Whether ``client`` made the assertion, for us, just now, and it was not used before."""
        if client.auth_signing_alg not in (None, assertion.algorithm) or not self._is_for_us(assertion.claims, client):
            return False
        if not await self._is_signed(assertion, client):
            return False
        name = hashlib.sha256(f"assertion {client.client_id} {assertion.claims.jti}".encode()).digest()
        remember = int(assertion.claims.exp - time.time()) + 2 * _SKEW_SECONDS
        return (await self._claim(client.tenant_id, name, remember)).fresh

    def _is_for_us(self, claims: _Claims, client: Client) -> bool:
        audience = claims.aud[0] if isinstance(claims.aud, list) and len(claims.aud) == 1 else claims.aud
        present = time.time()
        return (
            claims.iss == claims.sub == client.client_id
            and audience in self._audiences
            and present - _SKEW_SECONDS < claims.exp <= present + MAX_LIFE_SECONDS + _SKEW_SECONDS
            and max(claims.iat or 0, claims.nbf or 0) <= present + _SKEW_SECONDS
            and 0 < len(claims.jti) <= _MAX_JTI_CHARS
        )

    async def _is_signed(self, assertion: Assertion, client: Client) -> bool:
        if assertion.is_keyed:
            return self._is_keyed(assertion, client)
        keys = await self._keys.of(client, assertion.key_id)
        return any(key.verify(assertion.algorithm, assertion.signed, assertion.signature) for key in keys)

    def _is_keyed(self, assertion: Assertion, client: Client) -> bool:
        if client.secret_sealed is None:
            return False
        try:
            secret = self._sealer.open(client.secret_sealed, SECRET_PURPOSE)
        except (InvalidTag, KeyError):
            return False
        return hmac.compare_digest(hmac.digest(secret, assertion.signed, hashlib.sha256), assertion.signature)
