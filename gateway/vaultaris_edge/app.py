"""Edge's parts put together."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse

from vaultaris_edge.docs.document import ApiDocument
from vaultaris_edge.docs.routes import docs_router
from vaultaris_edge.health.routes import health_router
from vaultaris_edge.health.state import Health
from vaultaris_edge.limiter.limiter import Limiter
from vaultaris_edge.limiter.memory import MemoryWindows
from vaultaris_edge.limiter.valkey import shared_windows
from vaultaris_edge.limiter.window import Limits, SharedWindows
from vaultaris_edge.metrics.collection import Collection
from vaultaris_edge.metrics.routes import metrics_router
from vaultaris_edge.settings import EdgeSettings
from vaultaris_kit.http.app import answer_head, create_app, openapi_of

_UNAVAILABLE = 503


@dataclass
class Edge:
    """The running parts. ``valkey`` is None in an installation without one."""

    app: FastAPI
    limiter: Limiter
    valkey: SharedWindows | None
    draining: bool = False


def create_edge(settings: EdgeSettings) -> Edge:
    """Everything but the sockets. Called inside the event loop."""
    limits = Limits(
        settings.rate_limit_max_requests,
        settings.rate_limit_credential_max_requests,
        settings.rate_limit_window_secs,
    )
    url = settings.redis_url.get_secret_value()
    valkey = shared_windows(url, limits, settings.stores_tls_ca) if url else None
    services = settings.services()
    instance = f"{settings.server_host}:{settings.server_port}"

    def own_document() -> dict[str, Any]:
        return openapi_of(edge.app)

    routers = [
        health_router(Health(services), valkey, settings),
        metrics_router(Collection(services, settings.envoy_admin_socket, instance)),
        docs_router(ApiDocument(services, own_document, settings.external_url)),
    ]
    app = create_app("gateway", "Edge", routers, tracing=bool(settings.otel_exporter_otlp_endpoint))
    edge = Edge(app, Limiter(valkey or MemoryWindows(limits), limits), valkey)
    internal = _internal(edge).routes
    answer_head(internal)
    edge.app.router.routes.extend(internal)
    return edge


def _internal(edge: Edge) -> APIRouter:
    """``/livez`` and ``/readyz``, which the gateway never routes. A missing Valkey is told, but stops nothing."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        redis = "disabled" if edge.valkey is None else "up" if edge.valkey.connected else "down"
        status = "not_ready" if edge.draining else "ready"
        body = {"status": status, "checks": {"redis": {"status": redis}}}
        return JSONResponse(body, _UNAVAILABLE if edge.draining else 200)

    return router
