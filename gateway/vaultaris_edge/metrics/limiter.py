"""The limiter's figures, read when they are asked for: counting costs the limiter an addition, not a lock."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vaultaris_edge.limiter.limiter import Limiter
from vaultaris_edge.limiter.window import SharedWindows


class LimiterFigures(Collector):
    """Decisions by outcome, batches, and whether the shared windows can be reached."""

    def __init__(self, limiter: Limiter, windows: SharedWindows | None) -> None:
        self._limiter = limiter
        self._windows = windows

    def collect(self) -> Iterator[Metric]:
        limiter = self._limiter
        decisions = CounterMetricFamily("vaultaris_limiter_decisions", "Requests decided.", labels=["outcome"])
        for outcome in ("admitted", "denied", "unavailable"):
            decisions.add_metric([outcome], getattr(limiter, outcome))
        yield decisions
        yield CounterMetricFamily("vaultaris_limiter_batches", "Batches sent to the windows.", value=limiter.batches)
        if self._windows is not None:
            up = float(self._windows.connected)
            yield GaugeMetricFamily("vaultaris_limiter_valkey_up", "1 while Valkey decides.", value=up)
