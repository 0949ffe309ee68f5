"""``GET`` and ``POST /oauth/authorize`` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2.1)."""

from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from vaultaris_auth.authorization_requests.next_step import Consent, Done, NextStep, Refused, SignIn
from vaultaris_auth.authorization_requests.operations import answered_already, resume
from vaultaris_auth.authorization_requests.response import error_response
from vaultaris_auth.authorization_requests.store import Waiting, load_request, store_request
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.oauth.authorize.error_page import error_page, refuse_with_page
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.authorize.steps import STEPS
from vaultaris_auth.oauth.endpoint import as_oauth
from vaultaris_auth.oauth.errors import ConsentRequired, LoginRequired, OAuthError
from vaultaris_auth.oauth.form import Form, parse_pairs, read_body
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.service import Runtime

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}
_SEE_OTHER = 303
_SILENT: dict[type[NextStep], type[OAuthError]] = {SignIn: LoginRequired, Consent: ConsentRequired}
"""What ``prompt=none`` is told instead of asking the person."""


async def authorize(request: Request) -> Response:
    """Sends the browser on: to the client with a code or an error, to the sign-in page, or to the consent page.

    A page with an error is all there is as long as the client and its redirect_uri are not verified.
    """
    runtime = runtime_of(request)
    refuse_with_page(request)
    try:
        asked = AuthorizeRequest(runtime, *await _parameters(request))
    except VaultarisError as refusal:
        return error_page(request, as_oauth(refusal))
    try:
        for step in STEPS:
            await step(asked)
        return await _proceed(runtime, request, asked.waiting())
    except VaultarisError as refusal:
        return _refuse(request, asked, as_oauth(refusal))


async def _parameters(request: Request) -> tuple[Form, frozenset[str]]:
    return await read_body(request) if request.method == "POST" else parse_pairs(request.url.query.encode())


async def _proceed(runtime: Runtime, request: Request, waiting: Waiting) -> Response:
    browser = await find_browser_session(runtime, request, waiting.tenant)
    step = await resume(runtime, waiting, browser)
    if isinstance(step, Done):
        return step.response.render()
    if isinstance(step, Refused):
        return error_page(request, step.error)
    if "none" in waiting.asked.prompt:
        error = _SILENT[type(step)]()
        return error_response(waiting.asked, runtime.settings.issuer, error).render()
    return to_page(runtime, waiting, await store_request(runtime, waiting), step)


def to_page(runtime: Runtime, waiting: Waiting, request_id: str, step: SignIn | Consent) -> Response:
    """A redirect to the hosted page that asks the person what ``step`` wants to know."""
    page = "sign-in" if isinstance(step, SignIn) else "consent"
    query = urlencode({"request_id": request_id})
    address = f"{runtime.settings.external_url}/hosted/{waiting.tenant.slug}/{page}?{query}"
    return RedirectResponse(address, _SEE_OTHER, headers=_NO_STORE)


def _refuse(request: Request, asked: AuthorizeRequest, error: OAuthError) -> Response:
    """To the client when its address is verified, else to the person (RFC 6749 section 4.1.2.1)."""
    if asked.redirect_uri is None:
        return error_page(request, error)
    return error_response(asked.parameters(), asked.runtime.settings.issuer, error).render()


async def to_consent_page(request: Request) -> Response:
    """``/consent/{request_id}``: the address that the API documents, sent on to the tenant's hosted page."""
    runtime = runtime_of(request)
    waiting = await load_request(runtime, request.path_params["request_id"])
    if waiting is None or waiting.request_id is None:
        return error_page(request, answered_already())
    browser = await find_browser_session(runtime, request, waiting.tenant)
    return to_page(runtime, waiting, waiting.request_id, Consent(browser) if browser else SignIn())


async def form_post_script(_request: Request) -> Response:
    """Posts the one form of the page; without scripts the page's button does."""
    headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response("document.forms[0].submit();\n", headers=headers, media_type="text/javascript")
