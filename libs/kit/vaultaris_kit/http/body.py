"""Reading JSON bodies: strict, bounded, and free of characters that PostgreSQL or a log can't hold."""

import json
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from vaultaris_kit.authn import has_credential
from vaultaris_kit.consistency import HEADER, collect_events, token_of
from vaultaris_kit.errors import BadRequest, Invalid, UnsupportedMediaType
from vaultaris_kit.http.dependencies import authenticated, runtime_of

MEBIBYTE = 1024 * 1024
MAX_BODY_BYTES = MEBIBYTE
MAX_DEPTH = 64
_CREATED = 201
_NUL_ESCAPE = b"\\u0000"
_TOO_DEEP = "The body is nested too deeply."


def parse_json(body: bytes) -> Any:
    """The value of a JSON body. Raises BadRequest when malformed, Invalid for NUL, lone surrogates, absurd depth."""
    try:
        value = msgspec.json.decode(body)
    except RecursionError as fault:
        raise Invalid(_TOO_DEEP) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _why(body) from fault
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _deeper_than(MAX_DEPTH, value):
        raise Invalid(_TOO_DEEP)
    if _NUL_ESCAPE in body and _holds_nul(value):
        raise Invalid("NUL characters are not allowed.")
    return value


def _why(body: bytes) -> BadRequest | Invalid:
    """A lone surrogate is well-formed JSON with a bad value; everything else is malformed."""
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Invalid("Lone surrogates are not allowed.")
    except (ValueError, RecursionError):
        pass
    return BadRequest("The body is not well-formed JSON.")


def _deeper_than(depth: int, value: Any) -> bool:
    """Goes down level by level, so that a deep value costs no recursion."""
    level = [value]
    for _ in range(depth):
        level = [item for each in level for item in _children(each)]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_nul(item) for item in value)


async def read_form(request: Request) -> dict[str, str]:
    """A url-encoded form whose fields appear once each (RFC 6749 section 3.2). Raises BadRequest, Invalid."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("The body must be application/x-www-form-urlencoded.")
    form: FormData = await request.form(max_fields=100)
    fields = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    if len(fields) != len(form.multi_items()):
        raise BadRequest("A parameter appears more than once.")
    if any("\x00" in value for value in fields.values()):
        raise Invalid("NUL characters are not allowed.")
    return fields


async def _once(key: str, request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    runtime = runtime_of(request)
    if runtime.idempotency is None or not has_credential(request.headers):
        return await handle(request)  # without a caller there is nobody whose key it could be
    principal = await authenticated(request)
    content = b" ".join((request.method.encode(), request.url.path.encode(), await request.body()))
    return await runtime.idempotency.run(key, principal, content, lambda: handle(request))


class _JsonRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


class JsonRoute(APIRoute):
    """A route whose JSON body is read by :func:`parse_json`; other media types answer 415.

    Creates (those that answer 201) honour ``Idempotency-Key``. What emits events answers with a consistency token.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        wants_json = self.body_field is not None
        creates = self.status_code == _CREATED

        async def checked(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if wants_json and kind and kind != "application/json" and not kind.endswith("+json"):
                raise UnsupportedMediaType("The body must be application/json.")
            request = _JsonRequest(request.scope, request.receive)
            key = request.headers.get("idempotency-key")
            events = collect_events()
            response = await (_once(key, request, handle) if creates and key is not None else handle(request))
            if events:
                response.headers[HEADER] = token_of(events)
            return response

        return checked
