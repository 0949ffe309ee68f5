"""For which resource server the token will be (RFC 8707 section 2.1)."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.token.check_resource import check_resource as allowed


async def check_resource(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidTarget`."""
    request.resource = allowed(request.form, request.client)
