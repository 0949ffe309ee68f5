"""Step 3: whether this client may use this grant. Off unless the client's registration names it."""

from vaultaris_auth.oauth.errors import UnauthorizedClient
from vaultaris_auth.oauth.token.request import TokenRequest


async def check_grant_allowed(request: TokenRequest) -> None:
    """Raises :class:`UnauthorizedClient`."""
    if request.handler.name not in request.client.grant_types:
        raise UnauthorizedClient(f"The client may not use the grant type {request.handler.name}.")
