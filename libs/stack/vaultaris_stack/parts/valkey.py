"""Valkey: holds only limits and short-lived values, so nothing of it is written to disk."""

import json
import signal
from dataclasses import dataclass

from vaultaris_stack.logs import Logs
from vaultaris_stack.parts.programs import valkey_server
from vaultaris_stack.paths import DataDirectory, write_private
from vaultaris_stack.ports import LOOPBACK, Ports
from vaultaris_stack.probe import exchange
from vaultaris_stack.process import Process, spawn
from vaultaris_stack.secrets import Secrets


@dataclass
class Valkey:
    """The Valkey server of a stack."""

    data: DataDirectory
    ports: Ports
    secrets: Secrets
    logs: Logs
    name: str = "valkey"
    end_within: float = 10.0

    @property
    def port(self) -> int:
        """Its TCP port."""
        return self.ports["valkey"]

    async def launch(self) -> Process:
        """Starts the server. The password is in a private file, since everybody can read a command line."""
        config = self.data.run / "valkey.conf"
        write_private(config, self._config())
        output = await self.logs.pipe(self.name)
        self.ports.release("valkey")
        return spawn([str(valkey_server()), str(config)], environ={}, output=output)

    async def is_ready(self) -> bool:
        """Whether it answers a PING, with our password."""
        try:
            request = f"AUTH {self.secrets.valkey_password}\r\nPING\r\n"
            return (await exchange(self.port, request.encode(), until=b"+PONG\r\n")).startswith(b"+OK")
        except (OSError, TimeoutError):
            return False

    async def ask_to_end(self, process: Process) -> None:
        """Ends at once; there is nothing to save."""
        process.send(signal.SIGTERM)

    def _config(self) -> str:
        lines = (
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.secrets.valkey_password}",
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy volatile-ttl",
            f"dir {json.dumps(str(self.data.run))}",
        )
        return "\n".join((*lines, ""))
