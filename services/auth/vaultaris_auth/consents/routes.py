"""``/oauth/consent/{request_id}``: the consent endpoints, for the hosted pages' JSON twin and anybody's own pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from vaultaris_auth.authorization_requests.next_step import Done, NextStep, Refused
from vaultaris_auth.authorization_requests.operations import decide_consent, deny_consent
from vaultaris_auth.authorization_requests.store import Waiting, load_request
from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.consents.operations import consented_scope
from vaultaris_auth.consents.presented import signed_in_by
from vaultaris_auth.consents.schemas import Answered, Approval, ConsentRequestOut
from vaultaris_kit.errors import Forbidden, NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Person, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/oauth/consent/{request_id}", tags=["oauth"], route_class=JsonRoute)


async def _waiting(request: Request, request_id: str) -> Waiting:
    waiting = await load_request(runtime_of(request), request_id)
    if waiting is None:
        raise NotFound("This request has expired or was answered already.")
    return waiting


WaitingRequest = Annotated[Waiting, Depends(_waiting)]


@router.get("", operation_id="consent-get")
async def describe_request(request: Request, waiting: WaitingRequest) -> One[ConsentRequestOut]:
    """Describes a request that awaits a decision. Whoever knows its unguessable id may ask."""
    runtime = runtime_of(request)
    browser = await find_browser_session(runtime, request, waiting.tenant)
    async with runtime.database.tenant(waiting.tenant_id) as session:
        client = await ClientRepository(session, waiting.tenant_id).get(waiting.client.id)
        granted: frozenset[str] = frozenset()
        if browser is not None:
            granted = await consented_scope(session, waiting.tenant_id, browser.user_id, client.client_id)
    return one(ConsentRequestOut.of(waiting, client, granted))


@router.post("/approve", operation_id="consent-approve")
async def approve(request: Request, principal: Person, waiting: WaitingRequest, body: Approval) -> One[Answered]:
    """Grants the chosen scopes. 403 for a client that acts for a person: nobody can consent in their place."""
    browser = _of_tenant(request, waiting, principal)
    return one(_answered(await decide_consent(runtime_of(request), waiting, browser, body.approved_scopes)))


@router.post("/deny", operation_id="consent-deny")
async def deny(request: Request, principal: Person, waiting: WaitingRequest) -> One[Answered]:
    """Refuses; the client is told `access_denied`."""
    browser = _of_tenant(request, waiting, principal)
    return one(_answered(await deny_consent(runtime_of(request), waiting, browser)))


def _of_tenant(request: Request, waiting: Waiting, principal: Principal) -> BrowserSession:
    """The caller as somebody who is signed in. People of other tenants see nothing here."""
    if principal.tenant_id != waiting.tenant_id:
        raise NotFound("This request has expired or was answered already.")
    return signed_in_by(request, principal)


def _answered(step: NextStep) -> Answered:
    if isinstance(step, Done):
        return Answered.of(step.response)
    if isinstance(step, Refused):
        raise NotFound(step.error.message)
    raise Forbidden("The client asks for a fresh sign-in.", code="login_required")
