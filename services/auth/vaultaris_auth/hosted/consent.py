"""The consent page."""

from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authorization_requests.next_step import Consent, NextStep
from vaultaris_auth.authorization_requests.operations import REQUIRED_SCOPES, decide_consent, deny_consent, resume
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.hosted.answers import ask, ask_again, read_form
from vaultaris_auth.hosted.leaving import place_of
from vaultaris_auth.hosted.sign_in import other_account_path
from vaultaris_auth.hosted.steps import follow
from vaultaris_auth.hosted.views import ClientView, ConsentPage, ScopeView
from vaultaris_auth.hosted.waiting import Opened, account_of, is_of_account, open_request
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
    opened, form = await open_request(request), await read_form(request)
    if form is None or (opened.browser is not None and not is_of_account(form, opened.browser)):
        return ask_again(request, "form")
    try:
        return follow(request, opened.look, await _decide(request, opened, form))
    except Unavailable:
        return ask_again(request, "busy")


async def client_view(request: Request, client: Client) -> ClientView:
    """The client as it describes itself."""
    async with runtime_of(request).database.tenant(client.tenant_id) as session:
        row = await ClientRepository(session, client.tenant_id).get(client.id)
    return ClientView(row.name, row.terms_url, row.privacy_url)


async def _ask(request: Request, opened: Opened, step: Consent) -> Response:
    asked = opened.waiting.asked
    page = ConsentPage(
        client=await client_view(request, opened.waiting.client),
        account=await account_of(request, step.browser),
        account_id=step.browser.user_id,
        scopes=[ScopeView(scope, scope in REQUIRED_SCOPES) for scope in asked.scope],
        place=place_of(asked.redirect_uri),
        other_account_path=other_account_path(request),
    )
    return ask(request, opened.look, lambda notice: replace(page, error=notice.error if notice else None))


async def _decide(request: Request, opened: Opened, form: Form) -> NextStep:
    runtime = runtime_of(request)
    if form.get("decision") != "approve":
        return await deny_consent(runtime, opened.waiting, opened.browser)
    approved = {name.removeprefix("scope.") for name in form if name.startswith("scope.")}
    return await decide_consent(runtime, opened.waiting, opened.browser, approved)
