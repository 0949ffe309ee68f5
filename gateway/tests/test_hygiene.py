"""What Envoy takes away, adds or refuses before a service sees a request, and on the way back."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from gateway.tests.rig.upstream import header
from gateway.tests.rig.world import Envoy, World
from vaultaris_stack.ports import LOOPBACK

PATH = "/api/v1/users/u/tenants"
MEBIBYTE = 1024 * 1024
FORGED = {
    "x-vaultaris-user": "root",
    "X-Vaultaris-Client": "1.2.3.4",
    "x-vaultaris-request-id": "forged-id",
    "x-envoy-external-address": "1.2.3.4",
    "x-envoy-original-path": "/elsewhere",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-retry-on": "5xx",
    "x-real-ip": "1.2.3.4",
    "forwarded": "for=1.2.3.4",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "gopher",
    "keep-alive": "timeout=5",
    "te": "gzip",
    "proxy-connection": "keep-alive",
}


async def raw(port: int, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to bytes that no client library would send."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(data)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    writer.close()
    return int(first.split()[1]), headers, body


async def chunks() -> AsyncIterator[bytes]:
    """1.25 MiB whose length nobody tells."""
    for _ in range(20):
        yield b"x" * 65_536


class TestRequestHeaders:
    async def test_nothing_from_outside_looks_like_ours(self, plain: Envoy) -> None:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            told = (await http.get(PATH, headers={**FORGED, "x-forwarded-for": "1.2.3.4"})).json()
        assert header(told, "x-envoy-external-address") == "127.0.0.1"
        assert header(told, "x-forwarded-proto") == "http"
        assert "1.2.3.4" not in json.dumps(told["headers"])
        kept = {name for name, _ in told["headers"]}
        assert kept.isdisjoint({"forwarded", "x-forwarded-for", "x-forwarded-host", "keep-alive", "te"})
        assert {name for name in kept if name.startswith(("x-vaultaris", "x-envoy"))} == {"x-envoy-external-address"}

    async def test_credentials_and_trace_context_pass(self, client: httpx.AsyncClient) -> None:
        given = {
            "authorization": "Bearer abc",
            "dpop": "proof",
            "x-api-key": "vk_live_x",
            "x-device-fingerprint": "f" * 64,
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }
        told = (await client.get(PATH, headers=given)).json()
        assert {name: header(told, name) for name in given} == given

    async def test_a_header_with_an_underscore_is_refused(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(PATH, headers={"x_vaultaris_user": "root"})
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")

    async def test_too_many_or_too_large_headers_are_refused(self, client: httpx.AsyncClient) -> None:
        many = await client.get(PATH, headers={f"x-h-{number}": "v" for number in range(120)})
        large = await client.get(PATH, headers={"x-large": "v" * 40_000})
        for answer in (many, large):
            assert (answer.status_code, answer.json()["error"]) == (431, "bad_request")


class TestRequestId:
    async def test_a_well_formed_one_is_kept(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(PATH, headers={"x-request-id": "order-42.a_b"})
        assert answer.headers.get_list("x-request-id") == ["order-42.a_b"]
        assert header(answer.json(), "x-request-id") == "order-42.a_b"

    @pytest.mark.parametrize("given", ["with space", "x" * 65, "a,b", 'a"b', "<script>", ""])
    async def test_another_is_replaced(self, client: httpx.AsyncClient, given: str) -> None:
        answer = await client.get(PATH, headers={"x-request-id": given})
        (told,) = answer.headers.get_list("x-request-id")
        assert told == header(answer.json(), "x-request-id")
        assert len(told) == 36
        assert told.count("-") == 4

    @pytest.mark.parametrize("given", ["a+b/c==", "urn:uuid:7", "x" * 256, 'with "quotes", and spaces', "%41"])
    async def test_authzen_echoes_whatever_can_be_printed(self, client: httpx.AsyncClient, given: str) -> None:
        answer = await client.post("/access/v1/evaluation?x=1", headers={"x-request-id": given})
        assert answer.headers.get_list("x-request-id") == [given]

    @pytest.mark.parametrize("given", ["x" * 257, "h\u00e9", ""])
    async def test_and_nothing_else(self, client: httpx.AsyncClient, given: str) -> None:
        answer = await client.post("/access/v1/evaluation", headers=[(b"x-request-id", given.encode("latin-1"))])
        (told,) = answer.headers.get_list("x-request-id")
        assert len(told) == 36

    async def test_the_one_of_the_service_does_not_double_it(self, world: World, client: httpx.AsyncClient) -> None:
        directory = world.upstreams["directory"]
        directory.extra_headers = {"x-request-id": "from-service"}
        try:
            answer = await client.get(PATH, headers={"x-request-id": "from-client"})
        finally:
            directory.extra_headers = {}
        assert answer.headers.get_list("x-request-id") == ["from-client"]


class TestPaths:
    @pytest.mark.parametrize(
        ("asked", "reached"),
        [
            ("/api/v1//users///u/tenants", "/api/v1/users/u/tenants"),
            ("/api/v1/tenants/../users/u/tenants", "/api/v1/users/u/tenants"),
            ("/api/v1/tenants/%2e%2e/users/u/tenants", "/api/v1/users/u/tenants"),
            ("/api/v1/users/u%20v/tenants?q=a%2Fb", "/api/v1/users/u%20v/tenants?q=a%2Fb"),
        ],
    )
    async def test_are_normalised_before_they_are_routed(self, plain: Envoy, asked: str, reached: str) -> None:
        _, _, body = await raw(plain.port, f"GET {asked} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        assert json.loads(body)["target"] == reached

    @pytest.mark.parametrize("path", ["/api/v1/users/a%2Fb/tenants", "/api/v1/users/a%5Cb", "/health%2f"])
    async def test_with_an_escaped_slash_are_refused(self, plain: Envoy, path: str) -> None:
        status, headers, body = await raw(plain.port, f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert status == 400
        assert headers["content-type"] == "application/json"
        assert json.loads(body)["error"] == "bad_request"

    async def test_climbing_does_not_reach_an_internal_one(self, client: httpx.AsyncClient) -> None:
        for path in ("/api/v1/users/../../../readyz", "/oauth/..;/readyz", "/oauth/%2e%2e/metrics/../openapi.json"):
            answer = await client.get(path)
            assert answer.status_code == 404 or answer.json()["target"].startswith("/oauth/"), path


class TestProtocol:
    @pytest.mark.parametrize(
        "request_head",
        [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / NOTHTTP/9\r\nhost: x\r\n\r\n",
            "POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        ],
        ids=["no host", "not HTTP", "two framings", "two lengths"],
    )
    async def test_malformed_requests_end_at_the_gateway(self, plain: Envoy, request_head: str) -> None:
        status, _, body = await raw(plain.port, request_head.encode())
        assert status == 400
        assert not body or json.loads(body)["error"] == "bad_request"

    async def test_no_upgrade_to_websocket(self, client: httpx.AsyncClient) -> None:
        upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
        answer = await client.get(PATH, headers={**upgrade, "sec-websocket-key": "x" * 22 + "=="})
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")

    async def test_http2_in_clear_text_on_the_same_port(self, plain: Envoy) -> None:
        command = ["curl", "-s", "--http2-prior-knowledge", "-w", "\n%{http_version}", f"{plain.url}/oauth/authorize"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True, timeout=10)
        body, _, version = done.stdout.decode().rpartition("\n")
        assert (json.loads(body)["service"], version) == ("auth", "2")


class TestBodies:
    async def test_one_mebibyte_passes_and_more_is_413(self, client: httpx.AsyncClient) -> None:
        assert (await client.post(PATH, content=b"x" * MEBIBYTE)).json()["size"] == MEBIBYTE
        answer = await client.post(PATH, content=b"x" * (MEBIBYTE + 1))
        assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")

    async def test_a_chunked_one_is_counted_too(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(PATH, content=chunks())
        assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")

    async def test_imports_and_plugins_may_be_larger(self, client: httpx.AsyncClient) -> None:
        size = 3 * MEBIBYTE
        for path in ("/api/v1/tenants/t/users/import", "/api/v1/tenants/t/templates/import", "/api/v1/admin/plugins"):
            assert (await client.post(path, content=b"x" * size)).json()["size"] == size
        assert (await client.put("/api/v1/admin/plugins", content=b"x" * size)).status_code == 413

    async def test_but_only_up_to_their_own_limit_and_of_known_length(
        self, plain: Envoy, client: httpx.AsyncClient
    ) -> None:
        head = f"POST /api/v1/admin/plugins HTTP/1.1\r\nhost: x\r\ncontent-length: {32 * MEBIBYTE + 1}\r\n\r\n"
        status, _, _ = await raw(plain.port, head.encode() + b"x" * (MEBIBYTE + 65_536))
        assert status == 413
        answer = await client.post("/api/v1/admin/plugins", content=chunks())
        assert answer.status_code == 413


class TestLongRequests:
    async def test_imports_and_exports_may_take_longer_than_all_others(
        self, world: World, client: httpx.AsyncClient
    ) -> None:
        """The gateway of these tests allows two seconds."""
        directory = world.upstreams["directory"]
        directory.delay = 4.5  # more than what a stream may last elsewhere, too
        try:
            answers = await asyncio.gather(
                client.get("/api/v1/tenants/t/users/export", timeout=10),
                client.post("/api/v1/tenants/t/users/import", content=b"x", timeout=10),
                client.get(PATH, timeout=10),
            )
        finally:
            directory.delay = 0.0
        assert [answer.status_code for answer in answers] == [200, 200, 504]

    async def test_a_body_that_never_comes_is_cut_off(self, trusting: Envoy) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, trusting.port)
        writer.write(b"POST /api/v1/tenants HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nx")
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 9)
        writer.close()


class TestResponseHeaders:
    async def test_security_headers_are_on_every_answer(self, client: httpx.AsyncClient) -> None:
        for path, status in ((PATH, 200), ("/nothing", 404), ("/health", 200), ("/api/v1/users/a%2Fb", 400)):
            answer = await client.get(path)
            assert answer.status_code == status
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
            assert "server" not in answer.headers
            assert not [name for name in answer.headers if name.startswith("x-envoy")]

    async def test_no_hsts_without_https(self, plain: Envoy) -> None:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            assert "strict-transport-security" not in (await http.get("/health")).headers

    async def test_the_services_own_choice_stands(self, world: World, client: httpx.AsyncClient) -> None:
        directory = world.upstreams["directory"]
        directory.extra_headers = {
            "x-frame-options": "SAMEORIGIN", "cache-control": "max-age=60", "server": "x/1", "x-powered-by": "y",
        }  # fmt: skip
        try:
            answer = await client.get(PATH)
        finally:
            directory.extra_headers = {}
        assert answer.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
        assert answer.headers.get_list("cache-control") == ["max-age=60"]
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


class TestErrors:
    async def test_oauth_paths_get_the_oauth_form_too(self, world: World, address: Callable[[], str]) -> None:
        envoy = await world.envoy("no-auth", AUTH_HTTP="127.0.0.1:1")
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            body = (await http.get("/oauth/authorize")).json()
        assert (body["error"], body["status"]) == ("unavailable", 503)
        assert body["error_description"] == body["message"]

    async def test_people_at_hosted_pages_get_a_page(self, world: World, address: Callable[[], str]) -> None:
        envoy = await world.envoy("pages", AUTH_HTTP="127.0.0.1:1")
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            answer = await http.get("/hosted/acme/sign-in")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert answer.headers["x-frame-options"] == "DENY"
        assert "not available right now" in answer.text

    async def test_head_has_no_body(self, client: httpx.AsyncClient) -> None:
        answer = await client.head("/nothing")
        assert (answer.status_code, answer.content) == (404, b"")


class TestSlowClients:
    async def test_headers_that_never_end_are_cut_off(self, trusting: Envoy) -> None:
        """The gateway of these tests allows two seconds for a whole request."""
        reader, writer = await asyncio.open_connection(LOOPBACK, trusting.port)
        writer.write(b"GET /health HTTP/1.1\r\nhost: x\r\n")
        assert b" 408 " in (await asyncio.wait_for(reader.read(), 6)).partition(b"\r\n")[0] + b" "
        writer.close()
