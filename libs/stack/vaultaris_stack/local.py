"""A local stack as an object, for tests and benchmarks: the same as the command line, driven from Python."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from vaultaris_stack import control, leftovers
from vaultaris_stack.errors import StackError
from vaultaris_stack.instance import Tenure
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import LOOPBACK, free_port
from vaultaris_stack.status import Status, read_status


class LocalStack:
    """One stack on one data directory. `port` is the gateway's; without one a free port is taken.

    `environ` is laid over this process's environment; `topology` names a file with other services than the product's,
    `replicas` is how many processes each service has.
    Every method raises StackError with the reason when it fails.
    """

    def __init__(
        self,
        data: Path,
        port: int | None = None,
        environ: Mapping[str, str] | None = None,
        topology: Path | None = None,
        replicas: int | None = None,
    ) -> None:
        self._data = DataDirectory(data)
        self._topology = topology
        self._replicas = replicas
        self.environ = os.environ | dict(environ or {})
        self.port = free_port() if port is None else port

    @property
    def data(self) -> Path:
        """The data directory."""
        return self._data.root

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://{LOOPBACK}:{self.port}"

    def up_command(self) -> list[str]:
        """The command line that runs this stack."""
        topology = ["--topology", str(self._topology)] if self._topology else []
        replicas = ["--replicas", str(self._replicas)] if self._replicas else []
        options = ["--port", str(self.port), "--data", str(self.data), *topology, *replicas]
        return [sys.executable, "-P", "-m", "vaultaris_stack", "up", *options]

    def start(self) -> None:
        """Starts the stack and waits until it is ready."""
        done = subprocess.run(
            [*self.up_command(), "--detach"],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"{done.stdout}{done.stderr}".strip())

    def stop(self) -> None:
        """Ends the stack; nothing happens when it does not run."""
        stop_stack(self._data)

    def status(self) -> Status:
        """Every process at this moment."""
        return read_status(self._data)

    def environ_of(self, name: str) -> dict[str, str]:
        """The environment that a service's process got; `migrate` names the one that works as the database's owner."""
        environ: dict[str, str] = control.ask(self._data, "environ", name=name)["environ"]
        return environ

    def stop_part(self, name: str) -> None:
        """Ends a part cleanly; it stays down until `start_part`."""
        control.ask(self._data, "stop", name=name)

    def start_part(self, name: str) -> None:
        """Starts a stopped part and waits until it is ready."""
        control.ask(self._data, "start", name=name)

    def restart_part(self, name: str) -> None:
        """Both, one after the other."""
        control.ask(self._data, "restart", name=name)

    def kill_part(self, name: str) -> None:
        """Kills a part as a crash would (SIGKILL). The supervisor starts it again."""
        control.ask(self._data, "kill", name=name)


def stop_stack(data: DataDirectory) -> bool:
    """Ends the stack on a data directory and waits for that; False when none runs.

    What a supervisor that was killed has left behind is waited for and cleared away.
    """
    try:
        control.ask(data, "down", seconds=120.0)
    except control.NotRunning:
        if data.run.is_dir():
            tenure = Tenure(data)
            asyncio.run(leftovers.wait_for_end(data.processes))
            tenure.end()
        return False
    return True
