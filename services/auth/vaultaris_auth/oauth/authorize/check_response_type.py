"""The code flow is the only one: the implicit flow gives tokens to the address bar (RFC 9700 section 2.1.2)."""

from typing import Final

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import UnsupportedResponseType
from vaultaris_auth.oauth.form import required

RESPONSE_TYPES: Final = ("code",)


async def check_response_type(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`, :class:`UnsupportedResponseType`."""
    if required(request.form, "response_type") not in RESPONSE_TYPES:
        raise UnsupportedResponseType
