"""Step 4: whether the client's tenant is in use."""

from vaultaris_auth.oauth.errors import InvalidClient, UnauthorizedClient
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_kit.errors import NotFound


async def check_tenant(request: TokenRequest) -> None:
    """Finds the tenant. A suspended or archived one gets no tokens. Raises :class:`UnauthorizedClient`."""
    try:
        request.tenant = await request.runtime.access.tenant(request.client.tenant_id)
    except NotFound as gone:
        raise InvalidClient from gone
    if request.tenant.status != "active":
        raise UnauthorizedClient(f"The tenant is {request.tenant.status}.")
