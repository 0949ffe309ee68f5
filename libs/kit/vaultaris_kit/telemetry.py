"""OpenTelemetry traces, exported when ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set; otherwise nothing is loaded.

Trace context comes in with Envoy's ``traceparent`` and goes on through HTTP, gRPC, SQL and events.
"""

import contextlib
from collections.abc import Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig
from sqlalchemy.ext.asyncio import AsyncEngine

from vaultaris_kit.events import Event
from vaultaris_kit.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

_PROBES = frozenset({"/livez", "/readyz", "/metrics", "/openapi.json"})
_ADDRESSES = ("url.path", "url.query", "url.full")


def start_tracing(service: str, settings: Settings) -> bool:
    """Installs the tracer provider; returns whether traces are exported. Called after a fork."""
    if not settings.otel_exporter_otlp_endpoint:
        return False
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    endpoint = settings.otel_exporter_otlp_endpoint
    provider = TracerProvider(resource=Resource.create({"service.name": f"vaultaris-{service}"}))
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=not endpoint.startswith("https://"))
    provider.add_span_processor(_masking_processor())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return True


def _masking_processor() -> "SpanProcessor":
    """Addresses may hold tokens; the route's template, which every span has too, says enough."""
    from opentelemetry.sdk.trace import SpanProcessor

    class Masking(SpanProcessor):
        def on_start(self, span: Any, parent_context: Any = None) -> None:  # noqa: ARG002 - the base's signature
            for name in _ADDRESSES:
                if span.attributes and name in span.attributes:
                    span.set_attribute(name, "***")

    return Masking()


def http_telemetry(*, tracing: bool) -> TelemetryConfig:
    """What FastAPI itself traces: one span a request, none for probes."""
    return {"tracing": tracing, "operation_spans": False, "metrics": False, "logs": False, "exclude": _is_probe}


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in _PROBES


def trace_engine(engine: AsyncEngine) -> None:
    """A span per SQL statement."""
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

    SQLAlchemyInstrumentor().instrument(engine=engine.sync_engine, skip_dep_check=True)


def grpc_server_interceptors() -> list[Any]:
    from opentelemetry.instrumentation.grpc import aio_server_interceptor

    return [aio_server_interceptor()]  # type: ignore[no-untyped-call]  # the package has no types


def grpc_client_interceptors() -> list[Any]:
    from opentelemetry.instrumentation.grpc import aio_client_interceptors

    return list(aio_client_interceptors())  # type: ignore[no-untyped-call]  # the package has no types


@contextlib.contextmanager
def consuming(events: Sequence[Event]) -> Iterator[None]:
    """A span per event that is taken in, in the trace of the request that made it; nothing without tracing."""
    from opentelemetry import trace

    tracer = trace.get_tracer("vaultaris.events")
    with contextlib.ExitStack() as spans:
        for event in events:
            if event.traceparent:
                spans.enter_context(_span_of(tracer, event))
        yield


def _span_of(tracer: Any, event: Event) -> Any:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": event.traceparent})
    return tracer.start_as_current_span(f"consume {event.type}", context, SpanKind.CONSUMER)


def stop_tracing() -> None:
    """Flushes what is buffered."""
    from opentelemetry import trace

    provider = trace.get_tracer_provider()
    shutdown = getattr(provider, "shutdown", None)
    if shutdown:
        shutdown()
