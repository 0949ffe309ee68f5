"""Keeps one part running: starts it, notices its end, starts it again after a pause, ends it when told."""

import asyncio
import contextlib
import signal
from typing import Any

from vaultaris_stack.backoff import BackOff
from vaultaris_stack.errors import PartFailed, StackError
from vaultaris_stack.events import Event, Listener, State
from vaultaris_stack.parts.part import Part
from vaultaris_stack.process import Process
from vaultaris_stack.waiting import until

_PROBE_PAUSE = 0.03  # readiness has no event of its own: the process is asked
_READY_WITHIN = 120.0  # generous: what fails ends, and is then noticed at once
_ATTEMPTS = 3


class Keeper:
    """The life of one part. Once stopped it stays down until it is started again."""

    def __init__(self, part: Part, listener: Listener) -> None:
        self.part = part
        self.state = State.STOPPED
        self.restarts = 0
        self.process: Process | None = None
        self._listener = listener
        self._turn = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the part, if it is not running, and waits until it is ready.

        Raises PartFailed, with the part stopped again, when its process ends three times before it is ready or is not
        ready after two minutes.
        """
        async with self._turn:
            if self._keeping is not None and not self._keeping.done():
                return
            ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._keeping = asyncio.create_task(self._keep(ready))
            try:
                async with asyncio.timeout(_READY_WITHIN):
                    await asyncio.shield(ready)
            except TimeoutError:
                await self._end()
                raise PartFailed(self.part.name, f"is not ready after {_READY_WITHIN:.0f} s") from None
            except BaseException:
                await self._end()
                raise

    async def stop(self) -> None:
        """Ends the part cleanly, or by force after its time, and keeps it down."""
        async with self._turn:
            await self._end()

    def kill(self) -> None:
        """Ends the process without asking, as a crash would; it is then started again."""
        if self.process is not None:
            self.process.kill()

    async def is_ready(self) -> bool:
        """Whether the part does its work at this moment."""
        try:
            return await self.part.is_ready()
        except StackError:
            return False

    async def _keep(self, ready: asyncio.Future[None]) -> None:
        loop = asyncio.get_running_loop()
        back_off = BackOff()
        failures = 0
        while True:
            began = loop.time()
            try:
                reason = await self._run_once(ready)
            except StackError as failure:
                if not ready.done():
                    ready.set_exception(PartFailed(self.part.name, str(failure)))
                    return  # `start` ends the process
                reason = str(failure)
                await self._abandon()
            failures += 1
            if not ready.done() and failures == _ATTEMPTS:
                ready.set_exception(PartFailed(self.part.name, f"{reason}, {_ATTEMPTS} times before it was ready"))
                return
            self.restarts += 1
            pause = back_off.after_run_of(loop.time() - began)
            self._change(State.RESTARTING, f"{reason}; next start in {pause:g} s")
            await asyncio.sleep(pause)

    async def _run_once(self, ready: asyncio.Future[None]) -> str:
        """One process from start to end; why it ended."""
        try:
            process = self.process = await self.part.launch()
        except OSError as failure:
            return f"cannot be started: {failure.strerror}"
        self._change(State.STARTING)
        probing = asyncio.create_task(self._until_ready(ready))
        try:
            await _first_of(probing, process.exited)
            if probing.done() and (refusal := probing.exception()):
                raise refusal
            return _describe_end(await process.wait())
        finally:
            probing.cancel()

    async def _abandon(self) -> None:
        """Kills a process that is of no use."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()

    async def _until_ready(self, ready: asyncio.Future[None]) -> None:
        began = asyncio.get_running_loop().time()
        await until(self.part.is_ready, pause=_PROBE_PAUSE)
        self._change(State.READY, f"{asyncio.get_running_loop().time() - began:.1f} s")
        if not ready.done():
            ready.set_result(None)

    async def _end(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        if self.process is not None and not self.process.exited.done():
            self._change(State.STOPPING)
            await self._end_process(self.process)
        self.process = None
        if self.state is not State.STOPPED:
            self._change(State.STOPPED)

    async def _end_process(self, process: Process) -> None:
        try:
            async with asyncio.timeout(self.part.end_within):
                await self.part.ask_to_end(process)
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _change(self, state: State, detail: str = "") -> None:
        self.state = state
        self._listener(Event(self.part.name, state, detail))


async def _first_of(probing: asyncio.Future[Any], ended: asyncio.Future[Any]) -> None:
    """Waits for either, and cancels neither."""
    await asyncio.wait({probing, ended}, return_when=asyncio.FIRST_COMPLETED)


def _describe_end(code: int | None) -> str:
    if code is None:
        return "ended with the zygote"
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
