"""What can be asked of a running supervisor through its control socket."""

import asyncio
import os
from typing import Any

from vaultaris_stack.errors import StackError
from vaultaris_stack.events import State
from vaultaris_stack.keeper import Keeper
from vaultaris_stack.supervisor import Supervisor


class Commands:
    """Answers requests. `stop` is set to end the stack; `ended` is set when that is done."""

    def __init__(self, supervisor: Supervisor, stop: asyncio.Event, ended: asyncio.Event) -> None:
        self._supervisor = supervisor
        self._stop = stop
        self._ended = ended

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request to one answer. Raises StackError with the reason of a refusal."""
        match request["command"]:
            case "status":
                return await self._status()
            case "environ":
                return self._environ(request["name"])
            case "down":
                self._stop.set()
                await self._ended.wait()
                return {}
            case other:
                if self._stop.is_set():
                    raise StackError("The stack is being stopped.")
                return await self._change(other, request.get("name", ""))

    async def _change(self, command: str, name: str) -> dict[str, Any]:
        match command:
            case "migrate":
                await self._supervisor.migrate()
            case "start":
                await self._supervisor.start_part(name)
            case "stop":
                await self._supervisor.stop_part(name)
            case "restart":
                await self._supervisor.stop_part(name)
                await self._supervisor.start_part(name)
            case "kill":
                self._supervisor.keeper(name).kill()
            case _:
                raise StackError(f"The supervisor does not know the command {command!r}.")
        return {}

    async def _status(self) -> dict[str, Any]:
        environment = self._supervisor.stack.environment
        rows = await asyncio.gather(*(_describe(keeper) for keeper in self._supervisor.keepers.values()))
        own = {"name": "supervisor", "pid": os.getpid(), "port": None, "state": State.READY, "ready": True}
        return {
            "running": True,
            "ready": all(row["ready"] for row in rows),
            "url": environment.url,
            "data": str(environment.data.root),
            "processes": [own | {"restarts": 0}, *rows],
        }

    def _environ(self, name: str) -> dict[str, Any]:
        if name == "migrate":
            return {"environ": self._supervisor.stack.environment.of_migration()}
        for instance in self._supervisor.stack.environment.topology.instances():
            if instance.name == name:
                return {"environ": self._supervisor.stack.environment.of_service(instance)}
        raise StackError(f"No service is named {name!r}.")


async def _describe(keeper: Keeper) -> dict[str, Any]:
    """A part as it is at this moment: the process is asked whether it is ready."""
    running = keeper.process is not None and not keeper.process.exited.done()
    return {
        "name": keeper.part.name,
        "pid": keeper.process.pid if keeper.process is not None and running else None,
        "port": keeper.part.port,
        "state": keeper.state,
        "ready": running and await keeper.is_ready(),
        "restarts": keeper.restarts,
    }
