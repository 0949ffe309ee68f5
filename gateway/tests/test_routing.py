"""Every row of the surface reaches its owner, and nothing else reaches anybody."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest

from gateway.tests.rig.burst import burst, statuses
from gateway.tests.rig.upstream import Upstream
from gateway.tests.rig.world import Envoy, World
from vaultaris_gateway.routes import Rule, owner_of, rules
from vaultaris_kit import surface

ID = "01890000-0000-7000-8000-000000000001"


def concrete(path: str) -> str:
    """The path of a template with every parameter filled in."""
    return re.sub(r"\{[^}]*\}", ID, path.replace("{*rest}", "some/thing"))


class TestRules:
    def test_every_row_has_its_owner(self) -> None:
        assert {row.id: owner_of(concrete(row.path)) for row in surface.rows()} == {
            row.id: row.service for row in surface.rows()
        }

    def test_a_parameter_never_takes_another_owners_fixed_path(self) -> None:
        """Rules are grouped per owner in Envoy, which is only right while no two owners' rules overlap."""
        ambiguous = [(one, two) for one in rules() for two in rules() if one.owner != two.owner and _overlap(one, two)]
        assert ambiguous == []

    @pytest.mark.parametrize(
        ("path", "owner"),
        [
            ("/access/v1/evaluation", "policy"),
            ("/hosted/acme/login", "auth"),
            ("/consent/abc", "auth"),
            ("/oauth/par", "auth"),
            ("/.well-known/oauth-authorization-server", "auth"),
            ("/api/v1/docs/scalar.js", "gateway"),
            (f"/api/v1/tenants/{ID}/users/import", "directory"),
            (f"/api/v1/tenants/{ID}/applications/{ID}/oauth-clients", "auth"),
            ("/livez", None),
            ("/readyz", None),
            ("/openapi.json", None),
            ("/internal/metrics", None),
            ("/", None),
            ("/api/v1", None),
            (f"/api/v1/tenants/{ID}/nothing", None),
            ("/healthy", None),
        ],
    )
    def test_beyond_the_table(self, path: str, owner: str | None) -> None:
        assert owner_of(path) == owner


def _overlap(one: Rule, two: Rule) -> bool:
    """Whether some path fits both."""
    shared = zip(one.segments, two.segments, strict=False)
    if any(a != b and "{}" not in (a, b) for a, b in shared):
        return False
    long, short = sorted((one, two), key=lambda rule: len(rule.segments), reverse=True)
    return len(long.segments) == len(short.segments) or short.subtree


class TestThroughEnvoy:
    async def test_every_row_reaches_its_owner(self, trusting: Envoy, address: Callable[[], str]) -> None:
        wrong = {}
        async with httpx.AsyncClient(base_url=trusting.url) as http:
            for number, row in enumerate(surface.rows()):
                if row.service == "gateway":
                    continue
                method = "PATCH" if row.method == "*" else row.method
                who = {"x-forwarded-for": f"198.19.0.{number % 250}"}
                answer = await http.request(method, concrete(row.path), headers=who)
                told = answer.json()
                if answer.status_code != 200 or told["service"] != row.service or told["method"] != method:
                    wrong[row.id] = answer.text
        assert wrong == {}

    async def test_own_rows_are_answered_by_edge(self, client: httpx.AsyncClient) -> None:
        for path in ("/health", "/live", "/health/detailed", "/metrics", "/api/v1/docs", "/api/v1/docs/openapi.json"):
            assert (await client.get(path)).status_code in (200, 503), path
        assert (await client.get("/health")).json() == {"status": "ok"}

    async def test_a_wrong_method_is_the_owners_to_refuse(self, client: httpx.AsyncClient) -> None:
        told = (await client.delete(f"/api/v1/tenants/{ID}/statistics/overview")).json()
        assert (told["service"], told["method"]) == ("audit", "DELETE")

    @pytest.mark.parametrize("path", ["/", "/nothing", "/livez", "/openapi.json", "/api/v1/tenantsx", "/metrics/../x"])
    async def test_an_unknown_path_is_404_in_the_envelope(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert (body["error"], body["status"]) == ("not_found", 404)
        assert body["message"]
        assert body["request_id"] == answer.headers["x-request-id"]

    async def test_a_service_that_is_away_answers_503_and_only_that_one(
        self, world: World, client: httpx.AsyncClient
    ) -> None:
        audit = world.upstreams["audit"]
        port = audit.port
        await audit.stop()
        try:
            answer = await client.get(f"/api/v1/tenants/{ID}/audit")
            assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
            assert answer.headers["retry-after"] == "1"
            assert (await client.get(f"/api/v1/tenants/{ID}/users")).status_code == 200
        finally:
            await audit.start(port)

    async def test_a_service_that_is_too_slow_answers_504(self, world: World, client: httpx.AsyncClient) -> None:
        audit = world.upstreams["audit"]
        audit.delay = 3.0
        try:
            answer = await client.get(f"/api/v1/tenants/{ID}/audit")
        finally:
            audit.delay = 0.0
        assert (answer.status_code, answer.json()["error"]) == (504, "timeout")

    async def test_a_process_that_goes_away_fails_no_request_while_another_is_left(
        self, world: World, address: Callable[[], str]
    ) -> None:
        second = Upstream("audit")
        await second.start()
        ports = (world.upstreams["audit"].port, second.port)
        envoy = await world.envoy("doubled", AUDIT_HTTP=",".join(f"127.0.0.1:{port}" for port in ports))
        path = f"/api/v1/tenants/{ID}/audit"
        assert statuses(await burst(envoy, 40, address(), path=path)) == {200: 40}
        assert second.seen > 0
        await second.stop()
        await asyncio.sleep(0.3)  # the gateway learns that its open connections are closed
        assert statuses(await burst(envoy, 40, address(), path=path)) == {200: 40}

    async def test_a_name_that_dns_does_not_know_stops_nothing_else(self, world: World) -> None:
        envoy = await world.envoy("nameless", AUDIT_HTTP="audit.invalid:8080")
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            assert (await http.get(f"/api/v1/tenants/{ID}/audit")).status_code == 503
            assert (await http.get(f"/api/v1/tenants/{ID}/users")).status_code == 200


USERS = f"/api/v1/tenants/{ID}/users"


class TestInterruptions:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_what_was_interrupted_is_asked_again(
        self, world: World, client: httpx.AsyncClient, method: str
    ) -> None:
        directory = world.upstreams["directory"]
        seen, directory.interruptions = directory.seen, 2
        answer = await client.request(method, USERS, content=b"" if method == "GET" else b'{"a":1}')
        assert (answer.status_code, directory.seen - seen) == (200, 3)
        assert answer.json()["size"] == (0 if method == "GET" else 7)

    async def test_not_for_ever(self, world: World, client: httpx.AsyncClient) -> None:
        directory = world.upstreams["directory"]
        directory.interruptions = 3
        answer = await client.get(USERS)
        assert (answer.status_code, directory.interruptions) == (503, 0)
        assert "x-vaultaris-try-again" not in answer.headers

    async def test_any_other_503_is_the_answer(self, world: World, client: httpx.AsyncClient) -> None:
        directory = world.upstreams["directory"]
        seen, directory.answers[USERS] = directory.seen, (503, b"{}")
        try:
            answer = await client.get(USERS)
        finally:
            del directory.answers[USERS]
        assert (answer.status_code, directory.seen - seen) == (503, 1)
