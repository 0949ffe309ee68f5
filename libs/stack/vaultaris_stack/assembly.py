"""Puts a stack together before anything starts: its directory, secrets, ports, environment and parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vaultaris_stack.control import SOCKET_NAME
from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.externals import Externals
from vaultaris_stack.logs import Logs
from vaultaris_stack.parts.envoy import Envoy
from vaultaris_stack.parts.nats import Nats
from vaultaris_stack.parts.part import Part
from vaultaris_stack.parts.postgres import Postgres
from vaultaris_stack.parts.service import ServicePart
from vaultaris_stack.parts.valkey import Valkey
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import Ports, choose_ports, is_free
from vaultaris_stack.secrets import load_secrets
from vaultaris_stack.topology import Topology
from vaultaris_stack.zygote_client import Zygote

MAKE_CERTIFICATES = "vaultaris_stack.certificates:ensure_certificates"
RENDER_GATEWAY = "vaultaris_stack.jobs:render_gateway"


@dataclass(frozen=True)
class Options:
    """What the user asks for. `user` is their environment, `port` the gateway's."""

    data: DataDirectory
    port: int
    user: Mapping[str, str]
    topology: Topology


@dataclass(frozen=True)
class Stack:
    """A stack that is ready to be started. `stores` are the embedded parts that services rely on."""

    environment: Environment
    zygote: Zygote
    stores: tuple[Part, ...]
    services: tuple[Part, ...]
    gateways: tuple[Part, ...]
    control: Path


def assemble(options: Options, logs: Logs) -> Stack:
    """Chooses ports, makes what is missing on disk, and describes every part. Starts nothing."""
    if not is_free(options.port):
        raise StackError(f"Port {options.port} is taken. Free it, or choose another one with --port.")
    externals = Externals.found_in(options.user)
    secrets = load_secrets(options.data)
    ports = choose_ports(_port_names(options.topology, externals), options.data.ports)
    sockets = options.data.socket_folder()
    environment = Environment(
        user=options.user,
        data=options.data,
        topology=options.topology,
        ports=ports,
        secrets=secrets,
        externals=externals,
        gateway_port=options.port,
        admin_socket=sockets / "envoy-admin.sock",
    )
    zygote = Zygote(_entries(options.topology), options.user, logs)
    return Stack(
        environment=environment,
        zygote=zygote,
        stores=_stores(environment, logs),
        services=_services(environment, ports, zygote),
        gateways=_gateways(environment, logs),
        control=sockets / SOCKET_NAME,
    )


def _port_names(topology: Topology, externals: Externals) -> list[str]:
    return [
        *(each.port_name(listener) for each in topology.instances() for listener in each.service.listeners),
        *(name for name, address in _embedded(externals).items() if address is None),
    ]


def _embedded(externals: Externals) -> dict[str, str | None]:
    """The parts that an external address replaces, in the order in which they end."""
    return {"nats": externals.nats, "valkey": externals.redis, "postgres": externals.database}


def _stores(environment: Environment, logs: Logs) -> tuple[Part, ...]:
    kinds: dict[str, type[Nats | Valkey | Postgres]] = {"nats": Nats, "valkey": Valkey, "postgres": Postgres}
    return tuple(
        kinds[name](environment.data, environment.ports, environment.secrets, logs)
        for name, address in _embedded(environment.externals).items()
        if address is None
    )


def _services(environment: Environment, ports: Ports, zygote: Zygote) -> tuple[Part, ...]:
    return tuple(
        ServicePart(instance, environment.of_service(instance), ports, zygote)
        for instance in environment.topology.instances()
    )


def _gateways(environment: Environment, logs: Logs) -> tuple[Part, ...]:
    """Several Envoys listen on the same port; the kernel spreads the connections over them."""
    replicas = environment.topology.replicas
    names = ("envoy",) if replicas == 1 else tuple(f"envoy-{number + 1}" for number in range(replicas))
    return tuple(
        Envoy(
            environment.data, logs, environment.gateway_port, environment.admin_socket_of(name),
            environment.concurrency, name, alone=replicas == 1,
        )
        for name in names
    )  # fmt: skip


def _entries(topology: Topology) -> list[str]:
    """What the zygote loads; the jobs first, so that they run while the services are still being imported."""
    services = (service.entry for service in topology.services)
    return list(dict.fromkeys((MAKE_CERTIFICATES, RENDER_GATEWAY, topology.render, *services)))
