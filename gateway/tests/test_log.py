"""What the access log shows, and what it must not."""

import json
from typing import Any

import httpx
import pytest_asyncio

from gateway.tests.rig.world import World

SECRET = "s3cr3t-value"
PATHS = (
    f"/api/v1/sessions/global/{SECRET}?also={SECRET}",
    f"/api/v1/sessions/global/{SECRET}/transfer",
    f"/api/v1/auth/password-reset/{SECRET}/validate",
    f"/api/v1//auth/./password-reset/{SECRET}/validate",
    f"/api/v1/sessions/global/{SECRET}%2Fx",
    f"/api/v1/sessions/global//{SECRET}%2Fx",
    f"/oauth/consent/{SECRET}",
    f"/oauth/authorize?state={SECRET}",
)


@pytest_asyncio.fixture(scope="module")
async def lines(world: World) -> list[dict[str, Any]]:
    """The access log of a gateway that has served secrets in every place where they may stand."""
    envoy = await world.envoy("logged")
    async with httpx.AsyncClient(base_url=envoy.url) as http:
        for path in PATHS:
            headers = {"authorization": f"Bearer {SECRET}", "cookie": SECRET, "dpop": SECRET, "x-api-key": SECRET}
            await http.get(path, headers={**headers, "x-request-id": "logged-request"})
        await http.post("/access/v1/evaluation", headers={"x-request-id": 'not "safe", but echoed'})
        await http.get("/nothing?x=1", headers={"user-agent": 'a "quoted"\tagent'})
    envoy.process.stop()
    return [json.loads(line) for line in envoy.process.log.read_text().splitlines() if line.startswith("{")]


class TestAccessLog:
    def test_has_a_line_per_request(self, lines: list[dict[str, Any]]) -> None:
        assert len(lines) == len(PATHS) + 2
        served = lines[6]
        assert (served["method"], served["status"], served["upstream"]) == ("GET", 200, "auth")
        assert (served["request_id"], served["client"]) == ("logged-request", "127.0.0.1")
        assert served["duration_ms"] >= 0

    def test_shows_the_id_that_is_echoed(self, lines: list[dict[str, Any]]) -> None:
        (evaluation,) = (line for line in lines if line["path"] == "/access/v1/evaluation")
        assert evaluation["request_id"] == 'not "safe", but echoed'

    def test_shows_no_secret(self, lines: list[dict[str, Any]]) -> None:
        assert SECRET not in json.dumps(lines)
        assert {line["path"] for line in lines[:7]} == {
            "/api/v1/sessions/global/***",
            "/api/v1/auth/password-reset/***",
            "/oauth/consent/***",
        }

    def test_shows_other_paths_without_their_query(self, lines: list[dict[str, Any]]) -> None:
        assert [line["path"] for line in lines[7:]] == [
            "/oauth/authorize",
            "/access/v1/evaluation",
            "/nothing",
        ]
