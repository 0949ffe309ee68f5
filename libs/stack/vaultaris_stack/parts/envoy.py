"""Envoy: the gateway, the one port that clients see."""

import asyncio
import json
import signal
from dataclasses import dataclass
from pathlib import Path

from vaultaris_stack.errors import StackError
from vaultaris_stack.logs import Logs
from vaultaris_stack.parts.programs import envoy
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import is_free
from vaultaris_stack.probe import answers_ok, http
from vaultaris_stack.process import Process, spawn

_DRAIN_SECONDS = 10.0
_DRAIN_STEP = 0.05  # Envoy has no event for "the last request is answered"; its counters are asked


@dataclass
class Envoy:
    """The gateway of a stack. Its configuration is rendered before the first launch."""

    data: DataDirectory
    logs: Logs
    port: int
    admin_socket: Path
    concurrency: str
    name: str = "envoy"
    end_within: float = 10.0

    async def launch(self) -> Process:
        """Starts Envoy. It would share its port with another Envoy without a word, so the port is checked first."""
        if not is_free(self.port):
            raise StackError(f"Port {self.port} is taken by another program.")
        self.admin_socket.unlink(missing_ok=True)
        command = [str(envoy()), "-c", str(self.data.envoy_config), "--concurrency", self.concurrency]
        output = await self.logs.pipe(self.name)
        return spawn([*command, "--disable-hot-restart", "--log-level", "warn"], environ={}, output=output)

    async def is_ready(self) -> bool:
        """Whether Envoy itself is up and takes requests; services behind it may still be away."""
        return await answers_ok(self.admin_socket, "/ready")

    async def ask_to_end(self, process: Process) -> None:
        """Turns new requests away, lets those under way finish (at most ten seconds), then ends."""
        await http(self.admin_socket, "POST", "/healthcheck/fail")
        await http(self.admin_socket, "POST", "/drain_listeners?graceful&skip_exit")
        deadline = asyncio.get_running_loop().time() + _DRAIN_SECONDS
        while await self._requests_under_way() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_DRAIN_STEP)
        process.send(signal.SIGTERM)

    async def _requests_under_way(self) -> int:
        answer = await http(self.admin_socket, "GET", "/stats?format=json&filter=downstream_rq_active$")
        if answer is None or answer.status != 200:
            return 0
        stats = json.loads(answer.body)["stats"]
        return sum(stat.get("value", 0) for stat in stats if not stat.get("name", "").startswith("http.admin."))
