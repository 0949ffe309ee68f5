"""Processes of an earlier supervisor that died: they end by themselves, and nothing may start beside them."""

import json
import os
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from vaultaris_stack.paths import write_private
from vaultaris_stack.waiting import until

_END_SECONDS = 30.0
_STEP = 0.05
_START_TIME = 19  # field 22 of /proc/PID/stat, counted after the program's name


@dataclass(frozen=True)
class Trace:
    """A process that was started: its pid, and its start time in clock ticks since boot, which no later one shares."""

    name: str
    pid: int
    started: int


def trace(name: str, pid: int) -> Trace | None:
    """The trace of a process; None when it is gone already."""
    started = _start_time(pid)
    return None if started is None else Trace(name, pid, started)


def remember(path: Path, traces: Iterable[Trace]) -> None:
    """Writes down which processes run."""
    write_private(path, json.dumps([asdict(each) for each in traces]))


def still_running(path: Path) -> list[Trace]:
    """Those of the remembered processes that still live."""
    try:
        remembered = [Trace(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return []
    return [each for each in remembered if _start_time(each.pid) == each.started]


async def wait_for_end(path: Path) -> None:
    """Waits until the remembered processes have ended (the kernel told them to); kills the rest after 30 s."""

    async def all_ended() -> bool:
        return not still_running(path)

    if not await until(all_ended, pause=_STEP, within=_END_SECONDS):
        for each in still_running(path):
            os.kill(each.pid, signal.SIGKILL)


def _start_time(pid: int) -> int | None:
    """None for a process that is gone, or is a zombie."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = after_name.split()
    return None if fields[0] == "Z" else int(fields[_START_TIME])
