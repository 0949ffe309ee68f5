"""The pages where somebody lets a device use their account (RFC 8628 section 3.3).

The person signs in first: only then is there anybody whose guesses can be counted.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.device_authorizations.codes import UserCodes
from vaultaris_auth.device_authorizations.models import DeviceAuthorization
from vaultaris_auth.device_authorizations.operations import approve, deny, find_by_user_code
from vaultaris_auth.hosted.answers import ask, ask_again, read_form
from vaultaris_auth.hosted.consent import client_view
from vaultaris_auth.hosted.device_sign_in import USER_CODE, device_path
from vaultaris_auth.hosted.refusals import Handler
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.tenant_page import open_tenant
from vaultaris_auth.hosted.views import DeviceConfirmPage, DevicePage, MessagePage, ScopeView
from vaultaris_auth.hosted.waiting import account_of, is_of_account
from vaultaris_auth.tokens.person import SignIn
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.principal import Principal

_Handler = Callable[[Request, BrowserSession], Coroutine[Any, Any, Response]]


def _signed_in(handler: _Handler) -> Handler:
    """Sends whoever is not signed in to do so; then ``handler`` knows whose browser it is."""

    async def handle(request: Request) -> Response:
        tenant = await open_tenant(request)
        browser = await find_browser_session(runtime_of(request), request, tenant)
        return see_other(device_path(request, "/sign-in")) if browser is None else await handler(request, browser)

    return handle


@_signed_in
async def show_device(request: Request, _browser: BrowserSession) -> Response:
    """Asks for the code; one that came with the address is filled in."""
    given = request.query_params.get(USER_CODE, "")[:20]
    return ask(
        request, request.state.look,
        lambda notice: DevicePage(notice.typed if notice else given, notice.error if notice else None),
    )  # fmt: skip


@_signed_in
async def send_device(request: Request, browser: BrowserSession) -> Response:
    """Takes the code."""
    form = await read_form(request)
    if form is None or USER_CODE not in form:
        return ask_again(request, "form" if form is None else "missing")
    typed = form[USER_CODE]
    if await _find(request, browser, typed) is None:
        return ask_again(request, "unknown", typed[:20])
    return see_other(device_path(request, "/confirm", user_code=typed))


@_signed_in
async def show_device_confirm(request: Request, browser: BrowserSession) -> Response:
    """Asks whether it is the person's own device, and says what it wants."""
    found = await _find(request, browser, request.query_params.get(USER_CODE, ""))
    client = await runtime_of(request).get(ClientRegistry).find(found.client_id) if found else None
    if found is None or client is None:
        return _unknown(request)
    page = DeviceConfirmPage(
        client=await client_view(request, client),
        account=await account_of(request, browser),
        account_id=browser.user_id,
        user_code=shown_code(request.query_params[USER_CODE]),
        scopes=[ScopeView(scope, is_required=True) for scope in found.scope],
        requested_from=found.requested_from,
        requested_at=found.created_at,
    )
    return render(request, request.state.look, page)


@_signed_in
async def send_device_confirm(request: Request, browser: BrowserSession) -> Response:
    """Takes the decision. Anything but a clear yes is a no."""
    form = await read_form(request)
    if form is None or not is_of_account(form, browser):
        return see_other(device_path(request, "/confirm"))
    found = await _find(request, browser, request.query_params.get(USER_CODE, ""))
    approved = form.get("decision") == "approve"
    try:
        await _decide(request, browser, found, approved=approved)
    except NotFound:
        return _unknown(request)
    return see_other(device_path(request, "/done" if approved else "/denied", user_code=""))


async def show_device_done(request: Request) -> Response:
    """The device may go on."""
    await open_tenant(request)
    return render(request, request.state.look, MessagePage("device_done", "done"))


async def show_device_denied(request: Request) -> Response:
    """The device may not."""
    await open_tenant(request)
    return render(request, request.state.look, MessagePage("device_denied", "problem"))


def shown_code(typed: str) -> str:
    """A code as devices show it."""
    code = "".join(char for char in typed.upper() if char.isalnum())
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _unknown(request: Request) -> Response:
    """The code is over, or was never one: back to where codes are typed."""
    return ask_again(request, "unknown", page=device_path(request, "", user_code=""))


async def _find(request: Request, browser: BrowserSession, typed: str) -> DeviceAuthorization | None:
    runtime = runtime_of(request)
    async with runtime.database.tenant(browser.tenant_id) as session:
        return await find_by_user_code(
            session, browser.tenant_id, typed, guesser=str(browser.user_id), codes=runtime.get(UserCodes)
        )


async def _decide(
    request: Request, browser: BrowserSession, found: DeviceAuthorization | None, *, approved: bool
) -> None:
    """Raises NotFound for what waits no longer."""
    if found is None:
        raise NotFound
    person = Principal("user", browser.user_id, browser.tenant_id, client_id=found.client_id, session_id=browser.id)
    async with runtime_of(request).database.tenant(browser.tenant_id) as session:
        if approved:
            await approve(session, person, found.id, sign_in=_act(browser))
        else:
            await deny(session, person, found.id)


def _act(browser: BrowserSession) -> SignIn:
    return SignIn(browser.id, browser.auth_time, browser.amr, browser.acr)
