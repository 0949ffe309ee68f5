"""How long tokens live: the client's own word, else the tenant's, else the default. All in seconds."""

from typing import Final

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.clients.registry import Client
from vaultaris_kit.revocation import MAX_ACCESS_TOKEN_SECONDS

ACCESS: Final = 3600
REFRESH: Final = 30 * 86_400
ID: Final = 3600
CODE: Final = 60


def access_lifetime(client: Client, tenant: Tenant) -> int:
    """Of an access token; never beyond what revocations are remembered for."""
    return min(client.access_lifetime or tenant.access_token_lifetime or ACCESS, MAX_ACCESS_TOKEN_SECONDS)


def refresh_lifetime(client: Client, tenant: Tenant) -> int:
    """Of a refresh token that is not used."""
    return client.refresh_lifetime or tenant.refresh_token_lifetime or REFRESH


def id_lifetime(tenant: Tenant) -> int:
    """Of an ID token."""
    return min(tenant.id_token_lifetime or ID, MAX_ACCESS_TOKEN_SECONDS)


def code_lifetime(tenant: Tenant) -> int:
    """Of an authorization code (RFC 6749 section 4.1.2 allows ten minutes, clients need seconds)."""
    return tenant.authorization_code_lifetime or CODE
