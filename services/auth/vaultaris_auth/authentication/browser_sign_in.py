"""Signing in to a browser, for whatever page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.authentication.levels import ONE_FACTOR
from vaultaris_auth.authentication.password import verify_password
from vaultaris_auth.authentication.place import Place
from vaultaris_auth.authentication.session_start import emit_sign_in, session_start, tell_sessions
from vaultaris_auth.browser_sessions.operations import Started, start_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.person import SignIn
from vaultaris_kit.access import Effective
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Unknown, wrong, locked, frozen or inactive: the person is told one thing only."""

    message: str = "The user name or the password is wrong."


@dataclass(frozen=True, slots=True)
class MfaRequired:
    """The password was right, and a second factor is asked for: ``methods`` as in the token endpoint's answer."""

    user_id: UUID
    methods: tuple[str, ...]


async def begin_with_password(
    runtime: Runtime, tenant: Tenant, place: Place, previous: BrowserSession | None, login: str, password: str
) -> Started | SignInRefused | MfaRequired:
    """Verifies the password and begins a browser session. Raises Unavailable when nothing can be verified right now."""
    begun_at = now()
    effective = await verify_password(runtime, place, login, password)
    if effective is None:
        return SignInRefused()
    return await begin_session(
        runtime, tenant, place, previous, effective, begun_at=begun_at, amr=["pwd"], acr=ONE_FACTOR
    )


async def begin_session(
    runtime: Runtime,
    tenant: Tenant,
    place: Place,
    previous: BrowserSession | None,
    effective: Effective,
    *,
    begun_at: datetime,
    amr: list[str],
    acr: str,
) -> Started:
    """Begins the browser session of somebody who has proven who they are, by whichever factors.

    ``previous`` is the session that the browser has now: it is renewed or ended, never taken over. ``begun_at`` is from
    before the first factor was looked at: what is revoked from then on, because the password has been changed perhaps,
    covers the session.
    """
    settings = runtime.settings
    assert isinstance(settings, AuthSettings)
    user_id = UUID(effective.answer.user.id)
    async with runtime.database.tenant(place.tenant_id) as session:
        started = await start_browser_session(
            session, tenant, user_id, begun_at=begun_at, amr=amr, acr=acr, previous=previous
        )
        browser = started.browser
        told = session_start(
            place, user_id, SignIn(browser.id, browser.auth_time, browser.amr, browser.acr),
            started_ms=int(browser.authenticated_at.timestamp() * 1000),
            ends_at=browser.authenticated_at + timedelta(seconds=settings.refresh_absolute_lifetime_secs),
        )  # fmt: skip
        person = Principal("user", user_id, place.tenant_id, client_id=place.client_id or None, session_id=browser.id)
        emit_sign_in(session, person, told)
    await tell_sessions(runtime.peers, told)
    return started
