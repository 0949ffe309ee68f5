"""Finding and verifying the client of a request."""

from typing import Final

from vaultaris_auth.clients.registry import Client, ClientRegistry
from vaultaris_auth.oauth.client_authentication.client_secret_basic import CHALLENGE, ClientSecretBasic
from vaultaris_auth.oauth.client_authentication.client_secret_jwt import ClientSecretJwt
from vaultaris_auth.oauth.client_authentication.client_secret_post import ClientSecretPost
from vaultaris_auth.oauth.client_authentication.method import Method, Presented
from vaultaris_auth.oauth.client_authentication.none import NoAuthentication
from vaultaris_auth.oauth.client_authentication.private_key_jwt import PrivateKeyJwt
from vaultaris_auth.oauth.errors import InvalidClient
from vaultaris_kit.service import Runtime

METHODS: Final[tuple[Method, ...]] = (
    PrivateKeyJwt(),
    ClientSecretJwt(),
    ClientSecretPost(),
    ClientSecretBasic(),
    NoAuthentication(),
)
"""In the order in which they are looked for: the form wins."""

METHOD_NAMES: Final = tuple(method.name for method in METHODS)


async def authenticate_client(runtime: Runtime, presented: Presented) -> Client:
    """The client of a request, proven. Every failure looks the same. Raises :class:`InvalidClient`.

    An ``Authorization`` header of another scheme (ApiKey, Bearer, DPoP) says nothing about the client and
    is ignored.
    """
    for method in METHODS:
        client_id = method.client_id(presented)
        if client_id is None:
            continue
        client = await runtime.get(ClientRegistry).find(client_id)
        proven = await method.verify(runtime, presented, client)
        if client is None or not proven or not _may_use(client, method):
            raise InvalidClient(headers=CHALLENGE if isinstance(method, ClientSecretBasic) else None)
        return client
    raise InvalidClient("The request names no client.")


def _may_use(client: Client, method: Method) -> bool:
    """Whether the client is in use and registered for this method; without registration a simple one will do."""
    fits = not method.must_be_registered if client.auth_method is None else client.auth_method == method.name
    return client.is_enabled and fits
