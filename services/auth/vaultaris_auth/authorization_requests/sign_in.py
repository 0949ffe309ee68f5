"""Signing in on the hosted pages."""

from dataclasses import dataclass

from vaultaris_auth.authentication.browser_sign_in import MfaRequired, SignInRefused, begin_with_password
from vaultaris_auth.authorization_requests.next_step import NextStep
from vaultaris_auth.authorization_requests.operations import resume
from vaultaris_auth.authorization_requests.store import Waiting
from vaultaris_auth.browser_sessions.operations import Started
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_kit.service import Runtime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``started.secret`` goes into the browser's cookie, whatever ``next`` is."""

    started: Started
    next: NextStep


SignInOutcome = SignedIn | SignInRefused | MfaRequired


async def sign_in_with_password(
    runtime: Runtime, waiting: Waiting, browser: BrowserSession | None, login: str, password: str
) -> SignInOutcome:
    """Signs the person in to this browser and says what comes next.

    ``browser`` is the session that the browser has now: it is renewed or ended, never taken over. Raises
    :class:`Unavailable` when passwords can't be verified right now.
    """
    outcome = await begin_with_password(runtime, waiting.tenant, waiting.client, browser, login, password)
    if not isinstance(outcome, Started):
        return outcome
    return SignedIn(outcome, await resume(runtime, waiting, outcome.browser))
