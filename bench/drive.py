"""Drives load: many workers, each with one thing in flight, warmed up, for a bounded time and count."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench import processors
from bench.connection import BrokenAnswer
from bench.figures import Figures, Latencies

Step = Callable[[], Awaitable[bool]]
"""One request with its answer; says whether the answer was the expected one."""


@dataclass(frozen=True)
class Bounds:
    """How long a case may take, in seconds, and how many answers it may collect at most."""

    warm_up: float = 2.0
    measured: float = 6.0
    count: int = 200_000


@dataclass
class _Tally:
    """What the workers have seen since the measurement began."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    def add(self, seconds: float, good: bool) -> None:
        self.seconds.append(seconds)
        self.errors += not good


async def measure(
    name: str, steps: Sequence[Step], pids: Mapping[str, int], bounds: Bounds, rate: float | None = None
) -> Figures:
    """Runs one worker a step. With a `rate` (requests per second over all workers) they keep to a timetable.

    In a timetable, a request that had to wait for the one before it counts from when it was due, so a stall shows
    in the percentiles.
    """
    interval = len(steps) / rate if rate else 0.0
    await _run(steps, interval, bounds.warm_up, _Tally(), bounds.count)
    gc.collect()
    gc.disable()
    tally = _Tally()
    before = processors.read(pids)
    try:
        await _run(steps, interval, bounds.measured, tally, bounds.count)
        processor = processors.between(before, processors.read(pids))
    finally:
        gc.enable()
    return Figures(name, len(steps), len(tally.seconds), tally.errors, Latencies.of(tally.seconds), processor)


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
        good = await _try(step)
        tally.add(time.perf_counter() - began, good)


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
        good = await _try(step)
        tally.add(time.perf_counter() - began, good)
        due += interval


async def _try(step: Step) -> bool:
    try:
        return await step()
    except (BrokenAnswer, OSError):
        return False
