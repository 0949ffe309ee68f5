"""Rate limits as a client meets them: through Envoy, two edge processes and one Valkey."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.tests.rig.burst import Answer, burst, statuses
from gateway.tests.rig.world import Envoy, World

PATH = "/api/v1/users/u/tenants"


async def decided_by_edge(attempt: Callable[[], Awaitable[list[Answer]]]) -> list[Answer]:
    """A burst of which edge has decided every request: where the machine is starved, Envoy may have to go on without
    it, and then its own buckets decide, which are larger. Such an answer does not say what is left.
    """
    for _ in range(5):
        answers = await attempt()
        if all("x-ratelimit-limit" in answer.headers for answer in answers):
            break
    return answers


class TestGeneralWindow:
    async def test_exactly_120_of_500_concurrent_requests_pass(
        self, world: World, trusting: Envoy, address: Callable[[], str]
    ) -> None:
        async def attempt() -> list[Answer]:
            before = world.upstreams["directory"].seen
            answers = await burst(trusting, 500, address(), path=PATH)
            assert world.upstreams["directory"].seen - before == statuses(answers)[200]
            return answers

        assert statuses(await decided_by_edge(attempt)) == {200: 120, 429: 380}

    async def test_exactly_120_through_two_gateways(
        self, world: World, trusting: Envoy, address: Callable[[], str]
    ) -> None:
        second = await world.envoy("second", TRUSTED_PROXIES="127.0.0.0/8")

        async def attempt() -> list[Answer]:
            who = address()
            one, two = await asyncio.gather(*(burst(envoy, 150, who, path=PATH) for envoy in (trusting, second)))
            return one + two

        assert statuses(await decided_by_edge(attempt)) == {200: 120, 429: 180}

    async def test_an_answer_says_what_is_left(self, client: httpx.AsyncClient) -> None:
        first, second = await client.get(PATH), await client.get(PATH)
        assert [answer.headers["x-ratelimit-limit"] for answer in (first, second)] == ["120", "120"]
        assert [answer.headers["x-ratelimit-remaining"] for answer in (first, second)] == ["119", "118"]
        assert 58 <= int(second.headers["x-ratelimit-reset"]) <= 60

    async def test_a_refusal_says_when_to_come_back(self, trusting: Envoy, address: Callable[[], str]) -> None:
        who, origin = address(), "https://app.example.com"
        denied = (await burst(trusting, 125, who, path=PATH, at_once=1, origin=origin))[-1]
        assert denied.status == 429
        body = denied.json()
        assert (body["error"], body["status"]) == ("rate_limited", 429)
        assert body["request_id"] == denied.headers["x-request-id"]
        assert 50 <= int(denied.headers["retry-after"]) <= 60
        assert denied.headers["x-ratelimit-remaining"] == "0"
        assert denied.headers["x-ratelimit-reset"] == denied.headers["retry-after"]
        assert denied.headers["access-control-allow-origin"] == origin

    async def test_a_refused_head_has_no_body(self, trusting: Envoy, address: Callable[[], str]) -> None:
        answers = await burst(trusting, 122, address(), path=PATH, method="HEAD", at_once=1)
        assert statuses(answers) == {200: 120, 429: 2}

    async def test_probes_are_exempt(self, trusting: Envoy, address: Callable[[], str]) -> None:
        who = address()
        for path in ("/health", "/live"):
            assert statuses(await burst(trusting, 130, who, path=path)) == {200: 130}
        (answer,) = await burst(trusting, 1, who, path=PATH)
        assert answer.headers["x-ratelimit-remaining"] == "119"

    async def test_an_ipv6_network_is_one_client(self, trusting: Envoy) -> None:
        async with httpx.AsyncClient(base_url=trusting.url) as http:
            left = [
                (await http.get(PATH, headers={"x-forwarded-for": f"2001:db8:{network}::{host}"})).headers[
                    "x-ratelimit-remaining"
                ]
                for network, host in (("1:2", "a"), ("1:2", "ffff:b"), ("1:3", "a"))
            ]
        assert left == ["119", "118", "119"]


class TestCredentialWindow:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/oauth/token"),
            ("POST", "/setup"),
            ("POST", "/api/v1/auth/password-reset"),
            ("POST", "/api/v1/auth/password-reset/complete"),
            ("GET", "/api/v1/auth/password-reset/abc/validate"),
            ("POST", "/api/v1/tenants/t/auth/password-reset"),
            ("POST", "/api/v1/auth/passkey/login"),
            ("POST", "/api/v1/hosted/acme/mfa/verify"),
            ("POST", "/hosted/acme/sign-in"),
            ("POST", "/hosted/acme/device"),
            ("POST", "/hosted/acme/device/sign-in"),
            ("POST", "/api/v1/mfa/totp/verify"),
            ("POST", "/api/v1/mfa/totp/u/verify"),
        ],
    )
    async def test_covers_where_a_credential_can_be_guessed(
        self, client: httpx.AsyncClient, method: str, path: str
    ) -> None:
        answer = await client.request(method, path)
        assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("30", "29")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/oauth/introspect"),
            ("GET", "/oauth/token"),
            ("GET", "/setup/check"),
            ("POST", "/oauth/revoke"),
            ("GET", "/hosted/acme/sign-in"),
        ],
    )
    async def test_and_nothing_else(self, client: httpx.AsyncClient, method: str, path: str) -> None:
        assert (await client.request(method, path)).headers["x-ratelimit-limit"] == "120"

    async def test_is_tighter_and_counts_in_both(self, client: httpx.AsyncClient) -> None:
        answers = [await client.post("/oauth/token") for _ in range(32)]
        assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
        body = answers[-1].json()
        assert (body["error"], body["error_description"]) == ("rate_limited", body["message"])
        assert (await client.get(PATH)).headers["x-ratelimit-remaining"] == "89"


class TestClientAddress:
    async def test_nobody_is_believed_by_default(self, plain: Envoy) -> None:
        async with httpx.AsyncClient(base_url=plain.url) as http:
            answers = [await http.get(PATH, headers={"x-forwarded-for": f"203.0.113.{n}"}) for n in range(3)]
        first, _, third = (int(answer.headers["x-ratelimit-remaining"]) for answer in answers)
        assert first - third == 2

    @pytest.mark.parametrize(
        ("forwarded", "client"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9, 127.0.0.1", "203.0.113.9"),
            ("10.0.0.8, 10.0.0.9", "10.0.0.9"),
            ("2001:db8::5", "2001:db8::5"),
            ("not an address", "127.0.0.1"),
        ],
    )
    async def test_a_trusted_proxy_tells_the_last_stranger(self, trusting: Envoy, forwarded: str, client: str) -> None:
        async with httpx.AsyncClient(base_url=trusting.url) as http:
            told = (await http.get("/oauth/authorize", headers={"x-forwarded-for": forwarded})).json()
        assert dict(told["headers"])["x-envoy-external-address"] == client

    async def test_another_proxy_is_not_believed(self, world: World) -> None:
        envoy = await world.envoy("other-proxy", TRUSTED_PROXIES="10.0.0.0/8")
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            told = (await http.get("/oauth/authorize", headers={"x-forwarded-for": "203.0.113.9"})).json()
        assert dict(told["headers"])["x-envoy-external-address"] == "127.0.0.1"
