"""Compact JWS (RFC 7515) by bare ``cryptography``: signing is the greater part of a token's cost."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from vaultaris_auth.keys.pairs import PrivateKey
from vaultaris_kit.authn import ACCESS_TOKEN_TYPE

_P256_BYTES = 32
_SHA256: Final = SHA256()
_ES256: Final = ECDSA(_SHA256)
_PKCS1: Final = PKCS1v15()
_encode = msgspec.json.Encoder().encode


def base64url(value: bytes) -> bytes:
    """base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(value).rstrip(b"=")


class Signer:
    """Signs with one key; headers are encoded once."""

    def __init__(self, key_id: str, algorithm: str, private: PrivateKey) -> None:
        self.key_id, self.algorithm, self._private = key_id, algorithm, private
        self._access_header = self._header(ACCESS_TOKEN_TYPE)
        self._id_header = self._header("JWT")
        self._logout_header = self._header("logout+jwt")
        self._introspection_header = self._header("token-introspection+jwt")

    def _header(self, kind: str) -> bytes:
        return base64url(_encode({"alg": self.algorithm, "kid": self.key_id, "typ": kind}))

    def access_token(self, claims: dict[str, Any]) -> str:
        """An RFC 9068 access token."""
        return self._sign(self._access_header, claims)

    def id_token(self, claims: dict[str, Any]) -> str:
        """An OpenID Connect ID token."""
        return self._sign(self._id_header, claims)

    def logout_token(self, claims: dict[str, Any]) -> str:
        """An OpenID Connect logout token."""
        return self._sign(self._logout_header, claims)

    def introspection_response(self, claims: dict[str, Any]) -> str:
        """A JWT introspection response (RFC 9701)."""
        return self._sign(self._introspection_header, claims)

    def half_hash(self, value: str) -> str:
        """``at_hash`` and ``c_hash``: the left half of the hash that belongs to the algorithm (Core 3.1.3.6).

        EdDSA with Ed25519 hashes with SHA-512.
        """
        hashed = (hashlib.sha512 if self.algorithm == "EdDSA" else hashlib.sha256)(value.encode()).digest()
        return base64url(hashed[: len(hashed) // 2]).decode()

    def _sign(self, header: bytes, claims: dict[str, Any]) -> str:
        signed = b"%b.%b" % (header, base64url(_encode(claims)))
        return (b"%b.%b" % (signed, base64url(self._signature(signed)))).decode()

    def _signature(self, signed: bytes) -> bytes:
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(signed)
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(signed, _PKCS1, _SHA256)
        r, s = decode_dss_signature(self._private.sign(signed, _ES256))
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")
