"""Calls from browsers on other origins: only those that the operator names, and Envoy answers for all services."""

import httpx
import pytest

from gateway.tests.rig.world import Envoy, World

PATH = "/api/v1/users/u/tenants"
APP = "https://app.example.com"
ASK = {"access-control-request-method": "PUT", "access-control-request-headers": "authorization,dpop"}


class TestNamedOrigins:
    async def test_a_preflight_is_answered_by_envoy(self, world: World, client: httpx.AsyncClient) -> None:
        before = world.upstreams["directory"].seen
        answer = await client.options(PATH, headers={"origin": APP, **ASK})
        assert answer.status_code in (200, 204)
        assert answer.headers["access-control-allow-origin"] == APP
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert {"authorization", "dpop", "idempotency-key"} <= set(
            answer.headers["access-control-allow-headers"].split(", ")
        )
        assert answer.headers["access-control-max-age"] == "600"
        assert world.upstreams["directory"].seen == before

    async def test_preflights_do_not_count_as_requests(self, client: httpx.AsyncClient) -> None:
        for _ in range(3):
            await client.options(PATH, headers={"origin": APP, **ASK})
        assert (await client.get(PATH)).headers["x-ratelimit-remaining"] == "119"

    async def test_an_answer_may_be_read_with_its_headers(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(PATH, headers={"origin": APP})
        assert answer.headers["access-control-allow-origin"] == APP
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"x-request-id", "retry-after", "x-ratelimit-remaining", "etag", "www-authenticate"} <= set(exposed)
        assert "origin" in answer.headers["vary"].lower()

    @pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.com.evil.example", "null"])
    async def test_another_origin_gets_nothing(self, client: httpx.AsyncClient, origin: str) -> None:
        for answer in (
            await client.get(PATH, headers={"origin": origin}),
            await client.options(PATH, headers={"origin": origin, **ASK}),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control-")]


class TestPages:
    @pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/logout", "/hosted/acme/sign-in", "/consent/secret"])
    async def test_no_origin_may_call_where_cookies_count(
        self, world: World, client: httpx.AsyncClient, path: str
    ) -> None:
        before = world.upstreams["auth"].seen
        answer = await client.get(path, headers={"origin": APP})
        assert world.upstreams["auth"].seen == before + 1
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    @pytest.mark.parametrize("path", ["/hosted/acme/sign-in", "/hosted/acme/device", "/hosted/acme/consent"])
    async def test_nor_send_a_form(self, world: World, client: httpx.AsyncClient, path: str) -> None:
        before = world.upstreams["auth"].seen
        answer = await client.post(path, headers={"origin": APP}, data={"login": "ada"})
        assert world.upstreams["auth"].seen == before + 1
        assert not [name for name in answer.headers if name.startswith("access-control-")]


class TestApplicationsInBrowsers:
    """Whoever registers one need not ask the operator; a client's redirect URIs say where tokens go."""

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/.well-known/openid-configuration"), ("GET", "/.well-known/jwks.json"),
            ("GET", "/.well-known/oauth-authorization-server"), ("POST", "/oauth/token"), ("POST", "/oauth/revoke"),
            ("GET", "/oauth/userinfo"), ("POST", "/oauth/userinfo"), ("POST", "/oauth/par"),
            ("POST", "/oauth/device_authorization"),
        ],
    )  # fmt: skip
    async def test_any_origin_may_call_without_cookies(self, plain: Envoy, method: str, path: str) -> None:
        origin = {"origin": "https://spa.example"}
        ask = {"access-control-request-method": method, "access-control-request-headers": "authorization,dpop"}
        async with httpx.AsyncClient(base_url=plain.url) as http:
            for answer in (
                await http.options(path, headers=origin | ask),
                await http.request(method, path, headers=origin),
            ):
                assert answer.headers["access-control-allow-origin"] == "https://spa.example"
                assert "access-control-allow-credentials" not in answer.headers
            assert "dpop-nonce" in answer.headers["access-control-expose-headers"].split(", ")
            assert "origin" in answer.headers["vary"].lower()

    @pytest.mark.parametrize("path", ["/oauth/introspect", "/oauth/token/more"])
    async def test_nothing_else_is_open(self, plain: Envoy, path: str) -> None:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            answer = await http.post(path, headers={"origin": "https://spa.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]


class TestOtherSettings:
    async def test_no_origins_no_cors(self, plain: Envoy) -> None:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            answer = await http.get(PATH, headers={"origin": APP})
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    async def test_any_origin_means_no_credentials(self, world: World) -> None:
        envoy = await world.envoy("anyone", CORS_ALLOWED_ORIGINS="*")
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            answer = await http.get(PATH, headers={"origin": "https://some.example"})
        assert answer.headers["access-control-allow-origin"] in ("*", "https://some.example")
        assert "access-control-allow-credentials" not in answer.headers
