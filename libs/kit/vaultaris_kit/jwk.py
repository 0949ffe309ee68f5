"""Public JSON Web Keys that others present (RFC 7517): parsed strictly, named by thumbprint, used to verify.

Bare ``cryptography``, because proofs of possession are verified on hot paths.
"""

import binascii
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHMS: Final = ("ES256", "EdDSA", "RS256", "PS256")
"""What others may sign with. Never ``none``, and nothing symmetric: a public key is no secret."""

_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_COORDINATE_BYTES: Final = 32
_RSA_BITS: Final = range(2048, 4097)
_MAX_EXPONENT: Final = 2**32
_SHA256: Final = SHA256()
_ES256: Final = ECDSA(_SHA256)
_PKCS1: Final = PKCS1v15()
_PSS: Final = PSS(MGF1(_SHA256), salt_length=_SHA256.digest_size)
_canonical = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key and its RFC 7638 thumbprint (SHA-256, base64url without padding)."""

    thumbprint: str
    public: EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey

    def verify(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (RFC 7518 section 3) is this key's; never by an algorithm of another kind."""
        try:
            if isinstance(self.public, EllipticCurvePublicKey):
                return algorithm == "ES256" and _verify_ecdsa(self.public, signed, signature)
            if isinstance(self.public, Ed25519PublicKey):
                self.public.verify(signature, signed)
                return algorithm == "EdDSA"
            if algorithm not in ("RS256", "PS256"):
                return False
            self.public.verify(signature, signed, _PKCS1 if algorithm == "RS256" else _PSS, _SHA256)
        except InvalidSignature:
            return False
        return True


def parse_public_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The key that ``jwk`` describes: P-256, Ed25519, or RSA of 2048 to 4096 bits.

    Raises :class:`ValueError` for anything else, and for one that shows private members.
    """
    if not _PRIVATE.isdisjoint(jwk):
        raise ValueError("holds private members")
    kind = jwk.get("kty")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise ValueError("must be of type EC (P-256), OKP (Ed25519) or RSA")
    return parse(jwk)


def thumbprint_of(jwk: Mapping[str, Any]) -> str:
    """The thumbprint (RFC 7638) of a well-formed public JWK."""
    return parse_public_jwk(jwk).thumbprint


def _ec(jwk: Mapping[str, Any]) -> PublicKey:
    if jwk.get("crv") != "P-256":
        raise ValueError("must be on the curve P-256")
    x, y = _coordinate(jwk, "x"), _coordinate(jwk, "y")
    public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()  # refuses a point beside the curve
    return PublicKey(_thumbprint(jwk, ("crv", "kty", "x", "y")), public)


def _okp(jwk: Mapping[str, Any]) -> PublicKey:
    if jwk.get("crv") != "Ed25519":
        raise ValueError("must be on the curve Ed25519")
    public = Ed25519PublicKey.from_public_bytes(_bytes(jwk, "x"))
    return PublicKey(_thumbprint(jwk, ("crv", "kty", "x")), public)


def _rsa(jwk: Mapping[str, Any]) -> PublicKey:
    modulus, exponent = int.from_bytes(_bytes(jwk, "n")), int.from_bytes(_bytes(jwk, "e"))
    if modulus.bit_length() not in _RSA_BITS or exponent > _MAX_EXPONENT:
        raise ValueError("must be an RSA key of 2048 to 4096 bits with a small exponent")
    public = RSAPublicNumbers(exponent, modulus).public_key()
    return PublicKey(_thumbprint(jwk, ("e", "kty", "n")), public)


_PARSERS: Final[dict[str, Callable[[Mapping[str, Any]], PublicKey]]] = {"EC": _ec, "OKP": _okp, "RSA": _rsa}


def _coordinate(jwk: Mapping[str, Any], name: str) -> int:
    value = _bytes(jwk, name)
    if len(value) != _COORDINATE_BYTES:
        raise ValueError(f"{name} must have 32 bytes")
    return int.from_bytes(value)


def _bytes(jwk: Mapping[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing")
    return decode_base64url(value)


def decode_base64url(text: str | bytes) -> bytes:
    """base64url without padding (RFC 7515 section 2). Raises :class:`ValueError` for everything else."""
    raw = text.encode("ascii") if isinstance(text, str) else text
    if b"=" in raw or b"+" in raw or b"/" in raw:
        raise ValueError("is not base64url without padding")
    try:
        decoded = binascii.a2b_base64(raw.translate(_TO_STANDARD) + b"=" * (-len(raw) % 4), strict_mode=True)
    except binascii.Error as fault:
        raise ValueError("is not base64url without padding") from fault
    return decoded


_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def encode_base64url(value: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _thumbprint(jwk: Mapping[str, Any], members: tuple[str, ...]) -> str:
    return encode_base64url(hashlib.sha256(_canonical({name: jwk[name] for name in members})).digest())


def _verify_ecdsa(key: EllipticCurvePublicKey, signed: bytes, signature: bytes) -> bool:
    if len(signature) != 2 * _COORDINATE_BYTES:
        return False
    r, s = int.from_bytes(signature[:_COORDINATE_BYTES]), int.from_bytes(signature[_COORDINATE_BYTES:])
    key.verify(encode_dss_signature(r, s), signed, _ES256)
    return True
