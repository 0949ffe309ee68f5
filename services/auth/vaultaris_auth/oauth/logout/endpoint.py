"""``GET`` and ``POST /oauth/logout`` (RP-Initiated Logout section 2)."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from vaultaris_auth.browser_sessions.cookie import clear_cookie, tenants_of
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.hosted.look import plain_look
from vaultaris_auth.hosted.signed_out import signed_out_page
from vaultaris_auth.oauth.authorize.error_page import error_page, refuse_with_page
from vaultaris_auth.oauth.endpoint import as_oauth
from vaultaris_auth.oauth.form import Form, parse_form, read_form
from vaultaris_auth.oauth.logout.check_id_token_hint import check_id_token_hint
from vaultaris_auth.oauth.logout.check_post_logout_redirect_uri import check_post_logout_redirect_uri
from vaultaris_auth.oauth.logout.find_client import find_client
from vaultaris_auth.oauth.logout.request import LogoutRequest
from vaultaris_auth.sign_out.operations import sign_out
from vaultaris_auth.sign_out.request import seal_request
from vaultaris_kit.errors import NotFound, VaultarisError
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.service import Runtime

STEPS: Final[tuple[Callable[[LogoutRequest], Awaitable[None]], ...]] = (
    check_id_token_hint,
    find_client,
    check_post_logout_redirect_uri,
)
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_SEE_OTHER = 303


async def logout(request: Request) -> Response:
    """Signs the person out and sends the browser to the client's registered address, or to the signed-out page.

    Without an ID token that names the very session, anybody could have sent the browser here: the person is asked.
    """
    runtime = runtime_of(request)
    refuse_with_page(request)
    try:
        asked = LogoutRequest(runtime, await _form(request))
        for step in STEPS:
            await step(asked)
        if asked.client is None and not await _find_tenant(runtime, request, asked):
            return signed_out_page(request, plain_look(request))
        return await _sign_out(runtime, request, asked)
    except VaultarisError as refusal:
        return error_page(request, as_oauth(refusal))


async def _form(request: Request) -> Form:
    return await read_form(request) if request.method == "POST" else parse_form(request.url.query.encode())


async def _find_tenant(runtime: Runtime, request: Request, asked: LogoutRequest) -> bool:
    """The tenant that somebody is signed in to; of several the first: no client says which is meant."""
    for tenant_id in tenants_of(request, runtime.settings):
        try:
            asked.tenant = await runtime.access.tenant(tenant_id)
        except NotFound:
            continue
        if await find_browser_session(runtime, request, asked.tenant) is not None:
            return True
    return False


async def _sign_out(runtime: Runtime, request: Request, asked: LogoutRequest) -> Response:
    browser = await find_browser_session(runtime, request, asked.tenant)
    if browser is not None and not _is_meant(asked, browser):
        query = urlencode({"sign_out_request": seal_request(runtime, asked.asked())})
        return _to(f"{runtime.settings.external_url}/hosted/{asked.tenant.slug}/sign-out?{query}")
    client_id = asked.client.client_id if asked.client else None
    tenant_id = UUID(asked.tenant.id)
    for session_id, user_id in _sessions(asked, browser):
        await sign_out(runtime, tenant_id, session_id, user_id, client_id=client_id)
    response = _to(asked.asked().address(runtime.settings.external_url))
    clear_cookie(response, runtime.settings, tenant_id)
    return response


def _is_meant(asked: LogoutRequest, browser: BrowserSession) -> bool:
    """Whether the ID token speaks of the one who is signed in here."""
    return asked.hint is not None and asked.hint["sub"] == str(browser.user_id)


def _sessions(asked: LogoutRequest, browser: BrowserSession | None) -> set[tuple[UUID, UUID]]:
    """The session that the ID token names, and the one of this browser, which is mostly the same."""
    sessions = set() if browser is None else {(browser.id, browser.user_id)}
    return sessions if asked.hint is None else sessions | {(UUID(asked.hint["sid"]), UUID(asked.hint["sub"]))}


def _to(address: str) -> Response:
    return RedirectResponse(address, _SEE_OTHER, headers=_HEADERS)
