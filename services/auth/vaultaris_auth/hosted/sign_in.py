"""The sign-in page."""

from typing import assert_never

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authentication.browser_sign_in import MfaRequired, SignInRefused
from vaultaris_auth.authentication.password import PasswordExpired
from vaultaris_auth.authorization_requests.next_step import SignIn
from vaultaris_auth.authorization_requests.operations import resume
from vaultaris_auth.authorization_requests.sign_in import SignedIn, SignInOutcome, sign_in_with_password
from vaultaris_auth.browser_sessions.cookie import set_cookie
from vaultaris_auth.hosted.answers import ask, ask_again, read_form
from vaultaris_auth.hosted.rendering import see_other
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
    """Takes the form."""
    opened, form = await open_request(request), await read_form(request)
    if fault := fault_of(form):
        return ask_again(request, fault, typed_login(form))
    assert form is not None
    try:
        outcome = await sign_in_with_password(
            runtime_of(request), opened.waiting, opened.browser, typed_login(form), form["password"]
        )
    except PasswordExpired:
        return ask_again(request, "password_expired", typed_login(form))
    except Unavailable:
        return ask_again(request, "busy", typed_login(form))
    return _answer(request, opened, outcome, form)


def fault_of(form: Form | None) -> str | None:
    """What keeps a sign-in form from being tried, as a key."""
    if form is None:
        return "form"
    return None if "login" in form and "password" in form else "missing"


def typed_login(form: Form | None) -> str:
    return (form or {}).get("login", "").strip()


def wants_other_account(request: Request) -> bool:
    """Whether somebody else than the one who is signed in wants to sign in."""
    return request.query_params.get("account") == _OTHER_ACCOUNT["account"]


def other_account_path(request: Request) -> str:
    """Where somebody else can sign in."""
    return page_path(request, "sign-in", **_OTHER_ACCOUNT)


def _ask(request: Request, opened: Opened, login_hint: str | None) -> Response:
    return ask(
        request, opened.look,
        lambda notice: SignInPage(
            client_name=opened.waiting.client.name,
            login=(notice and notice.typed) or login_hint or "",
            error=notice.error if notice else None,
        ),
    )  # fmt: skip


def _answer(request: Request, opened: Opened, outcome: SignInOutcome, form: Form) -> Response:
    match outcome:
        case SignedIn():
            response = follow(request, opened.look, outcome.next)
            set_cookie(response, runtime_of(request).settings, opened.waiting.tenant_id, outcome.started.secret)
            return response
        case SignInRefused():
            return ask_again(request, "refused", typed_login(form))
        case MfaRequired():
            return see_other(page_path(request, "second-factor"))
        case _:
            assert_never(outcome)
