"""Envoy's own answers in the product's error envelope, and the headers that every answer carries."""

import base64
import hashlib
from typing import NamedTuple

from vaultaris_gateway.extension import Config, extension, header_if_absent, overwrite_header
from vaultaris_gateway.settings import GatewaySettings

_YEAR_SECONDS = 31_536_000
_UNAVAILABLE = 503
_RETRY_AFTER = ("retry-after", "1")
"""When to come back, as the services say it of themselves (RFC 9110 section 10.2.3)."""


class Reply(NamedTuple):
    """What Envoy says when it answers ``status`` by itself."""

    status: int
    error: str
    message: str


REPLIES = (
    Reply(400, "bad_request", "The request is malformed."),
    Reply(403, "forbidden", "You may not do this."),
    Reply(404, "not_found", "There is no such thing here."),
    Reply(405, "method_not_allowed", "This path does not answer that method."),
    Reply(408, "timeout", "The request did not arrive in time."),
    Reply(413, "payload_too_large", "The request body is too large."),
    Reply(426, "bad_request", "HTTP/1.1 or HTTP/2 is required."),
    Reply(429, "rate_limited", "Too many requests; try again later."),
    Reply(431, "bad_request", "The request headers are too large."),
    Reply(500, "internal_error", "Something went wrong on our side."),
    Reply(502, "upstream_error", "The service answered in a way that makes no sense."),
    Reply(503, "unavailable", "The service is not available right now; try again shortly."),
    Reply(504, "timeout", "The request took too long."),
)


_STYLE = (
    "body{margin:0;display:grid;place-content:center;min-height:100vh;padding:1.5rem;box-sizing:border-box;"
    "font:1rem/1.5 system-ui,sans-serif;color-scheme:light dark;text-align:center}"
    "h1{margin:0 0 .5rem;font-size:1.5rem}p{margin:0}"
)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>One moment</title>'
    "<style>{style}</style></head><body><main><h1>One moment</h1><p>{message}</p></main></body></html>"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
}


def local_replies() -> Config:
    """``local_reply_config``: a JSON envelope for every status, with ``error_description`` too below /oauth.

    Below /hosted there are people: they get a page.
    """
    pages = [_page_mapper(reply) for reply in REPLIES]
    oauth = [_mapper(reply, oauth=True) for reply in REPLIES]
    return {"mappers": [*pages, *oauth, *(_mapper(reply, oauth=False) for reply in REPLIES)]}


def answer_headers(settings: GatewaySettings) -> Config:
    """The filter that adds the headers of every answer, Envoy's own included.

    What does not say otherwise must not be kept: a cache may keep what came for an ``X-Api-Key``, as RFC 9111 section
    3.5 protects answers to ``Authorization`` alone.
    """
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
    }
    if settings.is_https:
        headers["strict-transport-security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
    mutations = [{"append": header_if_absent(name, value)} for name, value in headers.items()]
    mutations.append({"append": {"header": {"key": "vary", "value": "Origin"}}})  # Envoy allows an origin by naming it
    return extension(
        "envoy.filters.http.header_mutation",
        "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
        mutations={"response_mutations": mutations},
    )


def _page_mapper(reply: Reply) -> Config:
    page = _PAGE.format(style=_STYLE, message=reply.message).replace(
        "%", "%%"
    )  # a single % begins a command of Envoy's
    return {
        "filter": _both(_status_is(reply.status), _path_starts("/hosted/")),
        "headers_to_add": [overwrite_header(*header) for header in (*_PAGE_HEADERS.items(), *_headers_of(reply))],
        "body_format_override": {
            "text_format_source": {"inline_string": page},
            "content_type": "text/html; charset=utf-8",
        },
    }


def _mapper(reply: Reply, *, oauth: bool) -> Config:
    body: Config = {"error": reply.error, "message": reply.message, "status": reply.status}
    if oauth:
        body["error_description"] = reply.message
    return {
        "filter": _both(_status_is(reply.status), _path_starts("/oauth/")) if oauth else _status_is(reply.status),
        "headers_to_add": [overwrite_header(*header) for header in _headers_of(reply)],
        "body_format_override": {
            "json_format": body | {"request_id": "%REQ(X-REQUEST-ID)%"},
            "omit_empty_values": True,
        },
    }


def _headers_of(reply: Reply) -> tuple[tuple[str, str], ...]:
    return (_RETRY_AFTER,) if reply.status == _UNAVAILABLE else ()


def _status_is(status: int) -> Config:
    comparison = {"op": "EQ", "value": {"default_value": status, "runtime_key": "vaultaris.local_reply.status"}}
    return {"status_code_filter": {"comparison": comparison}}


def _path_starts(prefix: str) -> Config:
    return {"header_filter": {"header": {"name": ":path", "string_match": {"prefix": prefix}}}}


def _both(*filters: Config) -> Config:
    return {"and_filter": {"filters": list(filters)}}
