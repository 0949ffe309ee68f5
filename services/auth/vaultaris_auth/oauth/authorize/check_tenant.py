"""Whether the client's tenant is in use."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest, UnauthorizedClient
from vaultaris_kit.errors import NotFound


async def check_tenant(request: AuthorizeRequest) -> None:
    """Raises :class:`UnauthorizedClient`, :class:`InvalidRequest`."""
    try:
        request.tenant = await request.runtime.access.tenant(request.client.tenant_id)
    except NotFound as gone:
        raise InvalidRequest("The application's tenant is gone.") from gone
    if request.tenant.status != "active":
        raise UnauthorizedClient(f"The tenant is {request.tenant.status}.")
