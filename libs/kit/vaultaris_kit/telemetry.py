"""OpenTelemetry traces, exported when ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set; otherwise nothing is loaded.

Trace context comes in with Envoy's ``traceparent`` and goes on through HTTP, gRPC, SQL and events.
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from vaultaris_kit.settings import Settings


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
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return True


def trace_app(app: FastAPI) -> Any:
    """The application with a span per request; probes and metrics are left out."""
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware

    return OpenTelemetryMiddleware(app, excluded_urls="/livez,/readyz,/metrics")


def trace_engine(engine: AsyncEngine) -> None:
    """A span per SQL statement."""
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

    SQLAlchemyInstrumentor().instrument(engine=engine.sync_engine)


def grpc_server_interceptors() -> list[Any]:
    from opentelemetry.instrumentation.grpc import aio_server_interceptor

    return [aio_server_interceptor()]  # type: ignore[no-untyped-call]  # the package has no types


def grpc_client_interceptors() -> list[Any]:
    from opentelemetry.instrumentation.grpc import aio_client_interceptors

    return list(aio_client_interceptors())  # type: ignore[no-untyped-call]  # the package has no types


def stop_tracing() -> None:
    """Flushes what is buffered."""
    from opentelemetry import trace

    provider = trace.get_tracer_provider()
    shutdown = getattr(provider, "shutdown", None)
    if shutdown:
        shutdown()
