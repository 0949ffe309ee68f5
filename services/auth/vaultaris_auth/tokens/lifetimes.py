"""How long tokens live: the client's own word, else the tenant's, else the default. All in seconds."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.clients.registry import Client
from vaultaris_kit.revocation import MAX_ACCESS_TOKEN_SECONDS

ACCESS: Final = 3600
REFRESH: Final = 30 * 86_400
ID: Final = 3600
CODE: Final = 60
OFFLINE: Final = "offline_access"
"""The scope whose tokens go on when the tenant's sessions would end (OpenID Connect Core section 11)."""


class SessionBounds(NamedTuple):
    """What a tenant's ``settings.session`` says; None where it says nothing."""

    idle_seconds: int | None = None
    absolute_seconds: int | None = None


def access_lifetime(client: Client, tenant: Tenant) -> int:
    """Of an access token; never beyond what revocations are remembered for."""
    return min(client.access_lifetime or tenant.access_token_lifetime or ACCESS, MAX_ACCESS_TOKEN_SECONDS)


def refresh_lifetime(client: Client, tenant: Tenant) -> int:
    """Of a refresh token that is not used."""
    return client.refresh_lifetime or tenant.refresh_token_lifetime or REFRESH


def online_refresh_lifetime(client: Client, tenant: Tenant) -> int:
    """The same without ``offline_access``: idleness is counted from the end of the last access token."""
    idle = session_bounds(tenant).idle_seconds
    lifetime = refresh_lifetime(client, tenant)
    return lifetime if idle is None else min(lifetime, access_lifetime(client, tenant) + idle)


def family_lifetime(tenant: Tenant, scope: Collection[str], longest: int) -> int:
    """How long refreshing can prolong one sign-in; ``longest`` is the instance's word."""
    absolute = session_bounds(tenant).absolute_seconds
    return longest if absolute is None or OFFLINE in scope else min(longest, absolute)


def id_lifetime(tenant: Tenant) -> int:
    """Of an ID token."""
    return min(tenant.id_token_lifetime or ID, MAX_ACCESS_TOKEN_SECONDS)


def code_lifetime(tenant: Tenant) -> int:
    """Of an authorization code (RFC 6749 section 4.1.2 allows ten minutes, clients need seconds)."""
    return tenant.authorization_code_lifetime or CODE


def session_bounds(tenant: Tenant) -> SessionBounds:
    """``settings.session`` of the tenant."""
    return _bounds(tenant.settings)


@lru_cache(1024)
def _bounds(settings: str) -> SessionBounds:
    """Settings are free JSON: what is no positive number says nothing."""
    told = msgspec.json.decode(settings or "{}")
    session = told.get("session") if isinstance(told, dict) else None
    values = session if isinstance(session, dict) else {}
    return SessionBounds(*(_positive(values.get(name)) for name in SessionBounds._fields))


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
