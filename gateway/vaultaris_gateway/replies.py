"""Envoy's own answers in the product's error envelope, and the headers that every answer carries."""

from typing import NamedTuple

from vaultaris_gateway.extension import Config, extension, header_if_absent
from vaultaris_gateway.settings import GatewaySettings

_YEAR_SECONDS = 31_536_000


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


def local_replies() -> Config:
    """``local_reply_config``: a JSON envelope for every status, with ``error_description`` too below /oauth."""
    oauth = [_mapper(reply, oauth=True) for reply in REPLIES]
    return {"mappers": [*oauth, *(_mapper(reply, oauth=False) for reply in REPLIES)]}


def answer_headers(settings: GatewaySettings) -> Config:
    """The filter that adds the headers of every answer, Envoy's own included."""
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
    }
    if settings.is_https:
        headers["strict-transport-security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
    mutations = [{"append": header_if_absent(name, value)} for name, value in headers.items()]
    if settings.cors_allowed_origins:
        mutations.append({"append": {"header": {"key": "vary", "value": "Origin"}}})
    return extension(
        "envoy.filters.http.header_mutation",
        "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
        mutations={"response_mutations": mutations},
    )


def _mapper(reply: Reply, *, oauth: bool) -> Config:
    body: Config = {"error": reply.error, "message": reply.message, "status": reply.status}
    if oauth:
        body["error_description"] = reply.message
    return {
        "filter": _both(_status_is(reply.status), _path_starts("/oauth/")) if oauth else _status_is(reply.status),
        "body_format_override": {
            "json_format": body | {"request_id": "%REQ(X-REQUEST-ID)%"},
            "omit_empty_values": True,
        },
    }


def _status_is(status: int) -> Config:
    comparison = {"op": "EQ", "value": {"default_value": status, "runtime_key": "vaultaris.local_reply.status"}}
    return {"status_code_filter": {"comparison": comparison}}


def _path_starts(prefix: str) -> Config:
    return {"header_filter": {"header": {"name": ":path", "string_match": {"prefix": prefix}}}}


def _both(*filters: Config) -> Config:
    return {"and_filter": {"filters": list(filters)}}
