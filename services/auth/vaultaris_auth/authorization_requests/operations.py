"""From a waiting request to its answer."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.authorization_codes.codes import Code, add_code
from vaultaris_auth.authorization_requests.next_step import (
    Consent,
    Done,
    NextStep,
    Refused,
    SignIn,
    must_consent,
    must_sign_in,
)
from vaultaris_auth.authorization_requests.response import code_response, error_response
from vaultaris_auth.authorization_requests.store import Waiting, consume_request
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.consents.operations import consented_scope, remember_consent
from vaultaris_auth.oauth.errors import AccessDenied, InvalidRequest, LoginRequired, OAuthError, UnauthorizedClient
from vaultaris_auth.oauth.token.find_applications import applications_of
from vaultaris_auth.tokens.lifetimes import code_lifetime
from vaultaris_auth.tokens.membership import refusal_of
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime

REQUIRED_SCOPES = frozenset({"openid"})
"""What can't be left out when a client asks for it: without it the request would be another one."""


async def resume(runtime: Runtime, waiting: Waiting, browser: BrowserSession | None) -> NextStep:
    """What the browser must do next; :class:`Done` with a code as soon as nothing is missing.

    Safe to be asked again and again (reload, back button): a request that was answered is :class:`Refused`.
    """
    refusal = await _check_person(runtime, waiting, browser)
    if refusal is not None or browser is None:
        return refusal or SignIn(waiting.asked.login_hint)
    async with runtime.database.tenant(waiting.tenant_id) as session:
        granted = await _locked_consent(session, waiting, browser)
        if must_consent(waiting.asked, granted, client=waiting.client):
            return Consent(browser, granted)
        return await _give_code(runtime, session, waiting, browser, waiting.asked.scope)


async def decide_consent(
    runtime: Runtime, waiting: Waiting, browser: BrowserSession | None, approved: Collection[str]
) -> NextStep:
    """Takes the person's yes to ``approved``, as far as it was asked for, and remembers it.

    :class:`SignIn` when nobody is signed in who could decide.
    """
    refusal = await _check_person(runtime, waiting, browser)
    if refusal is not None or browser is None:
        return refusal or SignIn(waiting.asked.login_hint)
    scope = tuple(each for each in waiting.asked.scope if each in approved or each in REQUIRED_SCOPES)
    async with runtime.database.tenant(waiting.tenant_id) as session:
        await _locked_consent(session, waiting, browser)
        step = await _give_code(runtime, session, waiting, browser, scope)
        if isinstance(step, Done):
            await remember_consent(session, person_of(waiting, browser), waiting.client.client_id, scope)
    return step


async def deny_consent(runtime: Runtime, waiting: Waiting, browser: BrowserSession | None) -> NextStep:
    """Takes the person's no and tells the client (``access_denied``). Nobody else's no counts."""
    refusal = await _check_person(runtime, waiting, browser)
    if refusal is not None or browser is None:
        return refusal or SignIn(waiting.asked.login_hint)
    return await _end(runtime, waiting, AccessDenied(), by=browser)


async def cancel_sign_in(runtime: Runtime, waiting: Waiting) -> NextStep:
    """Somebody does not want to sign in: the client is told ``access_denied``."""
    return await _end(runtime, waiting, AccessDenied())


async def _check_person(runtime: Runtime, waiting: Waiting, browser: BrowserSession | None) -> NextStep | None:
    """Whether the one who is signed in may go on: the right person, recently enough, still in service."""
    asked = waiting.asked
    needed = must_sign_in(asked, browser, requested_at=waiting.requested_at, at=now())
    if needed is not None or browser is None:
        return needed
    if asked.subject not in (None, browser.user_id):
        return await _end(runtime, waiting, LoginRequired("Somebody else signed in than the client asked for."))
    try:
        effective = await runtime.access.of_user(waiting.tenant_id, browser.user_id)
    except NotFound:
        return SignIn(asked.login_hint)
    if not effective.active:
        return SignIn(asked.login_hint)
    refusal = await _check_membership(runtime, waiting.client, effective)
    return None if refusal is None else await _end(runtime, waiting, refusal)


async def _check_membership(runtime: Runtime, client: Client, effective: Effective) -> OAuthError | None:
    """Whether this person gets anything through the client; the token endpoint asks again."""
    try:
        applications = await applications_of(runtime, client)
    except UnauthorizedClient as refusal:
        return refusal
    reason = refusal_of(client, applications, effective.answer)
    return None if reason is None else AccessDenied(reason)


async def _locked_consent(session: AsyncSession, waiting: Waiting, browser: BrowserSession) -> frozenset[str]:
    return await consented_scope(
        session, waiting.tenant_id, browser.user_id, waiting.client.client_id, lock=True
    )  # fmt: skip


async def _give_code(
    runtime: Runtime, session: AsyncSession, waiting: Waiting, browser: BrowserSession, scope: tuple[str, ...]
) -> Done | Refused:
    if not await consume_request(session, waiting):
        return Refused(answered_already())
    code = await add_code(session, _code(waiting, browser, scope))
    return Done(code_response(waiting.asked, runtime.settings.issuer, code))


def _code(waiting: Waiting, browser: BrowserSession, scope: tuple[str, ...]) -> Code:
    asked = waiting.asked
    return Code(
        id=new_id(),
        tenant_id=waiting.tenant_id,
        client_id=waiting.client.client_id,
        user_id=browser.user_id,
        session_id=browser.id,
        redirect_uri=asked.redirect_uri,
        scope=list(scope),
        auth_time=browser.auth_time,
        started_ms=int(browser.authenticated_at.timestamp() * 1000),
        amr=browser.amr,
        acr=browser.acr,
        nonce=asked.nonce,
        code_challenge=asked.code_challenge,
        dpop_jkt=asked.dpop_jkt,
        resource=asked.resource,
        expires_at=now() + timedelta(seconds=code_lifetime(waiting.tenant)),
    )


async def _end(
    runtime: Runtime, waiting: Waiting, error: OAuthError, *, by: BrowserSession | None = None
) -> Done | Refused:
    """Answers the request with an error, once."""
    async with runtime.database.tenant(waiting.tenant_id) as session:
        if not await consume_request(session, waiting):
            return Refused(answered_already())
        if by is not None:
            OUTBOX.emit(
                session, person_of(waiting, by), "consent.denied", waiting.tenant_id,
                resource_type="client", resource_id=waiting.client.id,
                metadata={"client_id": waiting.client.client_id, "scope": list(waiting.asked.scope)},
            )  # fmt: skip
    return Done(error_response(waiting.asked, runtime.settings.issuer, error))


def answered_already() -> OAuthError:
    """What a person is told who comes too late, or a second time."""
    return InvalidRequest("This request has expired or was answered already. Go back to the application and try again.")


def person_of(waiting: Waiting, browser: BrowserSession) -> Principal:
    """Who acts."""
    return Principal(
        "user", browser.user_id, waiting.tenant_id, client_id=waiting.client.client_id, session_id=browser.id
    )
