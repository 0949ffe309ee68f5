"""``/health``, ``/live``, ``/ready`` and ``/health/detailed``: the whole product's state."""

import time
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response

from vaultaris_edge.health.state import Check, Health, State
from vaultaris_edge.limiter.window import SharedWindows
from vaultaris_edge.settings import EdgeSettings
from vaultaris_kit.http.app import VERSION

_UNAVAILABLE = 503


def health_router(health: Health, windows: SharedWindows | None, settings: EdgeSettings) -> APIRouter:
    """The routes. ``windows`` is None in an installation without Valkey."""
    router = APIRouter(tags=["health"])
    started = time.monotonic()

    @router.get("/health", operation_id="health", summary="Whether the process answers at all")
    @router.get("/live", operation_id="live", summary="Liveness for an orchestrator")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/ready",
        operation_id="ready",
        summary="Whether the database and every service are ready",
        responses={_UNAVAILABLE: {"description": "Something is not ready; `checks` says what."}},
    )
    async def ready(response: Response) -> dict[str, Any]:
        state = await health.state()
        if state.is_ready:
            return {"status": "ready"}
        response.status_code = _UNAVAILABLE
        return {"status": "not_ready", "checks": {"database": state.database, **state.services}}

    @router.get(
        "/health/detailed",
        operation_id="health-detailed",
        summary="Database, cache, mail and every service, one by one",
        responses={_UNAVAILABLE: {"description": "Unhealthy: the database is away."}},
    )
    async def detailed(response: Response) -> dict[str, Any]:
        state, redis = await health.state(), await _redis(windows)
        status = _overall(state, redis)
        if status == "unhealthy":
            response.status_code = _UNAVAILABLE
        return {
            "status": status,
            "version": VERSION,
            "uptime_seconds": int(time.monotonic() - started),
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "components": {"database": state.database, "redis": redis, "email": _email(settings)},
            "services": state.services,
        }

    return router


def _overall(state: State, redis: Check) -> str:
    if state.database["status"] != "up":
        return "unhealthy"
    return "healthy" if state.is_ready and redis["status"] != "down" else "degraded"


async def _redis(windows: SharedWindows | None) -> Check:
    if windows is None:
        return {"status": "disabled", "latency_ms": None, "enabled": False}
    try:
        seconds = await windows.ping()
    except ConnectionError:
        return {"status": "down", "latency_ms": None, "enabled": True}
    return {"status": "up", "latency_ms": round(seconds * 1000, 2), "enabled": True}


def _email(settings: EdgeSettings) -> Check:
    """Mail servers are not called for this: configured is all that can be said without sending a mail."""
    status = "configured" if settings.email_enabled else "disabled"
    return {"status": status, "provider": settings.email_provider, "enabled": settings.email_enabled}
