"""Key pairs: how they are made, named and written as JWK (RFC 7517, RFC 8037)."""

from dataclasses import dataclass
from typing import Final, Literal, cast

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey, OKPKey

Algorithm = Literal["ES256", "EdDSA"]
PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey

ALGORITHMS: Final[tuple[Algorithm, ...]] = ("ES256", "EdDSA")
"""What every tenant has a key of; the first is active in a new tenant."""

PURPOSE = "signing_keys.private"
"""Authenticated with a sealed private key, so that it opens in no other column."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh pair. ``key_id`` is the RFC 7638 thumbprint; ``private_der`` is PKCS #8, not yet sealed."""

    key_id: str
    algorithm: Algorithm
    public_jwk: dict[str, str]
    private_der: bytes


def new_pair(algorithm: Algorithm) -> KeyPair:
    """Makes a key pair from the operating system's randomness."""
    private: PrivateKey = generate_private_key(SECP256R1()) if algorithm == "ES256" else Ed25519PrivateKey.generate()
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = ECKey.import_key(der) if algorithm == "ES256" else OKPKey.import_key(der)
    key_id = key.thumbprint()
    public = cast("dict[str, str]", key.as_dict(private=False))
    return KeyPair(key_id, algorithm, {**public, "kid": key_id, "use": "sig", "alg": algorithm}, der)


def load_private(der: bytes) -> PrivateKey:
    """The private key of :attr:`KeyPair.private_der`."""
    key = load_der_private_key(der, password=None)
    assert isinstance(key, (EllipticCurvePrivateKey, Ed25519PrivateKey))
    return key
