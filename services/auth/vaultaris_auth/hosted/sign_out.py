"""The page that asks whether to sign out: shown when anybody could have sent the browser here."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.browser_sessions.cookie import clear_cookie
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.hosted.answers import read_form
from vaultaris_auth.hosted.forms import action_of
from vaultaris_auth.hosted.leaving import place_of
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.tenant_page import open_tenant
from vaultaris_auth.hosted.views import LeavingPage, SignOutPage
from vaultaris_auth.hosted.waiting import account_of, page_path
from vaultaris_auth.sign_out.operations import confirm_sign_out
from vaultaris_auth.sign_out.request import SignOutRequest, open_request
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.service import Runtime

_PARAMETER = "sign_out_request"


@dataclass(frozen=True, slots=True)
class _Opened:
    tenant_id: UUID
    asked: SignOutRequest
    browser: BrowserSession | None


async def show_sign_out(request: Request) -> Response:
    """Asks; somebody who is not signed in any more is told so."""
    opened = await _open(request)
    if opened.browser is None:
        return see_other(page_path(request, "signed-out"))
    return render(request, request.state.look, SignOutPage(await account_of(request, opened.browser)))


async def send_sign_out(request: Request) -> Response:
    """Takes the answer. Without a clear yes the person stays signed in."""
    opened, form = await _open(request), await read_form(request)
    if form is None:
        return see_other(action_of(request))
    if form.get("decision") != "sign_out":
        return see_other(page_path(request, "signed-out"))
    return await _sign_out(request, opened)


async def _open(request: Request) -> _Opened:
    """What was asked for. One that can't be read, is another tenant's, or leads to an address that is not registered
    any more asks for the sign-out alone.
    """
    tenant, runtime = await open_tenant(request), runtime_of(request)
    asked = open_request(runtime, request.query_params.get(_PARAMETER, ""))
    if asked is None or asked.tenant_slug != tenant.slug or not await _may_lead_back(runtime, asked):
        asked = SignOutRequest(tenant.slug)
    return _Opened(UUID(tenant.id), asked, await find_browser_session(runtime, request, tenant))


async def _may_lead_back(runtime: Runtime, asked: SignOutRequest) -> bool:
    """Whether the address, if there is one, is still the client's."""
    if asked.redirect_uri is None:
        return True
    client = await runtime.get(ClientRegistry).find(asked.client_id or "")
    return client is not None and asked.redirect_uri in client.post_logout_redirect_uris


async def _sign_out(request: Request, opened: _Opened) -> Response:
    runtime = runtime_of(request)
    address = await confirm_sign_out(runtime, opened.asked, opened.browser)
    if opened.asked.redirect_uri is None:
        response = see_other(page_path(request, "signed-out"))
    else:
        response = render(request, request.state.look, LeavingPage(address, place_of(address)))
    clear_cookie(response, runtime.settings, opened.tenant_id)
    return response
