"""The key that the code is to be bound to (RFC 9449 section 10)."""

import re

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


async def check_dpop_jkt(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`."""
    thumbprint = request.form.get("dpop_jkt")
    if thumbprint is not None and _THUMBPRINT.fullmatch(thumbprint) is None:
        raise InvalidRequest("The dpop_jkt is not a JWK SHA-256 thumbprint.")
    request.dpop_jkt = thumbprint
