"""NATS with JetStream: events and revocations, kept under the data directory."""

import json
import signal
from dataclasses import dataclass

from vaultaris_stack.environment import NATS_USER
from vaultaris_stack.logs import Logs
from vaultaris_stack.parts.programs import nats_server
from vaultaris_stack.paths import DataDirectory, write_private
from vaultaris_stack.ports import LOOPBACK, Ports
from vaultaris_stack.probe import exchange
from vaultaris_stack.process import Process, spawn
from vaultaris_stack.secrets import Secrets


@dataclass
class Nats:
    """The NATS server of a stack."""

    data: DataDirectory
    ports: Ports
    secrets: Secrets
    logs: Logs
    name: str = "nats"
    end_within: float = 15.0

    @property
    def port(self) -> int:
        """Its client port."""
        return self.ports["nats"]

    async def launch(self) -> Process:
        """Starts the server from a private configuration file, which holds the password."""
        config = self.data.run / "nats.conf"
        write_private(config, self._config())
        output = await self.logs.pipe(self.name)
        self.ports.release("nats")
        return spawn([str(nats_server()), "--config", str(config)], environ={}, output=output)

    async def is_ready(self) -> bool:
        """Whether it takes our password and answers a PING. It listens only once JetStream is up."""
        credentials = {"user": NATS_USER, "pass": self.secrets.nats_password, "verbose": False, "pedantic": False}
        try:
            request = f"CONNECT {json.dumps(credentials)}\r\nPING\r\n"
            return b'"jetstream":true' in await exchange(self.port, request.encode(), until=b"PONG\r\n")
        except (OSError, TimeoutError):
            return False

    async def ask_to_end(self, process: Process) -> None:
        """Closes the store, then ends."""
        process.send(signal.SIGTERM)

    def _config(self) -> str:
        """JSON, which this server reads as its own format."""
        settings = {
            "listen": f"{LOOPBACK}:{self.port}",
            "server_name": "vaultaris",
            "max_payload": 1024 * 1024,
            "jetstream": {
                "store_dir": str(self.data.nats),
                "max_memory_store": 64 * 1024**2,
                "max_file_store": 4 * 1024**3,
            },
            "authorization": {"users": [{"user": NATS_USER, "password": self.secrets.nats_password}]},
        }
        return json.dumps(settings, indent=2)
