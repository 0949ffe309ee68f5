"""The address that the code was sent to (RFC 6749 section 4.1.3)."""

from vaultaris_auth.authorization_codes.codes import Code
from vaultaris_auth.clients.redirect_uris import is_registered
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.request import TokenRequest


def check_redirect_uri(request: TokenRequest, code: Code) -> None:
    """Raises :class:`InvalidRequest` when it is missing, :class:`InvalidGrant` when it is another one, or no longer
    registered: whoever is there now may be why.
    """
    if required(request.form, "redirect_uri") != code.redirect_uri:
        raise InvalidGrant("The redirect_uri is not the one that the code was sent to.")
    if not is_registered(code.redirect_uri, request.client.redirect_uris):
        raise InvalidGrant("The redirect_uri is not registered any more.")
