"""The least configuration of Envoy that the stack can live with: everything goes to edge."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def files(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """One listener, one cluster, the admin API on its Unix socket."""
    return {"envoy.yaml": json.dumps(_bootstrap(environ))}


def _bootstrap(environ: Mapping[str, str]) -> dict[str, Any]:
    edges = environ["EDGE_HTTP"].split(",")
    return {
        "admin": {"address": {"pipe": {"path": environ["ENVOY_ADMIN_SOCKET"], "mode": 0o600}}},
        "static_resources": {
            "listeners": [
                {
                    "address": _address(environ["SERVER_HOST"], environ["SERVER_PORT"]),
                    "filter_chains": [{"filters": [_http_filter()]}],
                }
            ],
            "clusters": [
                {
                    "name": "edge",
                    "connect_timeout": "1s",
                    "load_assignment": {
                        "cluster_name": "edge",
                        "endpoints": [{"lb_endpoints": [_endpoint(each) for each in edges]}],
                    },
                }
            ],
        },
    }


def _endpoint(host_and_port: str) -> dict[str, object]:
    host, port = host_and_port.rsplit(":", 1)
    return {"endpoint": {"address": _address(host, port)}}


def _address(host: str, port: str) -> dict[str, object]:
    return {"socket_address": {"address": host, "port_value": int(port)}}


def _http_filter() -> dict[str, object]:
    manager = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
    return {
        "name": "http",
        "typed_config": {
            "@type": manager,
            "stat_prefix": "ingress",
            "http_filters": [{"name": "router", "typed_config": {"@type": router}}],
            "route_config": {
                "virtual_hosts": [
                    {
                        "name": "all",
                        "domains": ["*"],
                        "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "edge"}}],
                    }
                ]
            },
        },
    }
