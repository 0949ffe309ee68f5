"""The surface: every endpoint is routed to its owner, and what is built is described."""

import uuid
from typing import Any

import pytest

from tests.e2e.world import Api, World
from vaultaris_kit import surface

ROWS = [row for row in surface.rows() if row.service != "gateway"]
NOT_BUILT = 501


def _example(path: str) -> str:
    """The path with its parameters filled in."""
    for name in ("{plugin_slug}", "{slug}"):
        path = path.replace(name, "master")
    return surface.shape(path).replace("{}", str(uuid.uuid4()))


async def _described(api: Api) -> dict[str, dict[str, Any]]:
    """Method and shape of every operation in the merged document."""
    document = await api.get("/api/v1/docs/openapi.json")
    return {
        f"{method.upper()} {surface.shape(path)}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


class TestSurface:
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
    async def test_every_row_reaches_a_service(self, world: World, row: surface.Row) -> None:
        method = surface.methods(row)[0]
        response = await world.public.call(method, _example(row.path))
        assert response.status_code != 502, response.text
        if response.status_code == 404:
            assert response.json().get("request_id"), "answered by the gateway, not by a service"

    async def test_built_means_described(self, world: World) -> None:
        described = await _described(world.public)
        for row in ROWS:
            for method in surface.methods(row):
                if method in ("HEAD", "OPTIONS"):
                    continue
                status = (await world.public.call(method, _example(row.path))).status_code
                is_described = f"{method} {surface.shape(row.path)}" in described
                assert is_described == (status != NOT_BUILT), f"{row.id}: {status}, described: {is_described}"

    async def test_operation_ids_are_the_rows(self, world: World) -> None:
        described = await _described(world.public)
        for row in ROWS:
            operation = described.get(f"{row.method} {surface.shape(row.path)}")
            if operation is not None:
                assert operation["operationId"] == row.id

    async def test_unbuilt_rows_say_so_in_the_envelope(self, world: World) -> None:
        for row in ROWS:
            response = await world.public.call(surface.methods(row)[0], _example(row.path))
            if response.status_code == NOT_BUILT:
                body = response.json()
                assert (body["error"], body["status"]) == ("not_implemented", 501)
                assert body["message"]

    async def test_every_guarded_row_refuses_strangers(self, world: World) -> None:
        for row in ROWS:
            if row.auth not in ("bearer", "person"):
                continue
            body = {"data": {"x": ""}} if row.path.startswith("/oauth/userinfo") else {"json": {}}
            response = await world.public.call(row.method, _example(row.path), **body)
            assert response.status_code in (401, NOT_BUILT), f"{row.id}: {response.status_code} {response.text}"
            if response.status_code == 401:
                assert "www-authenticate" in response.headers

    async def test_head_is_answered_wherever_get_is(self, world: World) -> None:
        """RFC 9110 section 9.3.2, through the gateway and by every service."""
        for path in dict.fromkeys(_example(row.path) for row in surface.rows() if row.method == "GET"):
            head, get = await world.public.call("HEAD", path), await world.public.call("GET", path)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            assert head.headers.get("content-type") == get.headers.get("content-type"), path

    async def test_a_405_names_head_beside_get(self, world: World) -> None:
        for path in ("/.well-known/jwks.json", "/hosted/master/signed-out", "/health", "/api/v1/consents"):
            refused = await world.public.call("PATCH", path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD"), path
