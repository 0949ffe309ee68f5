"""``/metrics`` for the whole product, ``/internal/metrics`` for edge alone."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.responses import Response

from vaultaris_edge.metrics.collection import Collection
from vaultaris_kit.metrics import REGISTRY


def metrics_router(collection: Collection) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Counters and timings of every process, in Prometheus' text format",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        return Response(await collection.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    @router.get("/internal/metrics", include_in_schema=False)
    async def own_metrics() -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router
