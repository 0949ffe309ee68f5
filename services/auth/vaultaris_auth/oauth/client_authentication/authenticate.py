"""Finding and verifying the client of a request."""

from typing import Final

from vaultaris_auth.clients.registry import Client, ClientRegistry
from vaultaris_auth.oauth.client_authentication.client_secret_basic import CHALLENGE, ClientSecretBasic
from vaultaris_auth.oauth.client_authentication.client_secret_post import ClientSecretPost
from vaultaris_auth.oauth.client_authentication.method import Method, Presented
from vaultaris_auth.oauth.client_authentication.none import NoAuthentication
from vaultaris_auth.oauth.errors import InvalidClient

METHODS: Final[tuple[Method, ...]] = (ClientSecretPost(), ClientSecretBasic(), NoAuthentication())
"""In the order in which they are looked for: the form wins."""

METHOD_NAMES: Final = tuple(method.name for method in METHODS)


async def authenticate_client(registry: ClientRegistry, presented: Presented) -> Client:
    """The client of a request, proven. Every failure looks the same. Raises :class:`InvalidClient`.

    An ``Authorization`` header of another scheme (ApiKey, Bearer, DPoP) says nothing about the client and
    is ignored.
    """
    for method in METHODS:
        client_id = method.client_id(presented)
        if client_id is None:
            continue
        client = await registry.find(client_id)
        proven = method.verify(presented, client)
        if client is None or not proven or not _may_use(client, method):
            raise InvalidClient(headers=CHALLENGE if isinstance(method, ClientSecretBasic) else None)
        return client
    raise InvalidClient("The request names no client.")


def _may_use(client: Client, method: Method) -> bool:
    """Whether the client is in use and registered for this method; without registration any fitting one will do."""
    return client.is_enabled and (client.auth_method or method.name) == method.name
