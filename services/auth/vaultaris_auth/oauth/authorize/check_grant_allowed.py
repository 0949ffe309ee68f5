"""Whether this client may use the code flow at all."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import UnauthorizedClient


async def check_grant_allowed(request: AuthorizeRequest) -> None:
    """Raises :class:`UnauthorizedClient`."""
    if "authorization_code" not in request.client.grant_types:
        raise UnauthorizedClient("The client may not use the grant type authorization_code.")
