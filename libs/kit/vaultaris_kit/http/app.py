"""The FastAPI application of a service: routers in, one error mapping, unbuilt rows answered 501."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route

from vaultaris_kit import surface
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import (
    BY_STATUS,
    BadRequest,
    Detail,
    Invalid,
    NotBuilt,
    NotFound,
    VaultarisError,
    plain_message,
)
from vaultaris_kit.http.dependencies import security_of
from vaultaris_kit.http.middleware import error_response
from vaultaris_kit.metrics import REGISTRY
from vaultaris_kit.telemetry import http_telemetry

VERSION = "0.1.0"
_MAX_DETAILS = 50
_NOT_ALLOWED = 405


def create_app(service: str, title: str, routers: Sequence[APIRouter], *, tracing: bool = False) -> FastAPI:
    """The application, without its runtime: that is put on ``app.state.runtime`` before serving."""
    app = FastAPI(
        title=title,
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=http_telemetry(tracing=tracing),
    )
    app.add_exception_handler(VaultarisError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for router in routers:  # as plain routes, not nested routers: they are looked through below, and matched faster
        app.router.routes.extend(router.routes)
    app.add_api_route("/openapi.json", _openapi_route(app), include_in_schema=False)
    app.router.routes.extend(_unbuilt(service, app))
    answer_head(app.router.routes)
    return app


def answer_head(routes: Iterable[BaseRoute]) -> None:
    """Has ``HEAD`` answered wherever ``GET`` is, by the same handler (RFC 9110 section 9.3.2).

    The server keeps the body to itself; what would take long to make one sees to it (``http/streaming.py``).
    """
    for route in routes:
        methods: set[str] = getattr(route, "methods", None) or set()
        if "GET" in methods:
            methods.add("HEAD")


def add_internal_routes(app: FastAPI, checks: Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]) -> None:
    """``/livez``, ``/readyz`` and ``/metrics``, which the gateway never routes."""

    async def live() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready() -> JSONResponse:
        fine, state = await checks()
        return JSONResponse({"status": "ready" if fine else "not_ready", "checks": state}, 200 if fine else 503)

    async def metrics() -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    for path, endpoint in (("/livez", live), ("/readyz", ready), ("/metrics", metrics)):
        app.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)


def _unbuilt(service: str, app: FastAPI) -> list[Route]:
    """A route answering 501 for every row of the surface that this service owns and does not serve yet."""

    async def not_built(_request: Request) -> Response:
        raise NotBuilt

    rows = [row for row in surface.rows() if row.service == service and not _serves(app, row.method, row.path)]
    rows.sort(key=lambda row: row.path.count("{"))
    return [Route(row.path.replace("{*rest}", "{rest:path}"), not_built, methods=surface.methods(row)) for row in rows]


def _serves(app: FastAPI, method: str, path: str) -> bool:
    """Whether a built route with this very shape exists (a parameter does not stand in for a fixed segment)."""
    shape = surface.shape(path)
    return any(
        surface.shape(getattr(route, "path", "")) == shape and method in (getattr(route, "methods", None) or ())
        for route in app.routes
    )


def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, VaultarisError)
    return error_response(error, current_request().request_id)


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, (RequestValidationError, ValidationError))
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return _refusal(_request, BadRequest("The body is not well-formed JSON."))
    details = [
        Detail(
            field=".".join(str(part) for part in fault["loc"] if part not in ("body", "query", "path", "header"))
            or str(fault["loc"][0] if fault["loc"] else "body"),
            message=plain_message(fault["msg"]),
            code=fault["type"],
        )
        for fault in faults[:_MAX_DETAILS]
    ]
    return _refusal(_request, Invalid(details=details))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, VaultarisError):  # FastAPI wraps what a body's reader raises
        return _refusal(request, error.__cause__)
    kind = BY_STATUS.get(error.status_code, NotFound if error.status_code == NotFound.status else BadRequest)
    refusal = kind()
    refusal.headers.update(error.headers or {})
    if error.status_code == _NOT_ALLOWED:
        refusal.headers["Allow"] = ", ".join(_allowed(request))
    return _refusal(request, refusal)


def _allowed(request: Request) -> list[str]:
    """The methods that the path answers, of all its routes (RFC 9110 section 10.2.1)."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in routes for method in getattr(route, "methods", None) or ()})


def _openapi_route(app: FastAPI) -> Callable[[], Awaitable[JSONResponse]]:
    async def document() -> JSONResponse:
        # off the event loop: it takes long enough for others to find the service unresponsive
        return JSONResponse(app.openapi_schema or await asyncio.to_thread(openapi_of, app))

    return document


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """The application's OpenAPI document, made once."""
    if app.openapi_schema is None:
        routes = [_without_head(route) for route in app.routes]
        schema = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=routes)
        _add_security(routes, schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _without_head(route: BaseRoute) -> BaseRoute:
    """What is described: ``HEAD`` goes without saying where ``GET`` is."""
    methods: set[str] = getattr(route, "methods", None) or set()
    if "HEAD" not in methods:
        return route
    described: Any = copy.copy(route)
    described.methods = methods - {"HEAD"}
    return described  # type: ignore[no-any-return]  # the copy of a route is one


_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "API key; `Authorization: ApiKey <key>` works as well.",
    },
}


def _add_security(routes: Iterable[BaseRoute], schema: dict[str, Any]) -> None:
    schema.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for route in routes:
        right = security_of(route)
        if right is None or not getattr(route, "include_in_schema", False):
            continue
        for method in getattr(route, "methods", None) or ():
            operation = schema["paths"][getattr(route, "path_format", "")][method.lower()]
            operation["security"] = [{"bearer": []}, {"apiKey": []}]
            if right:
                operation["description"] = f"{operation.get('description', '')}\n\nNeeds the right `{right}`.".strip()
