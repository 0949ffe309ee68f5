"""Edge's own answers: health, metrics, the merged document; and how its process begins and ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families

from gateway.tests.rig.burst import burst, statuses
from gateway.tests.rig.process import Process, listens
from gateway.tests.rig.upstream import SERVICES
from gateway.tests.rig.world import Envoy, World
from vaultaris_edge.fetch import get
from vaultaris_stack.ports import free_port

FRESH_SECONDS = 0.6  # longer than edge keeps what it knows of the services' health
UP = {"status": "ready", "checks": {"database": {"status": "up", "latency_ms": 0.4}}}


@pytest_asyncio.fixture
async def healthy(world: World, plain: Envoy, trusting: Envoy) -> AsyncIterator[World]:
    """Every service reports ready, and does so again for the tests that follow."""
    for upstream in world.upstreams.values():
        upstream.answers["/readyz"] = (200, json.dumps(UP).encode())
    await asyncio.sleep(FRESH_SECONDS)
    yield world
    for upstream in world.upstreams.values():
        del upstream.answers["/readyz"]
    for envoy in (plain, trusting):
        await until_all_are_back(envoy)


CHECKED = (*SERVICES, "edge", "limiter")
"""What these tests take away; nothing stands behind the gateway's gRPC here."""


async def until_all_are_back(envoy: Envoy) -> None:
    """Waits for the gateway's next health checks."""
    for _ in range(200):
        answer = await get(
            str(envoy.admin), f"/stats?filter=^cluster.({'|'.join(CHECKED)}).membership_healthy$", seconds=5
        )
        if b": 0" not in answer.body:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"still left out:\n{answer.body.decode()}")


class TestHealth:
    async def test_ready_when_everything_is(self, healthy: World, client: httpx.AsyncClient) -> None:
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})

    async def test_detailed_names_every_part(self, healthy: World, client: httpx.AsyncClient) -> None:
        answer = await client.get("/health/detailed")
        body = answer.json()
        assert (answer.status_code, body["status"]) == (200, "healthy")
        assert body["components"]["database"] == {"status": "up", "latency_ms": 0.4}
        assert body["components"]["redis"]["status"] == "up"
        assert body["components"]["redis"]["latency_ms"] > 0
        assert body["components"]["email"] == {"status": "disabled", "provider": "smtp", "enabled": False}
        assert set(body["services"]) == set(SERVICES)
        assert {service["status"] for service in body["services"].values()} == {"up"}
        assert {"version", "uptime_seconds", "timestamp"} <= set(body)

    async def test_one_service_that_is_not_ready_is_told(self, healthy: World, client: httpx.AsyncClient) -> None:
        healthy.upstreams["audit"].answers["/readyz"] = (503, b'{"status":"not_ready","checks":{}}')
        await asyncio.sleep(FRESH_SECONDS)
        ready, detailed = await client.get("/ready"), await client.get("/health/detailed")
        assert ready.status_code == 503
        assert ready.json()["status"] == "not_ready"
        assert ready.json()["checks"]["audit"] == {"status": "down", "latency_ms": None, "reason": "not ready"}
        assert ready.json()["checks"]["auth"]["status"] == "up"
        assert (detailed.status_code, detailed.json()["status"]) == (200, "degraded")

    async def test_without_the_database_it_is_unhealthy(self, healthy: World, client: httpx.AsyncClient) -> None:
        down = {"status": "not_ready", "checks": {"database": {"status": "down", "latency_ms": None}}}
        for upstream in healthy.upstreams.values():
            upstream.answers["/readyz"] = (503, json.dumps(down).encode())
        await asyncio.sleep(FRESH_SECONDS)
        detailed = await client.get("/health/detailed")
        assert (detailed.status_code, detailed.json()["status"]) == (503, "unhealthy")
        assert (await client.get("/ready")).json()["checks"]["database"]["status"] == "down"
        assert (await client.get("/health")).status_code == 200

    async def test_nonsense_from_a_service_does_no_harm(self, healthy: World, client: httpx.AsyncClient) -> None:
        for service, nonsense in (("directory", b"[]"), ("auth", b"\xff"), ("policy", b'{"checks":[1]}')):
            healthy.upstreams[service].answers["/readyz"] = (200, nonsense)
        await asyncio.sleep(FRESH_SECONDS)
        assert (await client.get("/ready")).status_code == 200

    async def test_many_askers_cost_the_services_one_question(
        self, healthy: World, trusting: Envoy, address: Callable[[], str]
    ) -> None:
        before = healthy.upstreams["auth"].probed
        answers = await burst(trusting, 200, address(), path="/ready")
        assert statuses(answers) == {200: 200}
        assert healthy.upstreams["auth"].probed - before < 50  # gateways' own health checks among them


EXPOSITION = b"""# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total{kind="mail, {odd} \\"one\\"",service="mine"} 3
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1"} 1
wait_seconds_bucket{le="+Inf"} 2
wait_seconds_sum 0.5
wait_seconds_count 2
plain_value 7
"""


class TestMetrics:
    @pytest_asyncio.fixture
    async def exposition(self, world: World, client: httpx.AsyncClient) -> str:
        for service in ("auth", "audit"):
            world.upstreams[service].answers["/metrics"] = (200, EXPOSITION)
        world.upstreams["policy"].answers["/metrics"] = (200, b"# TYPE jobs_total gauge\njobs_total 1\nnot a metric\n")
        await asyncio.sleep(1.1)
        answer = await client.get("/metrics")
        for upstream in world.upstreams.values():
            upstream.answers.pop("/metrics", None)
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def test_one_scrape_holds_everybody(self, exposition: str) -> None:
        families = {family.name: family for family in text_string_to_metric_families(exposition)}
        jobs = families["jobs"].samples
        assert [(one.labels["service"], one.labels["exported_service"], one.value) for one in jobs] == [
            ("auth", "mine", 3.0),
            ("audit", "mine", 3.0),
        ]
        assert jobs[0].labels["kind"] == 'mail, {odd} "one"'
        assert len(families["wait_seconds"].samples) == 8
        assert {one.labels["service"] for one in families["plain_value"].samples} == {"auth", "audit"}
        assert "vaultaris_http_requests" in families
        up = {one.labels["service"]: one.value for one in families["vaultaris_scrape_up"].samples}
        assert up == dict.fromkeys((*SERVICES, "envoy"), 1.0)
        assert any(name.startswith("envoy_cluster_") for name in families)
        outcomes = {one.labels["outcome"] for one in families["vaultaris_limiter_decisions"].samples}
        assert outcomes == {"admitted", "denied", "unavailable"}

    async def test_a_familys_lines_stand_together_and_no_sample_twice(self, exposition: str) -> None:
        types = [line.split()[2] for line in exposition.splitlines() if line.startswith("# TYPE ")]
        assert len(types) == len(set(types))
        samples = [line.rpartition(" ")[0] for line in exposition.splitlines() if not line.startswith("#")]
        assert len(samples) == len(set(samples))


def part(title: str, paths: dict[str, Any], **schemas: Any) -> bytes:
    """A service's own document."""
    document = {"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "paths": paths}
    return json.dumps(document | {"components": {"schemas": schemas}}).encode()


def operation(operation_id: str, schema: str, tag: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"operationId": operation_id, "tags": [tag], "responses": {"200": {"description": "ok", "content": content}}}


USERS = "/api/v1/tenants/{tenant_id}/users"
POLICIES = "/api/v1/tenants/{tenant_id}/policies"
PARAMETER = {"name": "tenant_id", "in": "path", "required": True, "schema": {"type": "string"}}
ERROR = {"type": "object", "properties": {"error": {"type": "string"}}}


@pytest_asyncio.fixture(scope="module")
async def document(world: World) -> dict[str, Any]:
    """Merged from two services that share one component, clash on two, and from four that say nothing of use."""
    directory = part(
        "directory",
        {
            USERS: {"parameters": [PARAMETER], "get": operation("users-list", "Page", "users")},
            POLICIES: {"parameters": [PARAMETER], "get": operation("not-mine", "Page", "users")},
            "/readyz": {"get": operation("internal", "Error", "users")},
        },
        Error=ERROR,
        Item={"type": "string"},
        Page={"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
    )
    policy = part(
        "policy",
        {
            POLICIES: {"parameters": [PARAMETER], "get": operation("users-list", "Page", "policies")},
            "/api/v1/api-keys/authorize": {"post": operation("api-keys-authorize", "Error", "api-keys")},
        },
        Error=ERROR,
        Item={"type": "integer"},
        Page={"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
    )
    world.upstreams["directory"].answers["/openapi.json"] = (200, directory)
    world.upstreams["policy"].answers["/openapi.json"] = (200, policy)
    world.upstreams["audit"].answers["/openapi.json"] = (500, b"")
    world.upstreams["plugins"].answers["/openapi.json"] = (200, b"not JSON")
    url = f"http://127.0.0.1:{world.edges[0].http}/api/v1/docs/openapi.json"
    async with httpx.AsyncClient() as http:
        for _ in range(100):
            answer = await http.get(url)
            if USERS in answer.json()["paths"]:
                break
            await asyncio.sleep(0.1)  # edge looks again at what the services say after a few seconds
        again = await http.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    found: dict[str, Any] = answer.json()
    return found


class TestDocument:
    async def test_is_valid(self, document: dict[str, Any]) -> None:
        OpenAPIV31SpecValidator(document).validate()
        assert document["openapi"].startswith("3.1")

    async def test_holds_what_each_service_owns_and_nothing_internal(self, document: dict[str, Any]) -> None:
        assert {USERS, POLICIES, "/health", "/api/v1/docs/openapi.json"} <= set(document["paths"])
        assert not [path for path in document["paths"] if path.startswith(("/readyz", "/livez", "/internal"))]
        assert document["paths"][POLICIES]["get"]["tags"] == ["policies"]
        assert document["x-vaultaris-missing"] == ["auth", "sessions", "plugins", "audit"]

    async def test_operation_ids_are_unique(self, document: dict[str, Any]) -> None:
        assert document["paths"][USERS]["get"]["operationId"] == "users-list"
        assert document["paths"][POLICIES]["get"]["operationId"] == "policy-users-list"

    async def test_components_that_differ_are_told_apart_and_others_shared(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        assert schemas["Item"] == {"type": "string"}
        assert schemas["PolicyItem"] == {"type": "integer"}
        assert schemas["PolicyPage"]["items"] == {"$ref": "#/components/schemas/PolicyItem"}
        assert schemas["Page"]["items"] == {"$ref": "#/components/schemas/Item"}
        assert "PolicyError" not in schemas
        content = document["paths"][POLICIES]["get"]["responses"]["200"]["content"]["application/json"]
        assert content["schema"] == {"$ref": "#/components/schemas/PolicyPage"}

    async def test_says_how_a_caller_proves_who_they_are(self, document: dict[str, Any]) -> None:
        assert document["paths"][USERS]["get"]["security"] == [{"bearer": []}, {"dpop": []}, {"apiKey": []}]
        assert document["paths"]["/health"]["get"]["security"] == []
        assert document["paths"]["/api/v1/api-keys/authorize"]["post"]["security"] == [{"apiKey": []}]
        assert {"bearer", "dpop", "apiKey"} <= set(document["components"]["securitySchemes"])


class TestProcess:
    async def test_ends_cleanly_on_sigterm_and_finishes_what_it_has_begun(
        self, world: World, tmp_path: Path, address: Callable[[], str]
    ) -> None:
        http, limiter = free_port(), free_port()
        environ = {"SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(http), "LIMITER_PORT": str(limiter)}
        drained = {"REDIS_URL": world.valkey.url, "DRAIN_SECONDS": "0.5", **world.addresses()}
        edge = Process([sys.executable, "-m", "vaultaris_edge"], tmp_path / "edge.log", {**environ, **drained})
        await edge.until(lambda: listens(http))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{http}") as client:
            assert (await client.get("/readyz")).status_code == 200
            edge.signal(signal.SIGTERM)
            await asyncio.sleep(0.1)
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/livez")).status_code == 200
        assert await asyncio.to_thread(edge.wait, 10) == 0

    async def test_bad_settings_are_named_and_end_it_with_2(self) -> None:
        bad = {"PATH": os.environ["PATH"], "RATE_LIMIT_MAX_REQUESTS": "0", "AUTH_HTTP": "nowhere"}
        for command in (["vaultaris_edge"], ["vaultaris_gateway.render", "/nowhere"]):
            code, output, complaints = await python(["-m", *command], bad)
            assert code == 2
            assert b"RATE_LIMIT_MAX_REQUESTS" in complaints
            assert b"AUTH_HTTP" in complaints
            assert output == b""

    async def test_importing_it_does_nothing(self) -> None:
        code = "import threading, vaultaris_edge.__main__; print(threading.active_count())"
        assert await python(["-c", code], {"PATH": os.environ["PATH"]}) == (0, b"1\n", b"")


async def python(arguments: list[str], environ: dict[str, str]) -> tuple[int | None, bytes, bytes]:
    """Exit code, output and error output of a Python process, without holding up the upstreams' event loop."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environ, stdout=pipe, stderr=pipe)
    output, complaints = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode, output, complaints
