"""Where the answer goes: an address that the client has registered, character by character (RFC 9700 section 2.1)."""

from vaultaris_auth.clients.redirect_uris import is_registered
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.form import required


async def check_redirect_uri(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`, which is told to the person and never to that address."""
    uri = required(request.form, "redirect_uri")
    if not is_registered(uri, request.client.redirect_uris):
        raise InvalidRequest("The application wants you sent to an address that is not registered.")
    request.redirect_uri = uri
