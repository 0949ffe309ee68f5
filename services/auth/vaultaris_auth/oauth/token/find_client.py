"""Step 1: who asks (RFC 6749 section 3.2.1)."""

from vaultaris_auth.oauth.client_authentication.authenticate import authenticate_client
from vaultaris_auth.oauth.token.request import TokenRequest


async def find_client(request: TokenRequest) -> None:
    """Authenticates the client. Raises :class:`InvalidClient`."""
    request.client = await authenticate_client(request.runtime, request.presented)
