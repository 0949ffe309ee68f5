"""Envoy: the gateway, the one port that clients see."""

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
from vaultaris_stack.waiting import until

_DRAIN_SECONDS = 10.0
_DRAIN_STEP = 0.05


@dataclass
class Envoy:
    """The gateway of a stack. Its configuration is rendered before the first launch."""

    data: DataDirectory
    logs: Logs
    port: int
    admin_socket: Path
    concurrency: str
    name: str = "envoy"
    end_within: float = 15.0

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
        await until(self._is_idle, pause=_DRAIN_STEP, within=_DRAIN_SECONDS)
        process.send(signal.SIGTERM)

    async def _is_idle(self) -> bool:
        """Whether no request is under way, by its counters; also when it can no longer be asked."""
        answer = await http(self.admin_socket, "GET", "/stats?format=json&filter=downstream_rq_active$")
        if answer is None or not answer.ok:
            return True
        stats = json.loads(answer.body)["stats"]
        return not any(stat.get("value") for stat in stats if not stat.get("name", "").startswith("http.admin."))
