"""Prometheus metrics of every service; labels have bounded cardinality (route templates, never paths)."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()

_LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(slots=True, eq=False)
class Tally:
    """A count that costs next to nothing to raise, on the event loop only; it is read when figures are collected."""

    count: int = 0


class Tallies(Collector):
    """A counter for hot paths: :meth:`of` gives the tally of one set of label values, always the same object."""

    def __init__(self, name: str, documentation: str, labels: list[str]) -> None:
        self._told = (name, documentation, labels)
        self._tallies: dict[tuple[str | int, ...], Tally] = {}
        REGISTRY.register(self)

    def of(self, *values: str | int) -> Tally:
        """The tally of these label values; their number is for the caller to bound."""
        tally = self._tallies.get(values)
        if tally is None:
            tally = self._tallies[values] = Tally()
        return tally

    def collect(self) -> Iterable[Metric]:
        name, documentation, labels = self._told
        metric = CounterMetricFamily(name, documentation, labels=labels)
        for values, tally in list(self._tallies.items()):
            metric.add_metric([str(value) for value in values], tally.count)
        yield metric


HTTP_REQUESTS = Tallies("vaultaris_http_requests_total", "HTTP requests served.", ["method", "route", "status"])
HTTP_SECONDS = Histogram(
    "vaultaris_http_request_seconds",
    "Time to serve.",
    ["method", "route"],
    buckets=_LATENCY,
    registry=REGISTRY,
)
GRPC_REQUESTS = Tallies("vaultaris_grpc_requests_total", "gRPC calls served.", ["method", "code"])
GRPC_SECONDS = Histogram(
    "vaultaris_grpc_request_seconds", "Time to serve.", ["method"], buckets=_LATENCY, registry=REGISTRY
)
OUTBOX_PENDING = Gauge("vaultaris_outbox_pending", "Events that wait to be published.", registry=REGISTRY)
OUTBOX_PUBLISHED = Counter("vaultaris_outbox_published_total", "Events published.", registry=REGISTRY)
EVENTS_CONSUMED = Counter(
    "vaultaris_events_consumed_total", "Events taken in.", ["consumer", "outcome"], registry=REGISTRY
)
OBSERVATIONS_LOST = Counter(
    "vaultaris_observations_lost_total",
    "High-volume observations dropped by a full buffer.",
    registry=REGISTRY,
)
CACHE_LOOKUPS = Tallies("vaultaris_cache_lookups_total", "Cache look-ups.", ["cache", "outcome"])
REVOCATION_WATCH = Gauge(
    "vaultaris_revocation_watch_live",
    "1 while the revocation set is live, 0 while auth is asked.",
    registry=REGISTRY,
)
CERTIFICATE_ENDS = Gauge(
    "vaultaris_certificate_end_seconds",
    "When this service's certificate ends, in seconds since 1970; absent without mutual TLS.",
    ["name"],
    registry=REGISTRY,
)
POOL_REJECTED = Counter(
    "vaultaris_pool_rejected_total", "Work refused by a full thread pool.", ["pool"], registry=REGISTRY
)
DECISIONS_TOO_COSTLY = Tallies(
    "vaultaris_decisions_too_costly_total", "Questions that were not decided, by what they exceeded.", ["bound"]
)


def register_process_metrics() -> None:
    """Adds the process's own figures; called after a fork, because they belong to one pid."""
    ProcessCollector(registry=REGISTRY)
    PlatformCollector(registry=REGISTRY)
