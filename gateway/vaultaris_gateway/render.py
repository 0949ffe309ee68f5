"""Envoy's whole configuration from the environment: ``python -m vaultaris_gateway.render > envoy.yaml``.

It is printed as JSON, which Envoy reads as YAML too. The same variables serve a local stack, Compose and
Kubernetes; ``docs/gateway.md`` lists them.
"""

import json
import os
import sys
from collections.abc import Mapping

from pydantic import ValidationError

from vaultaris_gateway.clusters import clusters
from vaultaris_gateway.extension import Config, extension
from vaultaris_gateway.listener import listener
from vaultaris_gateway.settings import GatewaySettings

_MAX_CONNECTIONS = 20_000
_SOCKET_MODE = 0o600
_MAX_PATTERN_SIZE = 4096  # RE2 instructions; the patterns come from our own table and match in linear time


def render(environ: Mapping[str, str]) -> str:
    """The configuration file. Raises ``pydantic.ValidationError`` for a value that makes no sense."""
    return json.dumps(_bootstrap(GatewaySettings.read(environ)), indent=2) + "\n"


def _bootstrap(settings: GatewaySettings) -> Config:
    config: Config = {
        "node": {"id": "vaultaris-gateway", "cluster": "vaultaris"},
        "static_resources": {"listeners": [listener(settings)], "clusters": clusters(settings)},
        "overload_manager": {
            "resource_monitors": [
                extension(
                    "envoy.resource_monitors.global_downstream_max_connections",
                    "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    max_active_downstream_connections=_MAX_CONNECTIONS,
                )
            ]
        },
    }
    sizes = {f"re2.max_program_size.{level}": _MAX_PATTERN_SIZE for level in ("error_level", "warn_level")}
    config["layered_runtime"] = {"layers": [{"name": "patterns", "static_layer": sizes}]}
    if settings.envoy_admin_socket:
        config["admin"] = {"address": {"pipe": {"path": settings.envoy_admin_socket, "mode": _SOCKET_MODE}}}
    return config


def main() -> int:
    """Prints the configuration for this process's environment; 2 when a variable is refused."""
    try:
        sys.stdout.write(render(os.environ))
    except ValidationError as refused:
        for fault in refused.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in fault["loc"]).upper()
            sys.stderr.write(f"gateway: {name}: {fault['msg']}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
