"""Runs one stack: starts its parts in order, keeps them running, ends them in the opposite order."""

import asyncio
import contextlib
import datetime
import shutil
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any

from vaultaris_stack import leftovers
from vaultaris_stack.assembly import MAKE_CERTIFICATES, RENDER_GATEWAY, Options, Stack, assemble
from vaultaris_stack.errors import PartFailed, StackError
from vaultaris_stack.events import Event, Listener, State
from vaultaris_stack.health import require_sound
from vaultaris_stack.instance import Tenure
from vaultaris_stack.keeper import Keeper
from vaultaris_stack.logs import Logs, Watcher, last_lines, log_path
from vaultaris_stack.probe import answers_ok, http
from vaultaris_stack.process import spawn
from vaultaris_stack.topology import GRPC
from vaultaris_stack.waiting import until

_GATEWAY_WITHIN = 60.0
_GATEWAY_PAUSE = 0.05
_TAIL = 12


@contextlib.asynccontextmanager
async def supervised(options: Options, listener: Listener, watcher: Watcher | None) -> AsyncIterator["Supervisor"]:
    """A supervisor with everything prepared and nothing started; on leaving, all of it is ended.

    Raises StackError when the directory is in use or broken, or the gateway's port is taken.
    """
    options.data.create()
    tenure = Tenure(options.data)
    logs = Logs(options.data.logs, watcher)
    try:
        if earlier := leftovers.still_running(options.data.processes):
            names = ", ".join(each.name for each in earlier)
            listener(Event("earlier run", State.STOPPING, f"waiting for the end of {names}"))
            await leftovers.wait_for_end(options.data.processes)
        require_sound(options.data, options.user)
        stack = assemble(options, logs)
        supervisor = Supervisor(stack, logs, listener)
        tenure.announce(stack.environment.url, stack.control)
        try:
            yield supervisor
        finally:
            await supervisor.stop()
            if stack.control.parent != options.data.run:
                shutil.rmtree(stack.control.parent)
    finally:
        tenure.end()
        logs.close()


class Supervisor:
    """The keepers of all parts by name, in the order of `vaultaris status`."""

    def __init__(self, stack: Stack, logs: Logs, listener: Listener) -> None:
        self.stack = stack
        self._logs = logs
        self._listener = listener
        self.zygote = Keeper(stack.zygote, self._note)
        self.stores = {part.name: Keeper(part, self._note) for part in stack.stores}
        self.services = {part.name: Keeper(part, self._note) for part in stack.services}
        self.gateways = {part.name: Keeper(part, self._note) for part in stack.gateways}
        self.keepers = {
            **self.gateways,
            "zygote": self.zygote,
            **self.services,
            **self.stores,
        }

    async def start(self) -> None:
        """Starts everything; returns once the gateway says that all is ready. Raises StackError with the reason."""
        for name, addresses in self.stack.environment.externals.addresses().items():
            self._note(Event(name, State.READY, f"external: {', '.join(addresses) or 'none'}"))
        try:
            await _together(
                self.zygote.start(),
                *(keeper.start() for keeper in self.stores.values()),
                self._make_certificates(),
                self._render_gateway(),
                self._migrate_first(),
            )
            await _together(*(keeper.start() for keeper in self.services.values()))
            await _together(*(keeper.start() for keeper in self.gateways.values()))
            await self._until_gateway_ready()
        except PartFailed as failure:
            raise StackError(self._with_tail(str(failure), failure.part)) from None

    async def stop(self) -> None:
        """Ends everything: no new requests, then the services, then their stores. A failing step stops no other."""
        async with contextlib.AsyncExitStack() as steps:
            steps.callback(self.stack.environment.ports.release_all)
            for keeper in reversed(self.stores.values()):
                steps.push_async_callback(keeper.stop)
            steps.push_async_callback(self.zygote.stop)
            steps.push_async_callback(_each_ended, self.services.values())
            steps.push_async_callback(_each_ended, self.gateways.values())

    def kill(self) -> None:
        """Ends every process without asking; `stop`, which is under way, then need not wait."""
        for keeper in self.keepers.values():
            keeper.kill()

    def keeper(self, name: str) -> Keeper:
        """The keeper of a part. Raises StackError when no part has this name."""
        try:
            return self.keepers[name]
        except KeyError:
            raise StackError(f"No part is named {name!r}; there are {', '.join(self.keepers)}.") from None

    async def start_part(self, name: str) -> None:
        """Starts a stopped part and waits until it is ready. The zygote brings back the services with it."""
        try:
            await self.keeper(name).start()
            if name == "zygote":
                await _together(*(keeper.start() for keeper in self.services.values()))
        except PartFailed as failure:
            raise StackError(self._with_tail(str(failure), failure.part)) from None

    async def stop_part(self, name: str) -> None:
        """Stops a part, which then stays down. The services end before their zygote."""
        keeper = self.keeper(name)
        if name == "zygote":
            await _each_ended(self.services.values())
        await keeper.stop()

    async def migrate(self) -> None:
        """Brings all schemas up to date."""
        topology = self.stack.environment.topology
        command = [sys.executable, "-P", "-m", "vaultaris_stack.migration", topology.migrate, *topology.with_database]

        async def run() -> int | None:
            output = await self._logs.pipe("migrate")
            return await spawn(command, environ=self.stack.environment.of_migration(), output=output).finish()

        await self._watch_job("migrate", run())

    async def _migrate_first(self) -> None:
        """Migrates as soon as the database is up."""
        if database := self.stores.get("postgres"):
            await database.start()
        await self.migrate()

    async def _make_certificates(self) -> None:
        environment = self.stack.environment
        names = [service.name for service in environment.topology.services if GRPC in service.listeners]
        arguments = (str(environment.data.certificates), *names)
        run = self.stack.zygote.run("certificates", MAKE_CERTIFICATES, environ={}, arguments=arguments)
        await self._watch_job("certificates", run)

    async def _render_gateway(self) -> None:
        environment = self.stack.environment
        arguments = (environment.topology.render, str(environment.data.envoy_config.parent))
        run = self.stack.zygote.run(
            "gateway-config", RENDER_GATEWAY, environ=environment.of_gateway(), arguments=arguments
        )
        await self._watch_job("gateway-config", run)

    async def _watch_job(self, name: str, run: Coroutine[Any, Any, int | None]) -> None:
        """Runs something to its end, which must be a good one."""
        self._note(Event(name, State.STARTING))
        began = asyncio.get_running_loop().time()
        if (code := await run) != 0:
            raise StackError(self._with_tail(f"{name} failed (exit code {code})", name))
        self._note(Event(name, State.READY, f"{asyncio.get_running_loop().time() - began:.1f} s"))

    async def _until_gateway_ready(self) -> None:
        port = self.stack.environment.gateway_port
        if not await until(lambda: answers_ok(port, "/ready"), pause=_GATEWAY_PAUSE, within=_GATEWAY_WITHIN):
            answer = await http(port, "GET", "/ready")
            said = f"{answer.status}: {answer.body[:500]}" if answer else "nothing"
            raise StackError(f"The gateway is not ready after {_GATEWAY_WITHIN:.0f} s; /ready says {said}")

    def _note(self, event: Event) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        self._logs.note("supervisor", f"{now} {event.part} {event.state} {event.detail}".rstrip())
        if event.state in (State.STARTING, State.STOPPED):
            running = ((name, keeper.process) for name, keeper in self.keepers.items())
            traces = (leftovers.trace(name, process.pid) for name, process in running if process is not None)
            leftovers.remember(self.stack.environment.data.processes, (each for each in traces if each is not None))
        self._listener(event)

    def _with_tail(self, reason: str, name: str) -> str:
        path = log_path(self.stack.environment.data.logs, name)
        return "\n".join([f"{reason}. The end of {path}:", *(f"  {line}" for line in last_lines(path, _TAIL))])


async def _together(*steps: Coroutine[Any, Any, None]) -> None:
    """Runs all steps at once; the first failure ends the others and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _each_ended(keepers: Iterable[Keeper]) -> None:
    await asyncio.gather(*(keeper.stop() for keeper in keepers))
