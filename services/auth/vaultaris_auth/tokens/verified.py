"""Reading the claims of an access token that was verified already."""

from base64 import urlsafe_b64decode
from typing import Any

import msgspec

from vaultaris_kit.principal import Principal

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_JWS_DOTS = 2


def looks_like_jwt(token: str) -> bool:
    """Whether ``token`` has the form of a compact JWS; refresh tokens have not."""
    return token.count(".") == _JWS_DOTS


def token_type(holder: Principal) -> str:
    """The ``token_type`` of the access token that ``holder`` was read from."""
    return "Bearer" if holder.jkt is None else "DPoP"


def claims_of(token: str) -> dict[str, Any]:
    """The claims. Call it only after the authenticator has accepted the very same token."""
    payload = token.split(".", _JWS_DOTS)[1]
    return _decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
