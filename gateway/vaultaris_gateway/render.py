"""Envoy's whole configuration from the environment: ``python -m vaultaris_gateway.render FOLDER``.

It is written as JSON, which Envoy reads as YAML too. The same variables serve a local stack, Compose and
Kubernetes; ``docs/gateway.md`` lists them. Envoy must find the folder under the same name.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from vaultaris_gateway.clusters import clusters
from vaultaris_gateway.extension import Config, extension
from vaultaris_gateway.listener import listeners
from vaultaris_gateway.policies import MEBIBYTE
from vaultaris_gateway.settings import GatewaySettings
from vaultaris_gateway.tls import SECRETS_FILE, secrets

_MAX_CONNECTIONS = 20_000
_SOCKET_MODE = 0o600
_MAX_PATTERN_SIZE = 4096  # RE2 instructions; the patterns come from our own table and match in linear time


CONFIG_FILE = "envoy.yaml"


def files(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What belongs into ``folder``, by name: the configuration, and with TLS the file that names the certificate.

    Raises ``pydantic.ValidationError`` for a value that makes no sense.
    """
    settings = GatewaySettings.read(environ)
    found = {CONFIG_FILE: _bootstrap(settings, folder)}
    if settings.has_tls:
        found[SECRETS_FILE] = secrets(settings)
    return {name: json.dumps(config, indent=2) + "\n" for name, config in found.items()}


def render(environ: Mapping[str, str]) -> str:
    """The configuration alone, for an Envoy without TLS. Raises as :func:`files` does."""
    return files(environ, Path())[CONFIG_FILE]


def _bootstrap(settings: GatewaySettings, folder: Path) -> Config:
    config: Config = {
        "node": {"id": "vaultaris-gateway", "cluster": "vaultaris"},
        "static_resources": {"listeners": listeners(settings, folder), "clusters": clusters(settings)},
        "overload_manager": _overload(settings),
    }
    sizes = {f"re2.max_program_size.{level}": _MAX_PATTERN_SIZE for level in ("error_level", "warn_level")}
    config["layered_runtime"] = {"layers": [{"name": "patterns", "static_layer": sizes}]}
    if settings.envoy_admin_socket:
        config["admin"] = {"address": {"pipe": {"path": settings.envoy_admin_socket, "mode": _SOCKET_MODE}}}
    return config


def _overload(settings: GatewaySettings) -> Config:
    """Bounds of the whole process: connections, and memory, which many half-sent bodies could fill."""
    heap = "envoy.resource_monitors.fixed_heap"
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            extension(
                "envoy.resource_monitors.global_downstream_max_connections",
                "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                max_active_downstream_connections=_MAX_CONNECTIONS,
            ),
            extension(
                heap,
                "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                max_heap_size_bytes=settings.envoy_max_heap_mib * MEBIBYTE,
            ),
        ],
        "actions": [
            _action("shrink_heap", heap, 0.9),
            _action("stop_accepting_requests", heap, 0.95),
        ],
    }


def _action(name: str, resource: str, share: float) -> Config:
    trigger = {"name": resource, "threshold": {"value": share}}
    return {"name": f"envoy.overload_actions.{name}", "triggers": [trigger]}


def main(arguments: list[str]) -> int:
    """Writes the files for this process's environment; 2 when a variable is refused."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m vaultaris_gateway.render FOLDER\n")
        return 2
    folder = Path(arguments[0]).absolute()
    try:
        for name, text in files(os.environ, folder).items():
            (folder / name).write_text(text, encoding="utf-8")
    except ValidationError as refused:
        for fault in refused.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in fault["loc"]).upper()
            sys.stderr.write(f"gateway: {name}: {fault['msg']}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
