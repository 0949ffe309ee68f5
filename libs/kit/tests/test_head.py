"""``HEAD`` at a real server: what ``GET`` says of itself, and nothing more."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from vaultaris_kit.http.app import create_app, openapi_of
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.lean import LeanPaths, LeanRoute
from vaultaris_kit.http.server import http_server, listen
from vaultaris_kit.http.streaming import StreamedResponse
from vaultaris_kit.settings import Settings

_TOLD = ("content-type", "content-length")
made: list[str] = []
router = APIRouter(route_class=JsonRoute)
lean = APIRouter(route_class=LeanRoute)


@router.get("/things")
async def things() -> dict[str, str]:
    made.append("things")
    return {"thing": "one"}


@router.get("/stream")
async def stream() -> StreamedResponse:
    async def lines() -> AsyncIterator[bytes]:
        made.append("line")
        yield b"line\n"

    return StreamedResponse(lines(), media_type="text/plain")


@router.post("/things")
@router.post("/only-post")
async def make() -> dict[str, str]:
    return {}


@lean.get("/lean")
async def quick(_request: Request) -> JSONResponse:
    return JSONResponse({"thing": "quick"})


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app("kit", "Kit", [router, lean])
    listener = listen("127.0.0.1", 0)
    server = http_server(LeanPaths(app), Settings(dev=True))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    made.clear()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as http:
        yield http
    server.should_exit = True
    await serving


class TestHead:
    @pytest.mark.parametrize("path", ["/things", "/lean", "/openapi.json", "/nothing"])
    async def test_it_is_the_answer_to_get_without_its_body(self, client: httpx.AsyncClient, path: str) -> None:
        """On one connection: a body sent after all would be taken for the next answer."""
        head, get = await client.head(path), await client.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert {name: head.headers[name] for name in _TOLD} == {name: get.headers[name] for name in _TOLD}

    async def test_the_handler_runs_once(self, client: httpx.AsyncClient) -> None:
        await client.head("/things")
        assert made == ["things"]

    async def test_nothing_is_made_of_a_stream(self, client: httpx.AsyncClient) -> None:
        head = await client.head("/stream")
        assert (head.status_code, head.headers["content-type"], made) == (200, "text/plain; charset=utf-8", [])
        assert (await client.get("/stream")).text == "line\n"

    async def test_where_get_is_not_answered_neither_is_head(self, client: httpx.AsyncClient) -> None:
        refused = await client.head("/only-post")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")

    async def test_allow_names_it(self, client: httpx.AsyncClient) -> None:
        assert (await client.delete("/things")).headers["allow"] == "GET, HEAD, POST"

    def test_the_document_does_not(self) -> None:
        described = openapi_of(create_app("kit", "Kit", [router, lean]))
        assert {path: set(item) for path, item in described["paths"].items()} == {
            "/things": {"get", "post"}, "/stream": {"get"}, "/only-post": {"post"}, "/lean": {"get"},
        }  # fmt: skip
