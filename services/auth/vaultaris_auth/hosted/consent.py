"""The consent page."""

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authorization_requests.next_step import Consent, NextStep
from vaultaris_auth.authorization_requests.operations import REQUIRED_SCOPES, decide_consent, deny_consent, resume
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.hosted.forms import FormGuard, FormRefused, action_of
from vaultaris_auth.hosted.leaving import place_of
from vaultaris_auth.hosted.notices import Notice, Notices
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.sign_in import other_account_path
from vaultaris_auth.hosted.steps import follow
from vaultaris_auth.hosted.views import ClientView, ConsentPage, ScopeView
from vaultaris_auth.hosted.waiting import Opened, account_of, open_request
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.http.dependencies import runtime_of


async def show_consent(request: Request) -> Response:
    """Asks whether the client may do what it asks for; goes on at once when there is nothing to ask."""
    opened = await open_request(request)
    step = await resume(runtime_of(request), opened.waiting, opened.browser)
    if isinstance(step, Consent):
        return await _ask(request, opened, step)
    return follow(request, opened.look, step)


async def send_consent(request: Request) -> Response:
    """Takes the decision. Anything but a clear yes is a no."""
    opened, runtime = await open_request(request), runtime_of(request)
    try:
        form = await runtime.get(FormGuard).read(request)
        return follow(request, opened.look, await _decide(request, opened, form))
    except FormRefused:
        if not request.cookies:  # nothing could be carried over to the page either
            raise
        return _again(request, "form")
    except Unavailable:
        return _again(request, "busy")


async def client_view(request: Request, opened: Opened) -> ClientView:
    """The client as it describes itself."""
    waiting = opened.waiting
    async with runtime_of(request).database.tenant(waiting.tenant_id) as session:
        client = await ClientRepository(session, waiting.tenant_id).get(waiting.client.id)
    return ClientView(client.name, client.terms_url, client.privacy_url)


async def _ask(request: Request, opened: Opened, step: Consent) -> Response:
    notices = runtime_of(request).get(Notices)
    notice = notices.take(request, action_of(request))
    page = ConsentPage(
        client=await client_view(request, opened),
        account=await account_of(request, step.browser),
        scopes=[ScopeView(scope, scope in REQUIRED_SCOPES) for scope in opened.waiting.asked.scope],
        place=place_of(opened.waiting.asked.redirect_uri),
        other_account_path=other_account_path(request),
        error=notice.error if notice else None,
    )
    response = render(request, opened.look, page)
    if notice:
        notices.clear(response)
    return response


async def _decide(request: Request, opened: Opened, form: Form) -> NextStep:
    runtime = runtime_of(request)
    if form.get("decision") != "approve":
        return await deny_consent(runtime, opened.waiting, opened.browser)
    approved = {name.removeprefix("scope.") for name in form if name.startswith("scope.")}
    return await decide_consent(runtime, opened.waiting, opened.browser, approved)


def _again(request: Request, error: str) -> Response:
    response = see_other(action_of(request))
    runtime_of(request).get(Notices).keep(response, Notice(action_of(request), error))
    return response
