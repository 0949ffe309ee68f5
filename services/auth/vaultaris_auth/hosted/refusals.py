"""Refusals as pages: a person in a browser is told what to do, not given a JSON object."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final

from fastapi import Request, Response

from vaultaris_auth.hosted.forms import FormRefused
from vaultaris_auth.hosted.look import Look, plain_look
from vaultaris_auth.hosted.rendering import render
from vaultaris_auth.hosted.views import Action, MessagePage, Symbol
from vaultaris_auth.oauth.errors import OAuthError, TakenTooLong, TemporarilyUnavailable
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import Forbidden, NotFound, RateLimited, TimedOut, Unavailable, VaultarisError
from vaultaris_kit.http.middleware import refuse_nul, refuse_with
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_FAULT: Final = 500
_PASSING: Final = (Unavailable, RateLimited, TimedOut, TemporarilyUnavailable, TakenTooLong)
"""What may be gone at the next try."""


class RequestFinished(VaultarisError):
    """The request was answered, has expired, or was never there: all the same to the person."""

    status, code, message = 410, "request_finished", "This request has expired or was answered already."


class TenantClosed(Forbidden):
    """The tenant is suspended or archived."""

    code, message = "tenant_closed", "Nobody can sign in to this tenant at the moment."


def hosted_page(handler: Handler) -> Handler:
    """Answers what ``handler`` refuses, breaks on or has no time for with a page, in the tenant's look if known."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        refuse_with(request, lambda refusal: refusal_page(request, refusal))
        try:
            refuse_nul(request.scope)
            return await handler(request)
        except VaultarisError as refusal:
            return refusal_page(request, refusal)
        except Exception as fault:  # nothing of a fault may reach the browser
            log.error("unhandled_fault", exc_info=fault)
            return refusal_page(request, VaultarisError())

    return answer


def refusal_page(request: Request, refusal: VaultarisError, *, look: Look | None = None) -> Response:
    """The page for ``refusal``; with the code and the request's id for whoever has to find out why."""
    look = look or getattr(request.state, "look", None) or plain_look(request)
    message, symbol = _message_of(refusal)
    again = Action(_here(request), "error.again") if message in ("error.unavailable", "error.fault") else None
    page = MessagePage(
        message, symbol, values={"tenant": look.name} if message == "error.tenant" else {},
        action=again, details=_details(refusal),
    )  # fmt: skip
    response = render(request, look, page, status=refusal.status)
    response.headers.update({name: value for name, value in refusal.headers.items() if name == "Retry-After"})
    return response


def _message_of(refusal: VaultarisError) -> tuple[str, Symbol]:
    if isinstance(refusal, TenantClosed):
        return "error.tenant", "lock"
    if isinstance(refusal, RequestFinished):
        return "error.finished", "wait"
    if isinstance(refusal, FormRefused):
        return "error.form", "problem"
    if isinstance(refusal, NotFound):
        return "error.not_found", "problem"
    if isinstance(refusal, _PASSING):
        return "error.unavailable", "wait"
    return ("error.request" if refusal.status < _FAULT else "error.fault"), "problem"


def _details(refusal: VaultarisError) -> dict[str, str]:
    """The protocol's own words (RFC 6749 section 4.1.2.1), which are English."""
    described = {"error_description": refusal.message} if isinstance(refusal, OAuthError) else {}
    return {"error": refusal.code, **described, "request_id": current_request().request_id or "-"}


def _here(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
