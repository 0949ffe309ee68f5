"""Which services a stack runs, as data: their names, their entry points, what each one needs."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

HTTP, GRPC, PUBLIC_GRPC, LIMITER = "http", "grpc", "public_grpc", "limiter"
MAX_REPLICAS = 8


@dataclass(frozen=True)
class Service:
    """A service as the stack sees it. `module` holds `main()`, which serves until SIGTERM.

    `listeners` names what it listens for, a port each. Without a `database` it keeps no data, hence needs no keys.
    """

    name: str
    module: str
    listeners: tuple[str, ...] = (HTTP, GRPC)
    database: bool = True

    @property
    def entry(self) -> str:
        """Its entry point as `module:function`."""
        return f"{self.module}:main"


@dataclass(frozen=True)
class Instance:
    """One process of a service: `auth`, or `auth-1` and `auth-2` where the service runs twice."""

    name: str
    service: Service

    def port_name(self, listener: str) -> str:
        """The name under which the port of one of its listeners is kept."""
        return f"{self.name}.{listener}"


_SERVICES = (
    *(Service(name, f"vaultaris_{name}.__main__") for name in ("auth", "directory")),
    Service("policy", "vaultaris_policy.__main__", listeners=(HTTP, GRPC, PUBLIC_GRPC)),
    *(Service(name, f"vaultaris_{name}.__main__") for name in ("sessions", "plugins", "audit")),
    Service("edge", "vaultaris_edge.__main__", listeners=(HTTP, LIMITER), database=False),
)


@dataclass(frozen=True)
class Topology:
    """The services of a stack and the two functions of other packages that it calls.

    `render(environ, folder)` gives Envoy's files by name, among them `envoy.yaml`, and `migrate(url, service_password,
    services, ca)` writes the schemas.
    """

    services: tuple[Service, ...] = _SERVICES
    render: str = "vaultaris_gateway.render:files"
    migrate: str = "vaultaris_kit.migrations:migrate_all"
    replicas: int = 1

    def replicated(self, replicas: int | None) -> "Topology":
        """The same services with so many processes each; unchanged when nothing is asked for."""
        return self if replicas is None else replace(self, replicas=replicas)

    def instances_of(self, service: Service) -> tuple[Instance, ...]:
        """The processes of one service."""
        if self.replicas == 1:
            return (Instance(service.name, service),)
        return tuple(Instance(f"{service.name}-{number + 1}", service) for number in range(self.replicas))

    def instances(self) -> tuple[Instance, ...]:
        """The processes of all services, in the order of their declaration."""
        return tuple(instance for service in self.services for instance in self.instances_of(service))

    @property
    def with_database(self) -> tuple[str, ...]:
        """The services that own a schema."""
        return tuple(service.name for service in self.services if service.database)


def read_topology(path: Path | None) -> Topology:
    """The topology in a JSON file with the fields of `Topology`; without a file, the product's own."""
    if path is None:
        return Topology()
    fields = json.loads(path.read_text(encoding="utf-8"))
    services = tuple(
        Service(**service | {"listeners": tuple(service.get("listeners", (HTTP, GRPC)))})
        for service in fields.pop("services")
    )
    return Topology(services=services, **fields)
