"""Beginning, finding and ending browser sessions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.browser_sessions import session as stored
from vaultaris_auth.browser_sessions.cookie import read_secret
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_kit.crypto import new_secret
from vaultaris_kit.ids import new_id
from vaultaris_kit.service import Runtime

IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 10 * 3600
_LEAST_SECONDS, _MOST_SECONDS = 60, 30 * 86_400


@dataclass(frozen=True, slots=True)
class Started:
    """A session with the secret that its browser must be given (:func:`vaultaris_auth.browser_sessions.cookie`)."""

    browser: BrowserSession
    secret: str


async def start_browser_session(
    session: AsyncSession,
    tenant: Tenant,
    user_id: UUID,
    *,
    begun_at: datetime,
    amr: list[str],
    acr: str,
    previous: BrowserSession | None,
) -> Started:
    """Begins a session after a sign-in that began at ``begun_at``.

    The secret is always a new one, so nothing planted before is worth anything.

    The same person signing in again keeps their session, which clients know by its ``sid``, and its absolute end;
    another person's session in this browser ends.
    """
    secret = new_secret()
    if previous is not None and previous.user_id == user_id:
        renewed = replace(previous, authenticated_at=begun_at, amr=amr, acr=acr)
        if await stored.renew(session, renewed, secret):
            return Started(renewed, secret)
    elif previous is not None:
        await stored.end(session, previous.id)
    absolute = timedelta(seconds=_limit(tenant, "absolute_seconds", ABSOLUTE_SECONDS))
    browser = BrowserSession(new_id(), UUID(tenant.id), user_id, begun_at, amr, acr, begun_at + absolute)
    await stored.add(session, browser, secret)
    return Started(browser, secret)


async def find_browser_session(runtime: Runtime, request: Request, tenant: Tenant) -> BrowserSession | None:
    """The live session of the browser that sent ``request``, in this tenant; None when nobody is signed in."""
    tenant_id = UUID(tenant.id)
    secret = read_secret(request, runtime.settings, tenant_id)
    if secret is None:
        return None
    async with runtime.database.tenant(tenant_id) as session:
        idle = _limit(tenant, "idle_seconds", IDLE_SECONDS)
        return await stored.find(session, tenant_id, secret, idle_seconds=idle)


def _limit(tenant: Tenant, name: str, default: int) -> int:
    """A lifetime from the tenant's settings (``session.idle_seconds``), which may hold anything."""
    try:
        settings = msgspec.json.decode(tenant.settings or "{}")
        value = settings["session"][name]
    except (msgspec.DecodeError, KeyError, TypeError):
        return default
    return min(max(value, _LEAST_SECONDS), _MOST_SECONDS) if type(value) is int else default
