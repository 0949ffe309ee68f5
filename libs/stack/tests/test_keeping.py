"""One part's life, with small real processes instead of servers."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field

import pytest

from vaultaris_stack.backoff import BackOff
from vaultaris_stack.errors import PartFailed
from vaultaris_stack.events import Event, State
from vaultaris_stack.keeper import Keeper
from vaultaris_stack.process import Process, spawn

_SLEEP = "import time; time.sleep(60)"
_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"


@dataclass
class _Program:
    """A part that runs a line of Python."""

    code: str = _SLEEP
    name: str = "program"
    port: int | None = None
    end_within: float = 5.0
    ready: bool = True
    launched: list[int] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def launch(self) -> Process:
        output = os.open(os.devnull, os.O_WRONLY)
        process = spawn([sys.executable, "-c", self.code], environ={}, output=output)
        self.launched.append(process.pid)
        return process

    async def is_ready(self) -> bool:
        self.asked.set()
        return self.ready

    async def ask_to_end(self, process: Process) -> None:
        process.send(signal.SIGTERM)


class TestBackOff:
    def test_doubles_up_to_its_limit(self) -> None:
        back_off = BackOff()
        assert [back_off.after_run_of(0) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]

    def test_begins_anew_after_a_healthy_run(self) -> None:
        back_off = BackOff()
        for _ in range(5):
            back_off.after_run_of(1)
        assert back_off.after_run_of(30) == 0.2
        assert back_off.after_run_of(1) == 0.4


class TestKeeper:
    async def test_restarts_what_ends_and_counts(self) -> None:
        events: asyncio.Queue[Event] = asyncio.Queue()
        keeper = Keeper(part := _Program(), events.put_nowait)
        await keeper.start()
        os.kill(part.launched[0], signal.SIGKILL)
        seen = [await asyncio.wait_for(events.get(), 10) for _ in range(5)]
        await keeper.stop()
        assert [event.state for event in seen] == [
            State.STARTING, State.READY, State.RESTARTING, State.STARTING, State.READY
        ]  # fmt: skip
        assert seen[2].detail == "ended by SIGKILL; next start in 0.2 s"
        assert keeper.restarts == 1

    async def test_gives_up_a_start_after_three_ends(self) -> None:
        part = _Program(code="raise SystemExit(7)", ready=False)
        with pytest.raises(PartFailed, match="program ended with code 7, 3 times before it was ready"):
            await Keeper(part, lambda _: None).start()
        assert len(part.launched) == 3

    async def test_reports_a_program_that_is_not_there(self) -> None:
        @dataclass
        class Missing(_Program):
            async def launch(self) -> Process:
                return spawn(["/nowhere"], environ={}, output=os.open(os.devnull, os.O_WRONLY))

        with pytest.raises(PartFailed, match="cannot be started: No such file or directory"):
            await Keeper(Missing(), lambda _: None).start()

    async def test_kills_what_does_not_end_when_asked(self) -> None:
        part = _Program(code=_STUBBORN, end_within=0.5)
        keeper = Keeper(part, lambda _: None)
        await keeper.start()
        process = keeper.process
        assert process is not None
        await asyncio.sleep(0.3)  # until it ignores the signal
        await keeper.stop()
        assert process.exited.result() == -signal.SIGKILL

    async def test_stop_while_starting_leaves_nothing(self) -> None:
        part = _Program(ready=False)
        keeper = Keeper(part, lambda _: None)
        starting = asyncio.create_task(keeper.start())
        await asyncio.wait_for(part.asked.wait(), 10)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert keeper.state is State.STOPPED
        with pytest.raises(ProcessLookupError):
            os.kill(part.launched[0], 0)
