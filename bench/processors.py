"""Reads how much processor time the stack's processes have used, with everything that they started."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from bench.figures import Processor
from vaultaris_stack.local import LocalStack

_SETTLE_ROUNDS = 40
_SETTLE_PAUSE = 0.5
_IDLE_SECONDS = 2.0
_IDLE = 0.2
"""How much of one core the whole stack uses at most while nobody asks it for anything."""

# Their children are the services, which are counted by themselves.
_WITHOUT_CHILDREN = frozenset({"supervisor", "zygote"})


def pids_of(stack: LocalStack) -> dict[str, int]:
    """Every running process of the stack by its name."""
    return {row.name: row.pid for row in stack.status().processes if row.pid is not None}


@dataclass(frozen=True)
class Reading:
    """The clocks at one moment, in seconds."""

    at: float
    by_process: Mapping[str, float]
    generator: float
    machine: float


def read(pids: Mapping[str, int]) -> Reading:
    """Reads all clocks."""
    machine = psutil.cpu_times()
    return Reading(
        at=time.perf_counter(),
        by_process={name: _used(psutil.Process(pid), name not in _WITHOUT_CHILDREN) for name, pid in pids.items()},
        generator=time.process_time(),
        machine=sum(machine) - machine.idle - machine.iowait - machine.guest - machine.guest_nice,
    )


def between(earlier: Reading, later: Reading) -> Processor:
    """What was used from one reading to the other. A process that was started anew in between counts from zero."""
    return Processor(
        elapsed=later.at - earlier.at,
        cores=os.cpu_count() or 1,
        by_process={name: max(0.0, used - earlier.by_process[name]) for name, used in later.by_process.items()},
        generator=later.generator - earlier.generator,
        machine=later.machine - earlier.machine,
    )


async def settle(pids: Mapping[str, int]) -> tuple[Reading, bool]:
    """Waits until the processes have worked off what they were given; the last reading, and whether they have.

    Nothing announces that, so it is told by their processors' time.
    """
    last = read(pids)
    for _ in range(_SETTLE_ROUNDS):
        await asyncio.sleep(_SETTLE_PAUSE)
        now = read(pids)
        since = between(last, now)
        if sum(since.by_process.values()) < _IDLE * since.elapsed:
            return now, True
        last = now
    return last, False


async def idle_rates(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds per second that each process uses on its own account. To be asked while the stack is idle."""
    before = read(pids)
    await asyncio.sleep(_IDLE_SECONDS)
    since = between(before, read(pids))
    return {name: used / since.elapsed for name, used in since.by_process.items()}


def beyond(idle: Mapping[str, float], processor: Processor) -> dict[str, float]:
    """CPU seconds by process without what it would have used anyway."""
    return {
        name: max(0.0, used - idle.get(name, 0.0) * processor.elapsed) for name, used in processor.by_process.items()
    }


def _used(process: psutil.Process, with_children: bool) -> float:
    """User and system time. Of children that have ended, the parent keeps the sum."""
    times = process.cpu_times()
    used = times.user + times.system
    if not with_children:
        return float(used)
    used += times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            of_child = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended meanwhile: its parent counts it next time
        used += of_child.user + of_child.system + of_child.children_user + of_child.children_system
    return float(used)
