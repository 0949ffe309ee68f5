"""Routes of the hot paths: in the OpenAPI document like any other, but served without FastAPI's machinery.

A handler takes ``request`` and, if it has guards, one parameter for each (``principal: Caller``). It reads
its own body and returns a finished response; what the document should say goes into ``openapi_extra``.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

Guard = Callable[[Request], Awaitable[Any]]


class LeanRoute(APIRoute):
    """Runs the guards that the handler declares, in order, and then the handler; nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        guards = self._guards()
        endpoint: Callable[..., Coroutine[Any, Any, Response]] = self.endpoint

        async def serve(request: Request) -> Response:
            return await endpoint(request, **{name: await guard(request) for name, guard in guards.items()})

        return serve

    def _guards(self) -> dict[str, Guard]:
        """The handler's guards by parameter. A route that asks for anything else is a mistake of the program."""
        needs = self.dependant
        if needs.path_params or needs.query_params or needs.header_params or needs.cookie_params or needs.body_params:
            raise TypeError(f"{self.path}: a lean handler takes the request and guards only")
        guards: dict[str, Guard] = {}
        for dependency in needs.dependencies:
            if dependency.name is None or dependency.call is None or dependency.request_param_name != "request":
                raise TypeError(f"{self.path}: a guard of a lean handler takes the request only")
            guards[dependency.name] = dependency.call
        return guards


_TENANTS = "/api/v1/tenants/"


class LeanPaths:
    """Finds lean routes by their path in one look-up, before the application's list of routes is tried.

    Only paths without parameters, or with the tenant as their only one, are found here; everything else, and every
    other method of these paths, is the application's.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._routes = {
            (method, route.path): (route, route.get_route_handler())
            for route in app.routes
            if isinstance(route, LeanRoute) and "{" not in route.path.replace("{tenant_id}", "")
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, parameters = _read(scope["path"])
        found = self._routes.get((scope["method"], path))
        if found is None:
            await self._app(scope, receive, send)
            return
        route, serve = found
        scope["app"], scope["route"], scope["path_params"] = self._app, route, parameters
        response = await serve(Request(scope, receive))
        await response(scope, receive, send)


def _read(path: str) -> tuple[str, dict[str, str]]:
    """The template that a path may belong to, and the tenant that it names."""
    if not path.startswith(_TENANTS):
        return path, {}
    tenant_id, _, rest = path[len(_TENANTS) :].partition("/")
    return f"{_TENANTS}{{tenant_id}}/{rest}", {"tenant_id": tenant_id}
