"""What this service answers while nothing of it is built."""

import httpx
import pytest

from vaultaris_kit import surface
from vaultaris_kit.http.app import create_app
from vaultaris_kit.ids import new_id
from vaultaris_plugins.app import SERVICE

ROWS = [row for row in surface.rows() if row.service == SERVICE.name]
CALLS = [(method, row.path) for row in ROWS for method in surface.methods(row)]


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = create_app(SERVICE.name, SERVICE.title, SERVICE.routers)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://plugins")


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_rows_that_are_not_built_say_so(client: httpx.AsyncClient, method: str, path: str) -> None:
    address = "/".join(str(new_id()) if part.startswith("{") else part for part in path.split("/"))
    answer = await client.request(method, address)
    assert answer.status_code == 501
    if method != "HEAD":
        assert answer.json()["error"] == "not_implemented"


async def test_webhooks_take_any_path_below_the_tenant(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/webhook/chat/{new_id()}/events/v2/push", content=b"<xml/>")
    assert answer.status_code == 501
