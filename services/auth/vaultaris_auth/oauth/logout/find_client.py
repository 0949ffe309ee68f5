"""Which client asks: the one it names, which must be the one that the ID token was made for."""

from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.logout.request import LogoutRequest
from vaultaris_kit.errors import NotFound


async def find_client(request: LogoutRequest) -> None:
    """Raises :class:`InvalidRequest`. A request may come without a client: then no address can be returned to."""
    hinted = request.hint["aud"] if request.hint else None
    client_id = request.form.get("client_id", hinted)
    if client_id is None:
        return
    if hinted not in (None, client_id):
        raise InvalidRequest("The id_token_hint was made for another client.")
    client = await request.runtime.get(ClientRegistry).find(client_id)
    if client is None:
        raise InvalidRequest("The application that sent you here is not known.")
    try:
        request.tenant = await request.runtime.access.tenant(client.tenant_id)
    except NotFound as gone:
        raise InvalidRequest("The application's tenant is gone.") from gone
    request.client = client
