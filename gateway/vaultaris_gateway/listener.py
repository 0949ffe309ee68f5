"""The front door: the listener, its bounds against slow or hostile clients, and the order of the filters."""

from pathlib import Path
from typing import Any

from vaultaris_gateway import request_ids
from vaultaris_gateway.access_log import access_log
from vaultaris_gateway.cors import cors_filter, cors_policy
from vaultaris_gateway.extension import Config, extension, typed
from vaultaris_gateway.limits import limit_filters
from vaultaris_gateway.policies import PROBES
from vaultaris_gateway.replies import answer_headers, local_replies
from vaultaris_gateway.settings import GatewaySettings, Network
from vaultaris_gateway.tls import redirect_to_https, transport_socket
from vaultaris_gateway.virtual_host import virtual_host

_HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_MAX_HEADERS_KIB = 32
_MAX_HEADERS = 100
_KEPT_REQUEST_ID = "x-vaultaris-request-id"


def listeners(settings: GatewaySettings, folder: Path) -> list[Config]:
    """HTTP/1.1 and HTTP/2 in clear text on one port; with a certificate TLS on another, and the first redirects.

    ``folder`` is where the file lies that names the certificate.
    """
    host = virtual_host(settings, cors_policy(settings))
    if not settings.has_tls:
        return [_listener("ingress", settings, settings.server_port, host)]
    probes_only = host | {
        "routes": [*(route for route in host["routes"] if route["name"] in PROBES), redirect_to_https(settings)]
    }
    secure = _listener("ingress", settings, settings.gateway_tls_port, host)
    secure["filter_chains"][0]["transport_socket"] = transport_socket(folder)
    return [secure, _listener("ingress-plain", settings, settings.server_port, probes_only)]


def _listener(name: str, settings: GatewaySettings, port: int, host: Config) -> Config:
    manager = extension("envoy.filters.network.http_connection_manager", _HCM, **_manager(settings, host))
    return {
        "name": name,
        "address": {"socket_address": {"address": settings.server_host, "port_value": port}},
        "per_connection_buffer_limit_bytes": 32_768,
        "filter_chains": [{"filters": [manager]}],
    }


def _manager(settings: GatewaySettings, host: Config) -> Config:
    return {
        "stat_prefix": "ingress",
        "codec_type": "AUTO",
        **_request_path(),
        **_bounds(settings),
        **_client_address(settings.trusted_proxies),
        "early_header_mutation_extensions": [_hygiene(settings)],
        **_request_id(),
        "server_header_transformation": "PASS_THROUGH",
        "local_reply_config": local_replies(),
        "access_log": [access_log()],
        "route_config": {"virtual_hosts": [host]},
        "http_filters": [
            answer_headers(settings),
            cors_filter(),
            *limit_filters(settings),
            extension(
                "envoy.filters.http.router",
                "envoy.extensions.filters.http.router.v3.Router",
                suppress_envoy_headers=True,
            ),
        ],
        **_tracing(settings),
    }


def _request_id() -> Config:
    """Made when the client brings none, and never changed: Envoy would otherwise note trace decisions in it."""
    return {
        "generate_request_id": True,
        "preserve_external_request_id": True,
        "always_set_request_id_in_response": True,
        "request_id_extension": {
            "typed_config": typed(
                "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig",
                pack_trace_reason=False,
                use_request_id_for_trace_sampling=False,
            )
        },
    }


def _request_path() -> Config:
    return {
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
    }


def _bounds(settings: GatewaySettings) -> Config:
    """Time and size of everything that a client sends."""
    return {
        "max_request_headers_kb": _MAX_HEADERS_KIB,
        "request_headers_timeout": "10s",
        "stream_idle_timeout": f"{settings.request_timeout_secs + 5}s",
        "drain_timeout": "5s",
        "common_http_protocol_options": {
            "idle_timeout": "75s",
            # To send a request and to be answered; single routes may allow more, which request_timeout can't.
            "max_stream_duration": f"{2 * settings.request_timeout_secs}s",
            "max_headers_count": _MAX_HEADERS,
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 65_536,
            "initial_connection_window_size": 1_048_576,
        },
    }


def _client_address(trusted: tuple[Network, ...]) -> Config:
    """Who is calling: the peer, or, for a trusted proxy's connection, the last untrusted X-Forwarded-For entry."""
    if not trusted:
        return {"use_remote_address": True}
    cidrs = [{"address_prefix": str(net.network_address), "prefix_len": net.prefixlen} for net in trusted]
    detection = extension(
        "envoy.http.original_ip_detection.xff",
        "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig",
        xff_trusted_cidrs={"cidrs": cidrs},
    )
    return {"use_remote_address": False, "original_ip_detection_extensions": [detection]}


def _hygiene(settings: GatewaySettings) -> Config:
    """Nothing from outside may look as if it came from us; a malformed X-Request-Id is replaced by a new one."""
    mutations: list[dict[str, Any]] = [
        {"remove_on_match": {"key_matcher": {"prefix": "x-vaultaris-", "ignore_case": True}}},
        {"remove_on_match": {"key_matcher": {"prefix": "x-envoy-", "ignore_case": True}}},
        {"append": {"header": {"key": _KEPT_REQUEST_ID, "value": f"%CEL({request_ids.KEPT})%"}}},
        {"remove": "x-request-id"},
        {"append": {"header": {"key": "x-request-id", "value": f"%REQ({_KEPT_REQUEST_ID})%"}}},
        {"remove": _KEPT_REQUEST_ID},
    ]
    if not settings.trusted_proxies:
        mutations.append({"remove": "x-forwarded-for"})
    return extension(
        "envoy.http.early_header_mutation.header_mutation",
        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        mutations=mutations,
    )


def _tracing(settings: GatewaySettings) -> Config:
    """Spans to the OTLP collector; without one, ``traceparent`` merely passes through."""
    if not settings.otel_exporter_otlp_endpoint:
        return {}
    provider = extension(
        "envoy.tracers.opentelemetry",
        "envoy.config.trace.v3.OpenTelemetryConfig",
        grpc_service={"envoy_grpc": {"cluster_name": "otel_collector"}, "timeout": "1s"},
        service_name="vaultaris-gateway",
    )
    # Paths can hold secrets: the span carries none of it.
    return {
        "tracing": {
            "provider": provider,
            "operation": "%REQ(:METHOD)% %ROUTE_NAME%",
            "max_path_tag_length": 1,
            "random_sampling": {"value": 100},
        }
    }
