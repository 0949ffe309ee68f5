"""How far the client wants to reach (RFC 6749 section 3.3)."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.token.check_scope import check_scope as within


async def check_scope(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidScope`."""
    client = request.client
    request.scope = tuple(within(request.form, client.allowed_scopes, client.default_scopes))
