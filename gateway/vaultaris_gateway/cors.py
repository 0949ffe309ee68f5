"""Cross-origin calls: from the origins that the operator names; Envoy answers the preflight itself.

The endpoints that an application in a browser needs to sign somebody in take calls from any origin, without cookies.
"""

from collections.abc import Sequence

from vaultaris_gateway.extension import Config, extension, typed
from vaultaris_gateway.settings import GatewaySettings

_FILTER = "envoy.filters.http.cors"
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = (
    "authorization, content-type, dpop, if-match, if-none-match, idempotency-key, x-api-key, "
    "x-device-fingerprint, x-request-id, x-setup-token, x-tenant-id, traceparent, tracestate"
)
_RESPONSE_HEADERS = (
    "dpop-nonce, etag, location, retry-after, vaultaris-consistency-token, www-authenticate, x-request-id, "
    "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset"
)
_PREFLIGHT_SECONDS = 600


def cors_filter() -> Config:
    """The filter; it does nothing where no policy is set."""
    return extension(_FILTER, "envoy.extensions.filters.http.cors.v3.Cors")


def no_cors() -> Config:
    """``typed_per_filter_config`` of a route that no script of another origin may call (RFC 9700 section 2.6)."""
    return {_FILTER: typed("envoy.config.route.v3.FilterConfig", disabled=True)}


def cors_policy(settings: GatewaySettings) -> Config:
    """``typed_per_filter_config`` of the virtual host; empty when no origin is allowed.

    Credentials (cookies) are allowed for origins named one by one, never for ``*``.
    """
    origins = settings.cors_allowed_origins
    return _policy(origins) if origins else {}


def any_origin() -> Config:
    """``typed_per_filter_config`` of a route that scripts of every origin may call."""
    return _policy(("*",))


def _policy(origins: Sequence[str]) -> Config:
    policy = typed(
        "envoy.extensions.filters.http.cors.v3.CorsPolicy",
        allow_origin_string_match=[{"exact": origin} for origin in origins],  # Envoy takes `*` for any
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_RESPONSE_HEADERS,
        max_age=str(_PREFLIGHT_SECONDS),
        allow_credentials="*" not in origins,
    )
    return {_FILTER: policy}
