"""One process of one of our own services, forked from the zygote."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from vaultaris_stack.ports import Ports
from vaultaris_stack.probe import answers_ok
from vaultaris_stack.process import Process
from vaultaris_stack.topology import HTTP, Instance
from vaultaris_stack.zygote_client import Zygote


@dataclass
class ServicePart:
    """A service instance. `environ` is what its process sees as its environment, all of it."""

    instance: Instance
    environ: Mapping[str, str]
    ports: Ports
    zygote: Zygote
    end_within: float = 30.0

    @property
    def name(self) -> str:
        """The instance's name."""
        return self.instance.name

    @property
    def port(self) -> int:
        """Its HTTP port."""
        return self.ports[self.instance.port_name(HTTP)]

    async def launch(self) -> Process:
        """Forks it; waits for the zygote where that is being restarted itself."""
        await self.zygote.until_loaded()
        for listener in self.instance.service.listeners:
            self.ports.release(self.instance.port_name(listener))
        return await self.zygote.fork(self.name, self.instance.service.entry, environ=self.environ)

    async def is_ready(self) -> bool:
        """Asks the service."""
        return await answers_ok(self.port, "/readyz")

    async def ask_to_end(self, process: Process) -> None:
        """It finishes the requests under way, then ends by itself."""
        process.send(signal.SIGTERM)
