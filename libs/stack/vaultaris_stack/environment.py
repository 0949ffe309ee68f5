"""The environment that each process of a stack gets: the user's own, and over it what the stack decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from vaultaris_stack.externals import Externals, setting
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import LOOPBACK, Ports
from vaultaris_stack.secrets import Secrets
from vaultaris_stack.topology import GRPC, HTTP, Instance, Topology

DATABASE = "vaultaris"
DATABASE_OWNER = "vaultaris"
NATS_USER = "vaultaris"

# Every other listener's variable is its own name with _PORT.
_PORT_VARIABLE = {HTTP: "SERVER_PORT"}

# The user's own values of these would be wrong for a part of a local stack, whatever they are.
_DECIDED_HERE = frozenset(
    {
        "DEV",
        "SERVER_HOST",
        "SERVER_PORT",
        "GRPC_PORT",
        "PUBLIC_GRPC_PORT",
        "LIMITER_PORT",
        "GRPC_TLS_CA",
        "GRPC_TLS_CERT",
        "GRPC_TLS_KEY",
    }
    | {"DATABASE_URL", "REDIS_URL", "NATS_URL", "MIGRATION_DATABASE_URL", "DATABASE_SERVICE_PASSWORD"}
)


@dataclass(frozen=True)
class Environment:
    """Everything that the environments are made of. `user` is the user's own environment."""

    user: Mapping[str, str]
    data: DataDirectory
    topology: Topology
    ports: Ports
    secrets: Secrets
    externals: Externals
    gateway_port: int
    admin_socket: Path

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://{LOOPBACK}:{self.gateway_port}"

    def admin_socket_of(self, gateway: str) -> Path:
        """Where one of several Envoys is administered; edge reads the first one's metrics."""
        last = gateway.removeprefix("envoy").removeprefix("-")
        return self.admin_socket if last in ("", "1") else self.admin_socket.with_name(f"{gateway}-admin.sock")

    @property
    def concurrency(self) -> str:
        """How many threads Envoy works with."""
        return self.user.get("ENVOY_CONCURRENCY") or "2"

    def of_service(self, instance: Instance) -> dict[str, str]:
        """For one process of a service."""
        name = instance.service.name
        environ = self._common() | {
            _PORT_VARIABLE.get(listener, f"{listener.upper()}_PORT"): str(self.ports[instance.port_name(listener)])
            for listener in instance.service.listeners
        }
        environ |= {"REDIS_URL": self._redis_url(), "NATS_URL": self._nats_url()}
        if GRPC in instance.service.listeners:
            environ |= self._certificate(name)
        if instance.service.database:
            environ |= self._keys()
            environ["DATABASE_URL"] = self._database_url(f"vaultaris_{name}", self._service_password())
        return environ

    def of_gateway(self) -> dict[str, str]:
        """For the rendering of Envoy's configuration and for Envoy itself. Holds no secret of the stack."""
        return self._common() | {
            "SERVER_PORT": str(self.gateway_port),
            "ENVOY_CONCURRENCY": self.concurrency,
        }

    def of_migration(self) -> dict[str, str]:
        """For the one process that works as the owner of the database."""
        return dict(self.user) | {
            "MIGRATION_DATABASE_URL": self.externals.database_owner
            or self._database_url(DATABASE_OWNER, self.secrets.database_owner_password),
            "DATABASE_SERVICE_PASSWORD": self._service_password(),
        }

    def _common(self) -> dict[str, str]:
        hidden = _DECIDED_HERE | {f"{name}_FILE" for name in _DECIDED_HERE}
        environ = {name: value for name, value in self.user.items() if name not in hidden}
        external_url = environ.get("EXTERNAL_URL") or self.url
        return {
            "LOG_FORMAT": "json",
            "JWT_ISSUER": external_url,
            **environ,
            "EXTERNAL_URL": external_url,
            "DEV": "true",
            "SERVER_HOST": LOOPBACK,
            "ENVOY_ADMIN_SOCKET": str(self.admin_socket),
            **self._addresses(),
        }

    def _addresses(self) -> dict[str, str]:
        """`AUTH_HTTP`, `AUTH_GRPC` and so on: every process of a service, separated by commas."""
        addresses: dict[str, str] = {}
        for service in self.topology.services:
            for listener in service.listeners:
                ports = (self.ports[each.port_name(listener)] for each in self.topology.instances_of(service))
                addresses[f"{service.name}_{listener}".upper()] = ",".join(f"{LOOPBACK}:{port}" for port in ports)
        return addresses

    def _certificate(self, service: str) -> dict[str, str]:
        """Where a service finds what it needs for mutual TLS."""
        folder = self.data.certificates
        return {
            "GRPC_TLS_CA": str(folder / "ca.crt"),
            "GRPC_TLS_CERT": str(folder / f"{service}.crt"),
            "GRPC_TLS_KEY": str(folder / f"{service}.key"),
        }

    def _keys(self) -> dict[str, str]:
        """The keys of the stack, save those that the user brings along (by value or by file)."""
        own = {"JWT_SECRET": self.secrets.jwt_secret, "ENCRYPTION_KEY": self.secrets.encryption_key}
        return {name: value for name, value in own.items() if not setting(self.user, name)}

    def _service_password(self) -> str:
        return setting(self.user, "DATABASE_SERVICE_PASSWORD") or self.secrets.database_service_password

    def _database_url(self, role: str, password: str) -> str:
        """The address of the database for another role; host, port, database and options stay."""
        base = self.externals.database or f"postgresql://{LOOPBACK}:{self.ports['postgres']}/{DATABASE}"
        parts = urlsplit(base)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))

    def _redis_url(self) -> str:
        if self.externals.redis is not None:
            return self.externals.redis
        return f"redis://:{self.secrets.valkey_password}@{LOOPBACK}:{self.ports['valkey']}/0"

    def _nats_url(self) -> str:
        if self.externals.nats is not None:
            return self.externals.nats
        return f"nats://{NATS_USER}:{self.secrets.nats_password}@{LOOPBACK}:{self.ports['nats']}"
