"""What the protocol endpoints share: raw answers that nobody may store, and errors in OAuth's form."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import msgspec
from fastapi import Request, Response

from vaultaris_auth.oauth.errors import InvalidRequest, OAuthError, ServerError, TakenTooLong, TemporarilyUnavailable
from vaultaris_kit.errors import RateLimited, TimedOut, Unavailable, VaultarisError
from vaultaris_kit.http.middleware import refuse_with

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_FAULT = 500
_encode = msgspec.json.Encoder().encode

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def raw(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer without envelope that must not be stored (RFC 6749 section 5.1)."""
    return Response(_encode(body), status, {**_NO_STORE, **(headers or {})}, "application/json")


def nothing() -> Response:
    """200 with an empty body."""
    return Response(b"", headers=_NO_STORE)


def protocol(handler: Handler) -> Handler:
    """Answers the refusals of ``handler``, and the end of its time, in OAuth's form."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        refuse_with(request, refused)
        try:
            return await handler(request)
        except VaultarisError as refusal:
            return refused(refusal)

    return answer


def refused(refusal: VaultarisError) -> Response:
    """The answer of RFC 6749 section 5.2."""
    error = as_oauth(refusal)
    return raw(error.body(), error.status, error.headers)


def as_oauth(refusal: VaultarisError) -> OAuthError:
    """The protocol's name for a refusal that came from below."""
    if isinstance(refusal, OAuthError):
        return refusal
    if isinstance(refusal, (Unavailable, RateLimited)):
        return TemporarilyUnavailable(headers={"Retry-After": "1", **refusal.headers})
    if isinstance(refusal, TimedOut):
        return TakenTooLong()
    return InvalidRequest(refusal.message) if refusal.status < _FAULT else ServerError()
