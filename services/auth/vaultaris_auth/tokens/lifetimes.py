"""How long tokens live: the client's own word, else its application's, else the tenant's, else the default.

All in seconds. Of several applications that say something the shortest counts.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from vaultaris.directory.v1.directory_pb2 import Application, Tenant
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


def access_lifetime(client: Client, tenant: Tenant, applications: Sequence[Application] = ()) -> int:
    """Of an access token; never beyond what revocations are remembered for."""
    of_applications = _shortest(each.access_token_lifetime for each in applications)
    wanted = client.access_lifetime or of_applications or tenant.access_token_lifetime or ACCESS
    return min(wanted, MAX_ACCESS_TOKEN_SECONDS)


def refresh_lifetime(client: Client, tenant: Tenant, applications: Sequence[Application] = ()) -> int:
    """Of a refresh token that is not used."""
    of_applications = _shortest(each.refresh_token_lifetime for each in applications)
    return client.refresh_lifetime or of_applications or tenant.refresh_token_lifetime or REFRESH


def online_refresh_lifetime(client: Client, tenant: Tenant, applications: Sequence[Application] = ()) -> int:
    """The same without ``offline_access``: idleness is counted from the end of the last access token."""
    idle = session_bounds(tenant).idle_seconds
    lifetime = refresh_lifetime(client, tenant, applications)
    return lifetime if idle is None else min(lifetime, access_lifetime(client, tenant, applications) + idle)


def family_lifetime(tenant: Tenant, scope: Collection[str], longest: int) -> int:
    """How long refreshing can prolong one sign-in; ``longest`` is the instance's word."""
    absolute = session_bounds(tenant).absolute_seconds
    return longest if absolute is None or OFFLINE in scope else min(longest, absolute)


def id_lifetime(tenant: Tenant, applications: Sequence[Application] = ()) -> int:
    """Of an ID token."""
    of_applications = _shortest(each.id_token_lifetime for each in applications)
    return min(of_applications or tenant.id_token_lifetime or ID, MAX_ACCESS_TOKEN_SECONDS)


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


def _shortest(lifetimes: Iterable[int]) -> int:
    """0 when none of them says anything."""
    return min(filter(None, lifetimes), default=0)
