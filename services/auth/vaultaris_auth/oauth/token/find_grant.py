"""Step 2: which grant, and whether we know it (RFC 6749 section 4)."""

from vaultaris_auth.oauth.errors import UnsupportedGrantType
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.grants import HANDLERS
from vaultaris_auth.oauth.token.request import TokenRequest


async def find_grant(request: TokenRequest) -> None:
    """Finds the handler. Raises :class:`InvalidRequest`, :class:`UnsupportedGrantType`."""
    handler = HANDLERS.get(required(request.form, "grant_type"))
    if handler is None:
        raise UnsupportedGrantType
    request.handler = handler
