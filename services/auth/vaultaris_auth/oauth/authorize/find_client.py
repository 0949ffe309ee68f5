"""Who asks. An unknown client is told to the person only: there is no address to go back to."""

from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.form import required


async def find_client(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`; a disabled client is as good as none."""
    client = await request.runtime.get(ClientRegistry).find(required(request.form, "client_id"))
    if client is None or not client.is_enabled:
        raise InvalidRequest("The application that sent you here is not known.")
    request.client = client
