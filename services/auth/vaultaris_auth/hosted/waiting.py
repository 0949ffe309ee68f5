"""The authorization request that a page serves, and who is signed in to this browser."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_auth.authorization_requests.store import Waiting, load_request
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.hosted.look import LANGUAGE_PARAMETER, Look, tenant_look
from vaultaris_auth.hosted.refusals import RequestFinished
from vaultaris_auth.hosted.tenant_page import open_tenant
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.http.dependencies import runtime_of

REQUEST_PARAMETER = "request_id"
ACCOUNT_FIELD = "account_id"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page of the sign-in works with."""

    waiting: Waiting
    browser: BrowserSession | None
    look: Look


async def open_request(request: Request) -> Opened:
    """The waiting request that the page's address names. Raises :class:`RequestFinished`, NotFound, TenantClosed."""
    runtime = runtime_of(request)
    tenant = await open_tenant(request)
    waiting = await load_request(runtime, request.query_params.get(REQUEST_PARAMETER, ""))
    if waiting is None or waiting.tenant.id != tenant.id:
        raise RequestFinished
    look = tenant_look(request, tenant, ui_locales=" ".join(waiting.asked.ui_locales))
    request.state.look = look
    return Opened(waiting, await find_browser_session(runtime, request, tenant), look)


def page_path(request: Request, page: str, **query: str) -> str:
    """The address of another page for the same tenant, request and language."""
    kept = {
        name: request.query_params[name]
        for name in (REQUEST_PARAMETER, LANGUAGE_PARAMETER)
        if name in request.query_params
    }
    encoded = urlencode({**kept, **query})
    path = f"/hosted/{request.path_params['slug']}/{page}"
    return f"{path}?{encoded}" if encoded else path


async def account_of(request: Request, browser: BrowserSession) -> str:
    """What the signed-in person is called: their address, or else their user name."""
    return account_name((await runtime_of(request).access.of_user(browser.tenant_id, browser.user_id)).answer.user)


def is_of_account(form: Form, browser: BrowserSession) -> bool:
    """Whether the page that the form comes from named the account that is signed in by now: another tab may have
    changed it.
    """
    return form.get(ACCOUNT_FIELD) == str(browser.user_id)


def account_name(user: User) -> str:
    return user.email or user.username
