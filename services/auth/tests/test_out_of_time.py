"""A request that runs out of time is answered in the form of its endpoint's other refusals."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, running

_FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
async def hasty(environ: dict[str, str]) -> AsyncIterator[AuthProcess]:
    async with running(environ | {"REQUEST_TIMEOUT_SECS": "1"}) as process:
        yield process


async def _unfinished(auth: AuthProcess, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], bytes]:
    """The answer to a form that never comes to its end: status, headers, body."""
    url = auth.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {_FORM}\r\nContent-Length: 9\r\nAccept: {accept}\r\n\r\na="
    )
    writer.write(head.encode())
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    return int(lines[0].split()[1]), headers, body


class TestOutOfTime:
    @pytest.mark.parametrize(
        "endpoint", ["token", "revoke", "introspect", "device_authorization", "par", "userinfo", "authorize", "logout"]
    )
    async def test_protocol_endpoints_say_so_in_their_own_form(self, hasty: AuthProcess, endpoint: str) -> None:
        status, headers, body = await _unfinished(hasty, f"/oauth/{endpoint}")
        assert (status, headers["cache-control"]) == (504, "no-store")
        told = json.loads(body)
        assert set(told) == {"error", "error_description"}
        assert told["error"] == "temporarily_unavailable"

    async def test_people_get_a_page(self, hasty: AuthProcess, directory: FakeDirectory) -> None:
        for path in ("/oauth/authorize", f"/hosted/t{directory.home.hex}/device/sign-in"):
            status, headers, body = await _unfinished(hasty, path, "text/html")
            assert (status, headers["content-type"]) == (504, "text/html; charset=utf-8")
            assert b"<h1" in body
