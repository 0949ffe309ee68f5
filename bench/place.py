"""Where the benchmarks run: one stack of their own, set up, with the limits out of the way."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import processors
from bench.connection import Connection
from bench.drive import Bounds
from bench.grpc_connection import GrpcConnection
from tests.e2e.world import Company, World, open_world, unique
from vaultaris_stack.local import LocalStack
from vaultaris_stack.ports import LOOPBACK

ENVIRON = {"RATE_LIMIT_MAX_REQUESTS": "1000000000", "RATE_LIMIT_CREDENTIAL_MAX_REQUESTS": "1000000000"}
"""The limiter is asked for every request, as always; it only never says no."""
MACHINE_SCOPES = ("integration:check", "integration:validate", "integration:read")
_LOST = "vaultaris_observations_lost_total"
_SERVED = "vaultaris_grpc_request_seconds"
_COLLECTED_SECONDS = 1.5


@dataclass(frozen=True)
class Place:
    """A running stack with its instance set up, and what the command line asked for."""

    stack: LocalStack
    world: World
    pids: dict[str, int]
    bounds: Bounds

    @property
    def gateway(self) -> str:
        """`host:port` of Envoy."""
        return f"{LOOPBACK}:{self.stack.port}"

    def connections(self, count: int) -> list[Connection]:
        """Connections to the gateway."""
        return [Connection(self.gateway) for _ in range(count)]

    @contextlib.asynccontextmanager
    async def grpc(self, service: str) -> AsyncIterator[list[GrpcConnection]]:
        """A connection to each process of ``service`` that costs the load generator little."""
        environ, tls = self._as_peer_of(service)
        addresses = environ[f"{service.upper()}_GRPC"].split(",")
        opened = [await GrpcConnection.open(address, service, tls) for address in addresses]
        try:
            yield opened
        finally:
            for connection in opened:
                connection.close()

    def _as_peer_of(self, service: str) -> tuple[dict[str, str], dict[str, str]]:
        """The environment of another service, and the files of its certificate."""
        caller = "policy" if service == "directory" else "directory"
        environ = self.stack.environ_of(self.processes_of(caller)[0])
        return environ, {name: environ[f"GRPC_TLS_{name.upper()}"] for name in ("ca", "cert", "key")}

    def processes_of(self, service: str) -> list[str]:
        """The names of a service's processes."""
        return [name for name in self.pids if name.rstrip("0123456789-") == service]

    async def observations_lost(self) -> int:
        """Events of high volume (token issued, permission denied) that a full buffer has dropped so far."""
        return int(await self._total(_LOST))

    async def served(self, method: str) -> tuple[float, int]:
        """Seconds that the services have spent in a gRPC method so far, and how many calls of it.

        Edge collects figures now and then only.
        """
        label = f'method="{method}"'
        await asyncio.sleep(_COLLECTED_SECONDS)
        return await self._total(f"{_SERVED}_sum", label), int(await self._total(f"{_SERVED}_count", label))

    async def _total(self, metric: str, label: str = "") -> float:
        text = (await self.world.public.call("GET", "/metrics")).text
        lines = (line for line in text.splitlines() if line.startswith((f"{metric} ", f"{metric}{{")) and label in line)
        return sum(float(line.rpartition(" ")[2]) for line in lines)


@contextlib.asynccontextmanager
async def open_place(bounds: Bounds, replicas: int | None = None) -> AsyncIterator[Place]:
    """Starts a stack on a fresh directory and removes both in the end; ``replicas`` processes of each service."""
    with _folder() as folder:
        stack = LocalStack(folder / "data", environ=ENVIRON, replicas=replicas)
        await asyncio.to_thread(stack.start)
        try:
            world = await open_world(stack.url)
            yield Place(stack, world, processors.pids_of(stack), bounds)
        finally:
            await asyncio.to_thread(stack.stop)


async def machine_client(company: Company) -> dict[str, str]:
    """The credentials of a confidential client that may validate tokens."""
    body = {
        "name": "Bench", "client_id": unique("bench"), "redirect_uris": [],
        "allowed_grant_types": ["client_credentials"],
        "allowed_scopes": list(MACHINE_SCOPES), "default_scopes": list(MACHINE_SCOPES),
    }  # fmt: skip
    made = await company.admin.create(f"{company.path}/clients", body)
    return {"client_id": made["client"]["client_id"], "client_secret": made["client_secret"]}


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A directory for this run. PostgreSQL may run as another user, who must be able to walk to its data."""
    with tempfile.TemporaryDirectory(prefix="vaultaris-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
