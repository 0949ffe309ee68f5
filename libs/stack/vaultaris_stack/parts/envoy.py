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
_LEAVE_SECONDS = 6.0


@dataclass
class Envoy:
    """The gateway of a stack. Its configuration is rendered before the first launch."""

    data: DataDirectory
    logs: Logs
    port: int
    admin_socket: Path
    concurrency: str
    name: str = "envoy"
    alone: bool = True
    end_within: float = 20.0

    async def launch(self) -> Process:
        """Starts Envoy. Envoys share a port without a word, so one that is alone checks it first."""
        if self.alone and not is_free(self.port):
            raise StackError(f"Port {self.port} is taken by another program.")
        self.admin_socket.unlink(missing_ok=True)
        admin = json.dumps({"admin": {"address": {"pipe": {"path": str(self.admin_socket)}}}})
        command = [str(envoy()), "-c", str(self.data.envoy_config), "--config-yaml", admin]
        output = await self.logs.pipe(self.name)
        options = ["--concurrency", self.concurrency, "--disable-hot-restart", "--log-level", "warn"]
        return spawn([*command, *options], environ={}, output=output)

    async def is_ready(self) -> bool:
        """Whether Envoy itself is up and takes requests; services behind it may still be away."""
        return await answers_ok(self.admin_socket, "/ready")

    async def ask_to_end(self, process: Process) -> None:
        """Turns new requests away, lets those under way finish (at most ten seconds), then ends.

        Where another Envoy takes over, clients first get some seconds to go there: each answer closes its connection.
        """
        await http(self.admin_socket, "POST", "/healthcheck/fail")
        await http(self.admin_socket, "POST", "/drain_listeners?graceful&skip_exit")
        if not self.alone:
            await until(lambda: self._none_of("downstream_cx_active"), pause=_DRAIN_STEP, within=_LEAVE_SECONDS)
        await until(lambda: self._none_of("downstream_rq_active"), pause=_DRAIN_STEP, within=_DRAIN_SECONDS)
        process.send(signal.SIGTERM)

    async def _none_of(self, counter: str) -> bool:
        """Whether a counter of clients' requests or connections stands at zero; also when it can no longer be asked."""
        answer = await http(self.admin_socket, "GET", f"/stats?format=json&filter={counter}$")
        if answer is None or not answer.ok:
            return True
        stats = json.loads(answer.body)["stats"]
        return not any(stat.get("value") for stat in stats if not stat.get("name", "").startswith("http.admin."))
