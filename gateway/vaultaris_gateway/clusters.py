"""The services behind Envoy: where they are, when one of their processes is left out, how much they may be sent."""

from urllib.parse import urlsplit

from vaultaris_gateway.extension import Config, extension, typed
from vaultaris_gateway.settings import Address, GatewaySettings

_HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_IDLE_TIMEOUT = "60s"  # shorter than the services' keep-alive, so that Envoy never writes into a closing connection
_OTLP_PORT = 4317
GRPC_CLUSTER = "policy_public_grpc"


def clusters(settings: GatewaySettings) -> list[Config]:
    """All clusters."""
    services = [_service(name, addresses) for name, addresses in settings.services().items()]
    found = [*services, _service("edge", settings.edge_http), _limiter(settings.edge_limiter)]
    found.append(_public_grpc(settings.policy_public_grpc))
    if settings.otel_exporter_otlp_endpoint:
        found.append(_collector(settings.otel_exporter_otlp_endpoint))
    return found


def _service(name: str, addresses: tuple[Address, ...]) -> Config:
    return _cluster(name, addresses) | {
        "connect_timeout": "1s",
        "health_checks": [_health_check("/readyz", timeout="1s")],
        "circuit_breakers": _breakers(connections=512, pending=1024, requests=2048),
        # A process that refuses or drops connections is left out for a while; its own 5xx answers don't count.
        "outlier_detection": {
            "split_external_local_origin_errors": True,
            "consecutive_local_origin_failure": 5,
            "enforcing_success_rate": 0,
            "enforcing_local_origin_success_rate": 0,
            "enforcing_consecutive_5xx": 0,
            "enforcing_consecutive_gateway_failure": 0,
            "base_ejection_time": "5s",
            "max_ejection_time": "30s",
            "max_ejection_percent": 50,
        },
        "typed_extension_protocol_options": {_HTTP_OPTIONS: _http1()},
    }


def _public_grpc(addresses: tuple[Address, ...]) -> Config:
    """The public gRPC API, spoken to in HTTP/2."""
    health = {key: value for key, value in _health_check("", timeout="1s").items() if key != "http_health_check"}
    return _cluster(GRPC_CLUSTER, addresses) | {
        "connect_timeout": "1s",
        "health_checks": [health | {"grpc_health_check": {}}],
        "circuit_breakers": _breakers(connections=64, pending=1024, requests=4096),
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: typed(_HTTP_OPTIONS, explicit_http_config={"http2_protocol_options": {}})
        },
    }


def _limiter(addresses: tuple[Address, ...]) -> Config:
    """edge's limiter: its health check is quick, because requests wait for a hung one."""
    return _cluster("limiter", addresses) | {
        "connect_timeout": "0.25s",
        "health_checks": [_health_check("/livez", timeout="0.25s")],
        "circuit_breakers": _breakers(connections=256, pending=1024, requests=2048),
        "typed_extension_protocol_options": {_HTTP_OPTIONS: _http1()},
    }


def _collector(endpoint: str) -> Config:
    """The OTLP collector, spoken to in gRPC."""
    parts = urlsplit(endpoint)
    host = parts.hostname or "localhost"
    cluster = _cluster("otel_collector", (Address(host, parts.port or _OTLP_PORT),)) | {
        "connect_timeout": "1s",
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: typed(_HTTP_OPTIONS, explicit_http_config={"http2_protocol_options": {}})
        },
    }
    if parts.scheme == "https":
        trust = {"trusted_ca": {"filename": "/etc/ssl/certs/ca-certificates.crt"}}
        cluster["transport_socket"] = extension(
            "envoy.transport_sockets.tls",
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            sni=host,
            auto_sni_san_validation=True,
            common_tls_context={"validation_context": trust},
        )
    return cluster


def _cluster(name: str, addresses: tuple[Address, ...]) -> Config:
    """A name in DNS is asked again and again; every address it answers becomes one process to choose from."""
    literal = all(address.is_literal for address in addresses)
    endpoints = [
        {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}} for host, port in addresses
    ]
    discovery: Config = {"type": "STATIC"} if literal else {"type": "STRICT_DNS", "respect_dns_ttl": True}
    return {
        "name": name,
        **discovery,
        "lb_policy": "LEAST_REQUEST",
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "per_connection_buffer_limit_bytes": 1_048_576,
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
    }


def _health_check(path: str, *, timeout: str) -> Config:
    return {
        "timeout": timeout,
        "interval": "1s",
        "no_traffic_interval": "1s",
        "unhealthy_threshold": 2,
        "healthy_threshold": 1,
        "http_health_check": {"path": path},
    }


def _breakers(*, connections: int, pending: int, requests: int) -> Config:
    threshold = {
        "max_connections": connections,
        "max_pending_requests": pending,
        "max_requests": requests,
        "max_retries": requests // 4,  # all of them connections that were refused: when a process ends, there are many
    }
    return {"thresholds": [threshold]}


def _http1() -> Config:
    return typed(
        _HTTP_OPTIONS,
        common_http_protocol_options={"idle_timeout": _IDLE_TIMEOUT},
        explicit_http_config={"http_protocol_options": {}},
    )
