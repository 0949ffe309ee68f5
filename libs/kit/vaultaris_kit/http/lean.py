"""Routes of the hot paths: in the OpenAPI document like any other, but served without FastAPI's machinery.

A handler takes ``request`` and, if it has guards, one parameter for each (``principal: Caller``). It reads
its own body and returns a finished response; what the document should say goes into ``openapi_extra``.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

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
