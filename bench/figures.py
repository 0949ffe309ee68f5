"""What a run has measured, and the arithmetic on it. Nothing here touches a clock or a socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil


def percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of values in ascending order; `share` is in (0, 1]. NaN when there are none."""
    if not 0 < share <= 1:
        raise ValueError("share must be in (0, 1]")
    if not ordered:
        return float("nan")
    return ordered[ceil(share * len(ordered)) - 1]


@dataclass(frozen=True)
class Latencies:
    """The three percentiles that every table shows, in seconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latencies":
        """Of measurements in any order."""
        ordered = sorted(seconds)
        return cls(percentile(ordered, 0.50), percentile(ordered, 0.95), percentile(ordered, 0.99))


@dataclass(frozen=True)
class Processor:
    """Where the processors' time went in `elapsed` seconds: CPU seconds by process, the generator's, the machine's."""

    elapsed: float
    cores: int
    by_process: Mapping[str, float] = field(default_factory=dict)
    generator: float = 0.0
    machine: float = 0.0

    @property
    def generator_share(self) -> float:
        """How much of one core the load generator used."""
        return self.generator / self.elapsed

    @property
    def machine_share(self) -> float:
        """How much of all cores was busy, whoever used them."""
        return self.machine / (self.elapsed * self.cores)

    @property
    def others_share(self) -> float:
        """How much of all cores went to processes that are no part of this run; the figures suffer from it."""
        own = self.generator + sum(self.by_process.values())
        return max(0.0, self.machine - own) / (self.elapsed * self.cores)


@dataclass(frozen=True)
class Figures:
    """One measured case. `answered` counts all answers, faulty ones among them; `notes` go below the table.

    `processor` is the time of the load alone; `used` holds CPU seconds by process until the stack was idle again.
    """

    name: str
    connections: int
    answered: int
    faults: Mapping[str, int]
    latencies: Latencies
    processor: Processor
    used: Mapping[str, float]
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """How many answers were not the expected one."""
        return sum(self.faults.values())

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return (self.answered - self.errors) / self.processor.elapsed

    def cost(self, process: str) -> float:
        """CPU seconds of a process per 1,000 answers: the same number as milliseconds per answer."""
        return _per_thousand(self.used.get(process, 0.0), self.answered)

    @property
    def total_cost(self) -> float:
        """CPU seconds of all processes of the stack per 1,000 answers; the generator's are not among them."""
        return _per_thousand(sum(self.used.values()), self.answered)


def _per_thousand(seconds: float, answered: int) -> float:
    return seconds * 1000 / answered if answered else float("nan")
