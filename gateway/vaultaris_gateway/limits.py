"""Rate limits and body sizes as HTTP filters (docs/adr/0002-rate-limit-at-envoy.md).

First tier: ``ext_authz`` asks edge's limiter, which keeps the exact sliding window that all gateways share.
Second tier, behind it: a token bucket per address in Envoy itself, never stricter than the first, which
goes on limiting when edge or Valkey is away.
"""

from math import ceil
from typing import Any

from vaultaris_gateway.extension import Config, extension, overwrite_header, typed
from vaultaris_gateway.policies import MAX_BODY_BYTES
from vaultaris_gateway.settings import GatewaySettings

CLIENT_HEADER = "x-vaultaris-client"
CLASS_HEADER = "x-vaultaris-class"
GENERAL, CREDENTIAL = "general", "credential"
ROUTE_METADATA = "vaultaris"

_EXT_AUTHZ = "envoy.filters.http.ext_authz"
_LOCAL = "envoy.filters.http.local_ratelimit"
_BUFFER = "envoy.filters.http.buffer"
_LOCAL_MESSAGE = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_RATE_HEADERS = {"patterns": [{"prefix": "x-ratelimit-", "ignore_case": True}]}
_DENIAL_HEADERS = {"patterns": [*_RATE_HEADERS["patterns"], {"exact": "retry-after", "ignore_case": True}]}
_MAX_TOKENS = 4_000_000_000  # the field is an unsigned 32-bit integer
_MAX_ADDRESSES = 20_000
_V6_PREFIX = 64


def limit_filters(settings: GatewaySettings) -> list[Config]:
    """The filters in their order: exact limit, fallback limit, body size."""
    return [_ask_limiter(), _local_buckets(settings), _body_limit()]


def exempt_from_limits() -> Config:
    """``typed_per_filter_config`` of a route that no rate limit touches."""
    off = typed("envoy.config.route.v3.FilterConfig", disabled=True)
    return {_EXT_AUTHZ: off, _LOCAL: off}


def streamed_body() -> Config:
    """``typed_per_filter_config`` of a route whose bodies are passed on as they come, with nothing kept here."""
    return {_BUFFER: typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", disabled=True)}


def credential_class() -> Config:
    """Route metadata that puts a request into the tighter window too."""
    return {"filter_metadata": {ROUTE_METADATA: {"limit": CREDENTIAL}}}


def _ask_limiter() -> Config:
    return extension(
        _EXT_AUTHZ,
        "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
        failure_mode_allow=True,  # without an answer the local tier decides
        # The limiter needs the address and the class, never a credential.
        disallowed_headers={"patterns": [{"exact": "authorization"}]},
        http_service={
            "server_uri": {"uri": "http://limiter", "cluster": "limiter", "timeout": "0.5s"},
            "path_prefix": "/limit",
            "authorization_request": {
                "headers_to_add": [
                    {"key": CLIENT_HEADER, "value": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"},
                    {"key": CLASS_HEADER, "value": f"%METADATA(ROUTE:{ROUTE_METADATA}:limit)%"},
                ]
            },
            "authorization_response": {
                "allowed_client_headers": _DENIAL_HEADERS,
                "allowed_client_headers_on_success": _RATE_HEADERS,
            },
        },
    )


def _local_buckets(settings: GatewaySettings) -> Config:
    address = {"masked_remote_address": {"v4_prefix_mask_len": 32, "v6_prefix_mask_len": _V6_PREFIX}}
    credential = {
        "metadata": {
            "descriptor_key": "limit",
            "metadata_key": {"key": ROUTE_METADATA, "path": [{"key": "limit"}]},
            "source": "ROUTE_ENTRY",
            "default_value": GENERAL,  # matches no bucket; left out, the first bucket would be charged twice
        }
    }
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    per_token = settings.rate_limit_window_secs / settings.rate_limit_max_requests
    return extension(
        _LOCAL,
        _LOCAL_MESSAGE,
        stat_prefix="local_rate_limit",
        filter_enabled=always,
        filter_enforced=always,
        token_bucket={"max_tokens": _MAX_TOKENS, "tokens_per_fill": _MAX_TOKENS, "fill_interval": "1s"},
        rate_limits=[{"actions": [address]}, {"actions": [credential, address]}],
        descriptors=[
            _bucket(settings, settings.rate_limit_max_requests),
            _bucket(settings, settings.rate_limit_credential_max_requests, {"key": "limit", "value": CREDENTIAL}),
        ],
        max_dynamic_descriptors=_MAX_ADDRESSES,
        response_headers_to_add=[overwrite_header("retry-after", str(max(1, ceil(per_token))))],
    )


def _bucket(settings: GatewaySettings, limit: int, *entries: dict[str, str]) -> Config:
    """A bucket per address with a tenth of headroom: Envoy's clock is not Valkey's."""
    headroom = max(1, limit // 10)
    return {
        "entries": [*entries, {"key": "masked_remote_address"}],
        "token_bucket": {
            "max_tokens": min(_MAX_TOKENS, limit + headroom),
            "tokens_per_fill": min(_MAX_TOKENS, limit),
            "fill_interval": f"{settings.rate_limit_window_secs}s",
        },
    }


def _body_limit() -> Config:
    fields: dict[str, Any] = {"max_request_bytes": MAX_BODY_BYTES}
    return extension(_BUFFER, "envoy.extensions.filters.http.buffer.v3.Buffer", **fields)
