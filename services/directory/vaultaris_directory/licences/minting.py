"""Making licences, with one's own key. Nothing here runs in a service: the key stays with whoever issues."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from vaultaris_directory.licences.token import (
    TOKEN_TYPE,
    Licence,
    LicenceFault,
    read_licence,
    read_public_key,
    read_unverified,
)


def generate_key() -> tuple[str, str]:
    """A new Ed25519 key: the private half in PEM (PKCS #8), the public one as LICENSE_PUBLIC_KEY takes it."""
    key = OKPKey.generate_key("Ed25519")
    return key.as_pem(private=True).decode(), _public_text(key)


def issue_licence(private_pem: str, claims: Mapping[str, Any]) -> str:
    """A licence that the private key's other half verifies; read back before it is given out.

    Adds ``jti`` and ``iat``. Raises :class:`LicenceFault` for a bad key or bad claims.
    """
    key = _private_key(private_pem)
    whole = {"jti": str(uuid4()), "iat": int(time.time()), **claims}
    token = jwt.encode({"alg": "EdDSA", "typ": TOKEN_TYPE}, whole, key, algorithms=["EdDSA"])
    read_licence(token, read_public_key(_public_text(key)))
    return token


def inspect_licence(token: str, public_key: str, moment: datetime) -> tuple[Licence, str]:
    """What a token says, and whether that is to be believed: its status, or ``unverified`` without a public key.

    Raises :class:`LicenceFault` for what is no licence, or not signed with that key.
    """
    if not public_key:
        return read_unverified(token), "unverified"
    licence = read_licence(token, read_public_key(public_key))
    return licence, licence.status(moment)


def _private_key(pem: str) -> OKPKey:
    try:
        key = OKPKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as fault:
        raise LicenceFault("The private key can't be read: it must be an Ed25519 key in PEM.") from fault
    if not key.is_private or key.as_dict(private=False).get("crv") != "Ed25519":
        raise LicenceFault("The private key must be an Ed25519 key.")
    return key


def _public_text(key: OKPKey) -> str:
    return str(key.as_dict(private=False)["x"])
