"""The sign-in page."""

from typing import assert_never

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authorization_requests.next_step import SignIn
from vaultaris_auth.authorization_requests.operations import resume
from vaultaris_auth.authorization_requests.sign_in import (
    MfaRequired,
    SignedIn,
    SignInOutcome,
    SignInRefused,
    sign_in_with_password,
)
from vaultaris_auth.browser_sessions.cookie import set_cookie
from vaultaris_auth.hosted.forms import FormGuard, FormRefused, action_of
from vaultaris_auth.hosted.notices import Notice, Notices
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.steps import follow
from vaultaris_auth.hosted.views import SignInPage
from vaultaris_auth.hosted.waiting import Opened, open_request, page_path
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.http.dependencies import runtime_of

_OTHER_ACCOUNT = {"account": "other"}


async def show_sign_in(request: Request) -> Response:
    """Asks who it is; goes on at once when that is known by now, unless another account is wanted."""
    opened = await open_request(request)
    if wants_other_account(request):
        return _ask(request, opened, None)
    step = await resume(runtime_of(request), opened.waiting, opened.browser)
    return _ask(request, opened, step.login_hint) if isinstance(step, SignIn) else follow(request, opened.look, step)


async def send_sign_in(request: Request) -> Response:
    """Takes the form. Answered with a redirect, so that it is never sent twice by the browser."""
    opened, runtime = await open_request(request), runtime_of(request)
    try:
        form = await runtime.get(FormGuard).read(request)
    except FormRefused:
        if not request.cookies:  # nothing could be carried over to the page either
            raise
        return _again(request, "form")
    if not ("login" in form and "password" in form):
        return _again(request, "missing", form)
    try:
        outcome = await sign_in_with_password(
            runtime, opened.waiting, opened.browser, form["login"].strip(), form["password"]
        )
    except Unavailable:
        return _again(request, "busy", form)
    return _answer(request, opened, outcome, form)


def wants_other_account(request: Request) -> bool:
    """Whether somebody else than the one who is signed in wants to sign in."""
    return request.query_params.get("account") == _OTHER_ACCOUNT["account"]


def other_account_path(request: Request) -> str:
    """Where somebody else can sign in."""
    return page_path(request, "sign-in", **_OTHER_ACCOUNT)


def _ask(request: Request, opened: Opened, login_hint: str | None) -> Response:
    notices = runtime_of(request).get(Notices)
    notice = notices.take(request, action_of(request))
    page = SignInPage(
        client_name=opened.waiting.client.name,
        login=(notice and notice.login) or login_hint or "",
        error=notice.error if notice else None,
    )
    response = render(request, opened.look, page)
    if notice:
        notices.clear(response)
    return response


def _again(request: Request, error: str, form: Form | None = None) -> Response:
    """Back to the form, with what was wrong and the login that was typed."""
    response = see_other(action_of(request))
    notice = Notice(action_of(request), error, (form or {}).get("login", "")[:320])
    runtime_of(request).get(Notices).keep(response, notice)
    return response


def _answer(request: Request, opened: Opened, outcome: SignInOutcome, form: Form) -> Response:
    match outcome:
        case SignedIn():
            response = follow(request, opened.look, outcome.next)
            set_cookie(response, runtime_of(request).settings, opened.waiting.tenant_id, outcome.started.secret)
            return response
        case SignInRefused():
            return _again(request, "refused", form)
        case MfaRequired():
            return see_other(page_path(request, "second-factor"))
        case _:
            assert_never(outcome)
