"""Whether a person may use the client at all: application isolation, and the allow-lists of groups.

Not one of the steps, because most of them don't know the person yet: every grant for a person calls this as soon as
it has found them and before it stores anything: password, refresh token, authorization code, device code and token
exchange do, and whatever comes next must. The authorization endpoint, which has no token request, asks
:func:`vaultaris_auth.tokens.membership.refusal_of` itself and answers ``access_denied``.
"""

from collections.abc import Sequence

from vaultaris.directory.v1.directory_pb2 import Application
from vaultaris_auth.clients.registry import Client, ClientRegistry
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.token.find_applications import applications_of
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_auth.tokens.membership import refusal_of
from vaultaris_kit.access import Effective


def check_membership(request: TokenRequest, effective: Effective) -> None:
    """Raises :class:`InvalidGrant`."""
    _require(request.client, request.applications, effective)


async def check_membership_at(request: TokenRequest, client_id: str, effective: Effective) -> None:
    """The same for another client that the token is good for. Raises :class:`InvalidGrant`."""
    if client_id == request.client.client_id:
        return
    client = await request.runtime.get(ClientRegistry).find(client_id)
    if client is None or client.tenant_id != request.client.tenant_id or not client.is_enabled:
        raise InvalidGrant("The audience is gone.")
    _require(client, await applications_of(request.runtime, client), effective)


def _require(client: Client, applications: Sequence[Application], effective: Effective) -> None:
    refusal = refusal_of(client, applications, effective.answer)
    if refusal is not None:
        raise InvalidGrant(refusal)
