"""Key pairs: how they are made, named and written as JWK (RFC 7517, RFC 8037)."""

from dataclasses import dataclass
from typing import Final, Literal, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey, OKPKey, RSAKey

Algorithm = Literal["ES256", "EdDSA", "RS256"]
PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey

ALGORITHMS: Final[tuple[Algorithm, ...]] = ("ES256", "EdDSA")
"""What every tenant has a key of; the first is active in a new tenant."""

ON_REQUEST: Final[Algorithm] = "RS256"
"""Made once a client asks for it. Never a tenant's default: its signatures cost twelve times as much."""

SIGNING: Final[tuple[Algorithm, ...]] = (*ALGORITHMS, ON_REQUEST)
"""What tokens can be signed with."""

_RSA_BITS: Final = 2048
_RSA_EXPONENT: Final = 65_537

PURPOSE = "signing_keys.private"
"""Authenticated with a sealed private key, so that it opens in no other column."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh pair. ``key_id`` is the RFC 7638 thumbprint; ``private_der`` is PKCS #8, not yet sealed."""

    key_id: str
    algorithm: Algorithm
    public_jwk: dict[str, str]
    private_der: bytes


_JWK: Final[dict[Algorithm, type[ECKey] | type[OKPKey] | type[RSAKey]]] = {
    "ES256": ECKey, "EdDSA": OKPKey, "RS256": RSAKey,
}  # fmt: skip


def new_pair(algorithm: Algorithm) -> KeyPair:
    """Makes a key pair from the operating system's randomness. RSA takes a tenth of a second: use a thread."""
    private: PrivateKey
    if algorithm == "RS256":
        private = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
    elif algorithm == "ES256":
        private = generate_private_key(SECP256R1())
    else:
        private = Ed25519PrivateKey.generate()
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = _JWK[algorithm].import_key(der)
    key_id = key.thumbprint()
    public = cast("dict[str, str]", key.as_dict(private=False))
    return KeyPair(key_id, algorithm, {**public, "kid": key_id, "use": "sig", "alg": algorithm}, der)


def load_private(der: bytes) -> PrivateKey:
    """The private key of :attr:`KeyPair.private_der`."""
    key = load_der_private_key(der, password=None)
    assert isinstance(key, (EllipticCurvePrivateKey, Ed25519PrivateKey, RSAPrivateKey))
    return key
