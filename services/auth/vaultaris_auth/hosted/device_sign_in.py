"""Signing in before a device is connected: at the tenant itself, with no client behind it."""

from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authentication.browser_sign_in import MfaRequired, SignInRefused, begin_with_password
from vaultaris_auth.authentication.password import PasswordExpired
from vaultaris_auth.authentication.place import TenantItself
from vaultaris_auth.browser_sessions.cookie import set_cookie
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.hosted.answers import ask, ask_again, read_form
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.sign_in import fault_of, typed_login
from vaultaris_auth.hosted.tenant_page import open_tenant
from vaultaris_auth.hosted.views import MessagePage, SignInPage
from vaultaris_auth.hosted.waiting import page_path
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.http.dependencies import runtime_of

USER_CODE: Final = "user_code"


async def show_device_sign_in(request: Request) -> Response:
    """Asks who it is, unless that is known by now."""
    tenant = await open_tenant(request)
    if await find_browser_session(runtime_of(request), request, tenant) is not None:
        return see_other(device_path(request, ""))
    return ask(
        request, request.state.look,
        lambda notice: SignInPage(None, notice.typed if notice else "", notice.error if notice else None),
    )  # fmt: skip


async def send_device_sign_in(request: Request) -> Response:
    """Takes the form."""
    tenant, runtime, form = await open_tenant(request), runtime_of(request), await read_form(request)
    if fault := fault_of(form):
        return ask_again(request, fault, typed_login(form))
    assert form is not None
    tenant_id = UUID(tenant.id)
    previous = await find_browser_session(runtime, request, tenant)
    try:
        outcome = await begin_with_password(
            runtime, tenant, TenantItself(tenant_id), previous, typed_login(form), form["password"]
        )
    except PasswordExpired:
        return ask_again(request, "password_expired", typed_login(form))
    except Unavailable:
        return ask_again(request, "busy", typed_login(form))
    if isinstance(outcome, SignInRefused):
        return ask_again(request, "refused", typed_login(form))
    if isinstance(outcome, MfaRequired):
        return render(request, request.state.look, MessagePage("mfa_required", "lock"))
    response = see_other(device_path(request, ""))
    set_cookie(response, runtime.settings, tenant_id, outcome.secret)
    return response


def device_path(request: Request, page: str, *, user_code: str | None = None) -> str:
    """The address of a page of this flow; the code travels along, unless another one is given or it is over."""
    code = request.query_params.get(USER_CODE, "") if user_code is None else user_code
    return page_path(request, f"device{page}", **({USER_CODE: code[:20]} if code else {}))
