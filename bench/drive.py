"""Drives load: many workers, each with one thing in flight, warmed up, for a bounded time and count."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench import processors
from bench.connection import BrokenAnswer
from bench.figures import Figures, Latencies

Step = Callable[[], Awaitable[str]]
"""One request with its answer. Says in a word what was wrong with the answer, nothing when it was the expected one."""


@dataclass(frozen=True)
class Bounds:
    """How long a case may take, in seconds, and how many answers it may collect at most."""

    warm_up: float = 4.0
    measured: float = 6.0
    count: int = 200_000


@dataclass
class _Tally:
    """What the workers have seen since the measurement began."""

    seconds: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, seconds: float, fault: str) -> None:
        self.seconds.append(seconds)
        if fault:
            self.faults[fault] += 1


async def measure(
    name: str, steps: Sequence[Step], pids: Mapping[str, int], bounds: Bounds, rate: float | None = None
) -> Figures:
    """Runs one worker a step. With a `rate` (requests per second over all workers) they keep to a timetable.

    In a timetable, a request that had to wait for the one before it counts from when it was due, so a stall shows
    in the percentiles. The costs include what the stack still does after the last answer, such as writing the trail,
    and leave out what it does when nobody asks.
    """
    interval = len(steps) / rate if rate else 0.0
    await _run(steps, interval, bounds.warm_up, _Tally(), bounds.count)
    await processors.settle(pids)
    idle = await processors.idle_rates(pids)
    before = processors.read(pids)
    tally = _Tally()
    gc.collect()
    gc.disable()
    try:
        await _run(steps, interval, bounds.measured, tally, bounds.count)
    finally:
        gc.enable()
    after = processors.read(pids)
    settled, done = await processors.settle(pids)
    return Figures(
        name,
        connections=len(steps),
        answered=len(tally.seconds),
        faults=tally.faults,
        latencies=Latencies.of(tally.seconds),
        processor=processors.between(before, after),
        used=processors.beyond(idle, processors.between(before, settled)),
        notes=() if done else (f"the stack was still busy {settled.at - after.at:.0f} s after the last answer",),
    )


async def _run(steps: Sequence[Step], interval: float, seconds: float, tally: _Tally, count: int) -> None:
    until = time.perf_counter() + seconds
    share = max(1, count // len(steps))
    workers = (_timed(step, index * interval / len(steps), interval, until, tally, share) if interval
               else _busy(step, until, tally, share)
               for index, step in enumerate(steps))  # fmt: skip
    await asyncio.gather(*workers)


async def _busy(step: Step, until: float, tally: _Tally, count: int) -> None:
    """One after the other, without a pause."""
    for _ in range(count):
        began = time.perf_counter()
        if began >= until:
            return
        fault = await _try(step)
        tally.add(time.perf_counter() - began, fault)


async def _timed(step: Step, offset: float, interval: float, until: float, tally: _Tally, count: int) -> None:
    """One every `interval` seconds."""
    due = time.perf_counter() + offset
    for _ in range(count):
        if due >= until:
            return
        began = due
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
            began = time.perf_counter()  # timers are coarse; that this one rang late is not the product's fault
        fault = await _try(step)
        tally.add(time.perf_counter() - began, fault)
        due += interval


async def _try(step: Step) -> str:
    try:
        return await step()
    except (BrokenAnswer, OSError) as fault:
        return str(fault) or type(fault).__name__
