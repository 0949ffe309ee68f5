"""Signing in on the hosted pages."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from vaultaris_auth.authentication.password import verify_password
from vaultaris_auth.authentication.session_start import emit_sign_in, session_start, tell_sessions
from vaultaris_auth.authorization_requests.next_step import NextStep
from vaultaris_auth.authorization_requests.operations import person_of, resume
from vaultaris_auth.authorization_requests.store import Waiting
from vaultaris_auth.browser_sessions.operations import Started, start_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.person import SignIn as Act
from vaultaris_kit.access import Effective
from vaultaris_kit.service import Runtime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``started.secret`` goes into the browser's cookie, whatever ``next`` is."""

    started: Started
    next: NextStep


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Unknown, wrong, locked, frozen or inactive: the person is told one thing only."""

    message: str = "The user name or the password is wrong."


@dataclass(frozen=True, slots=True)
class MfaRequired:
    """The password was right, and a second factor is asked for: ``methods`` as in the token endpoint's answer."""

    user_id: UUID
    methods: tuple[str, ...]


SignInOutcome = SignedIn | SignInRefused | MfaRequired


async def sign_in_with_password(
    runtime: Runtime, waiting: Waiting, browser: BrowserSession | None, login: str, password: str
) -> SignInOutcome:
    """Signs the person in to this browser and says what comes next.

    ``browser`` is the session that the browser has now: it is renewed or ended, never taken over. Raises
    :class:`Unavailable` when passwords can't be verified right now.
    """
    effective = await verify_password(runtime, waiting.client, login, password)
    if effective is None:
        return SignInRefused()
    return await sign_in(runtime, waiting, browser, effective, amr=["pwd"], acr="1")


async def sign_in(
    runtime: Runtime,
    waiting: Waiting,
    previous: BrowserSession | None,
    effective: Effective,
    *,
    amr: list[str],
    acr: str,
) -> SignedIn:
    """Begins the browser session of somebody who has proven who they are, by whichever factors."""
    settings = runtime.settings
    assert isinstance(settings, AuthSettings)
    user_id = UUID(effective.answer.user.id)
    async with runtime.database.tenant(waiting.tenant_id) as session:
        started = await start_browser_session(session, waiting.tenant, user_id, amr=amr, acr=acr, previous=previous)
        browser = started.browser
        told = session_start(
            waiting.client, user_id, Act(browser.id, browser.auth_time, browser.amr, browser.acr),
            started_ms=int(browser.authenticated_at.timestamp() * 1000),
            ends_at=browser.authenticated_at + timedelta(seconds=settings.refresh_absolute_lifetime_secs),
        )  # fmt: skip
        emit_sign_in(session, person_of(waiting, browser), told)
    await tell_sessions(runtime.peers, told)
    return SignedIn(started, await resume(runtime, waiting, browser))
