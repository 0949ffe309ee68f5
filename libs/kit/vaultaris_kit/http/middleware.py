"""The outermost layer of every service: request context, bounds, metrics, and the last resort for faults."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vaultaris_kit.authn import challenge
from vaultaris_kit.context import RequestContext, enter_request
from vaultaris_kit.errors import Invalid, PayloadTooLarge, TimedOut, Unavailable, VaultarisError
from vaultaris_kit.http.body import MAX_BODY_BYTES
from vaultaris_kit.ids import new_id
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import HTTP_REQUESTS, HTTP_SECONDS

log = get_logger(__name__)

LONG_SECONDS = 900.0
"""What a request that moves a great many rows may take; the gateway allows the same."""
_MAX_USER_AGENT = 512
_SERIES = 4096
_time_of = lru_cache(_SERIES)(HTTP_SECONDS.labels)
_NO_CONTENT = 204
_UNAUTHORIZED = 401
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSE = "vaultaris.refuse"
Refuse = Callable[[VaultarisError], Response]
TRY_AGAIN = (b"x-vaultaris-try-again", b"1")
"""Tells the gateway that the request was interrupted and can be made again at once; clients never see it."""


class RequestLayer:
    """Pure ASGI. ``large_bodies`` says by path suffix how many bytes a body may have where that is more than 1 MiB,

    ``long_requests`` those that may take :data:`LONG_SECONDS` instead of ``timeout`` seconds. ``own_queries`` are
    beginnings of paths whose handlers judge their queries themselves, because they refuse in a form of their own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        timeout: float,
        large_bodies: Mapping[str, int] = MappingProxyType({}),
        long_requests: tuple[str, ...] = (),
        own_queries: tuple[str, ...] = (),
    ) -> None:
        self._app, self._timeout, self._large, self._long = app, timeout, large_bodies, long_requests
        self._own_queries = own_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = _context(scope)
        enter_request(context)
        started, status = time.perf_counter(), 500
        began = False

        async def sending(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                began, status = True, message["status"]
                message["headers"] = [*_said(message), (b"x-request-id", (context.request_id or "").encode())]
                if status == Unavailable.status and context.effects.repeatable(safe=scope["method"] in _SAFE):
                    message["headers"].append(TRY_AGAIN)
            await send(message)

        try:
            self._refuse_nul(scope)
            async with asyncio.timeout(LONG_SECONDS if scope["path"].endswith(self._long) else self._timeout):
                await self._app(scope, self._bounded(scope, receive), sending)
        except VaultarisError as refusal:
            await _answer(refusal, context, scope, receive, sending, began=began)
        except TimeoutError:
            await _answer(TimedOut(), context, scope, receive, sending, began=began)
        except Exception as fault:  # the last resort: nothing of a fault may reach the caller
            log.error("unhandled_fault", exc_info=fault)
            await _answer(VaultarisError(), context, scope, receive, sending, began=began)
        finally:
            route = getattr(scope.get("route"), "path", "unrouted")
            HTTP_REQUESTS.of(scope["method"], route, status).count += 1
            _time_of(scope["method"], route).observe(time.perf_counter() - started)

    def _refuse_nul(self, scope: Scope) -> None:
        path: str = scope["path"]
        if "\x00" in path or not path.startswith(self._own_queries):
            refuse_nul(scope)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        allowed = (most for suffix, most in self._large.items() if scope["path"].endswith(suffix))
        most = next(allowed, MAX_BODY_BYTES)
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise PayloadTooLarge
            return message

        return receiving


def refuse_with(request: Request, refuse: Refuse) -> None:
    """Has the layer answer in a handler's own form, should the request run out of time or break."""
    request.scope[_REFUSE] = refuse


def _said(start: Message) -> list[tuple[bytes, bytes]]:
    """The headers of an answer; one without a body has no media type either."""
    headers: list[tuple[bytes, bytes]] = list(start["headers"])
    return [each for each in headers if each[0] != b"content-type"] if start["status"] == _NO_CONTENT else headers


async def _answer(
    error: VaultarisError, context: RequestContext, scope: Scope, receive: Receive, send: Send, *, began: bool
) -> None:
    if began:
        return  # the answer is under way: closing the connection is all that is left
    refuse: Refuse | None = scope.get(_REFUSE)
    response = error_response(error, context.request_id) if refuse is None else refuse(error)
    await response(scope, receive, send)


def error_response(error: VaultarisError, request_id: str | None = None) -> JSONResponse:
    """The error envelope as a response. A 401 always says how to do better (RFC 9110 section 15.5.2)."""
    body: dict[str, Any] = error.body()
    if request_id:
        body["request_id"] = request_id
    headers = {**challenge(), **error.headers} if error.status == _UNAUTHORIZED else error.headers
    return JSONResponse(body, error.status, headers)


def refuse_nul(scope: Scope) -> None:
    """Raises :class:`Invalid` for a path or query with a character that nothing here can store."""
    if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
        raise Invalid("NUL characters are not allowed.")


def _context(scope: Scope) -> RequestContext:
    headers = {key: value.decode("latin-1") for key, value in scope["headers"] if key in _WANTED}
    peer = scope.get("client")
    return RequestContext(
        request_id=_request_id(headers.get(b"x-request-id")),
        address=headers.get(b"x-envoy-external-address") or (peer[0] if peer else None),
        user_agent=headers.get(b"user-agent", "")[:_MAX_USER_AGENT].replace("\x00", "") or None,
        device_fingerprint=_fingerprint(headers.get(b"x-device-fingerprint")),
        traceparent=headers.get(b"traceparent"),
    )


_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def _request_id(value: str | None) -> str:
    """The gateway echoes some that are longer or hold other characters; in our logs and events they have no place."""
    return value if value is not None and _REQUEST_ID.fullmatch(value) else str(new_id())


_FINGERPRINT_CHARS = 64


def _fingerprint(value: str | None) -> str | None:
    """64 hexadecimal characters or nothing."""
    if value is None or len(value) != _FINGERPRINT_CHARS:
        return None
    return value.lower() if all(char in "0123456789abcdefABCDEF" for char in value) else None


_WANTED = frozenset(
    {b"x-request-id", b"x-envoy-external-address", b"user-agent", b"x-device-fingerprint", b"traceparent"}
)
