"""Step 5: the applications that the client belongs to. They say how long tokens live, and who gets any."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import Application
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.errors import UnauthorizedClient
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_kit.applications import Applications
from vaultaris_kit.errors import NotFound
from vaultaris_kit.service import Runtime


async def find_applications(request: TokenRequest) -> None:
    """Raises :class:`UnauthorizedClient` when one of them is out of service."""
    request.applications = await applications_of(request.runtime, request.client)


async def applications_of(runtime: Runtime, client: Client) -> list[Application]:
    """The same, for endpoints without a token request."""
    found = [await _find(runtime, client, *each) for each in client.applications]
    applications = [each for each in found if each is not None]
    for each in applications:
        if not each.is_active:
            raise UnauthorizedClient(f"The application {each.slug} is not active.")
    return applications


async def _find(runtime: Runtime, client: Client, application_id: UUID, is_owned: bool) -> Application | None:
    """None for a link to an application that is gone. A client that was made inside goes with it, if not yet."""
    try:
        return await runtime.get(Applications).get(client.tenant_id, application_id)
    except NotFound as gone:
        if is_owned:
            raise UnauthorizedClient("The client's application is gone.") from gone
        return None
