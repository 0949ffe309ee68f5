"""Parts are stopped and started under calls: nothing is lost from audit, and what was revoked stays so."""

from collections.abc import Callable

import pytest

from tests.e2e.world import Api, Company, World
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack


@pytest.fixture
def without(stack: LocalStack) -> "Callable[[str], Absence]":
    """``async with without("nats"):`` runs its block while that part is stopped."""
    return lambda name: Absence(stack, name)


class Absence:
    def __init__(self, stack: LocalStack, name: str) -> None:
        self._stack, self._name = stack, name

    async def __aenter__(self) -> None:
        self._stack.stop_part(self._name)

    async def __aexit__(self, *_: object) -> None:
        self._stack.start_part(self._name)


async def _recorded(company: Company, wanted: set[str]) -> set[str]:
    """Which of the wanted resource ids the trail holds."""
    found = set()
    for resource_id in wanted:
        page = await company.admin.get(f"{company.path}/audit", resource_id=resource_id, action="user.created")
        found |= {entry["resource_id"] for entry in page["data"]}
    return found


Without = Callable[[str], Absence]


class TestNats:
    async def test_writes_go_on_and_reach_the_trail_later(self, company: Company, without: Without) -> None:
        async with without("nats"):
            made = {(await company.add_user())["id"] for _ in range(5)}
        recorded = await eventually(lambda: _recorded(company, made), lambda found: found == made, within=30)
        assert recorded == made
        assert (await company.admin.get(f"{company.path}/audit/verify"))["data"]["valid"] is True

    async def test_revocation_is_honoured_while_it_is_away(self, company: Company, without: Without) -> None:
        user = await company.add_user()
        caller = await company.signed_in(user)
        path = f"{company.path}/users/{user['id']}/sessions"
        await caller.get(path)
        async with without("nats"):
            await company.admin.delete(path)

            async def status() -> int:
                return (await caller.call("GET", path)).status_code

            await eventually(status, lambda code: code == 401, within=6)
        await eventually(status, lambda code: code == 401)

    async def test_a_fresh_permission_counts_while_it_is_away(self, company: Company, without: Without) -> None:
        user = await company.add_user()
        application = await company.machine("integration:check")
        async with without("nats"):
            role = await company.add_role("orders:read")
            await company.give(user, role)

            async def allowed() -> bool:
                return await company.may(application, user, "orders", "read")

            await eventually(allowed, bool, within=6)
            await company.admin.delete(f"{company.path}/users/{user['id']}/roles/{role['id']}")
            assert not await allowed()


class TestValkey:
    async def test_nothing_else_stops(self, company: Company, without: Without) -> None:
        async with without("valkey"):
            user = await company.add_user()
            await company.sign_in(user["username"])


class TestAuditService:
    async def test_catches_up(self, company: Company, without: Without) -> None:
        async with without("audit"):
            made = {(await company.add_user())["id"] for _ in range(5)}
            refused = await company.admin.call("GET", f"{company.path}/audit")
            assert refused.status_code == 503
            assert refused.json()["error"] == "unavailable"
        await eventually(lambda: _recorded_or_none(company, made), lambda found: found == made, within=30)


class TestSessionsService:
    async def test_sign_in_works_and_the_session_appears_later(self, company: Company, without: Without) -> None:
        user = await company.add_user()
        path = f"{company.path}/users/{user['id']}/sessions"
        async with without("sessions"):
            await company.sign_in(user["username"])
            refused = await company.admin.call("GET", path)
            assert refused.status_code == 503

        async def sessions() -> int:
            response = await company.admin.call("GET", path)
            return len(response.json()["data"]) if response.status_code == 200 else 0

        assert await eventually(sessions, bool, within=30) == 1


class TestDirectoryService:
    async def test_only_its_own_paths_stop(self, company: Company, without: Without) -> None:
        async with without("directory"):
            refused = await company.admin.call("GET", f"{company.path}/users")
            assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
            sign_in = await company.admin.token_request(
                grant_type="password", client_id=company.client_id, username="x", password="y"
            )
            assert sign_in.status_code == 503
            assert (await company.admin.call("GET", "/.well-known/jwks.json")).status_code == 200
        await eventually(lambda: _status(company.admin, f"{company.path}/users"), lambda code: code == 200, within=30)


class TestReadiness:
    async def test_tells_the_truth(self, stack: LocalStack, world: World, without: Without) -> None:
        async def ready() -> int:
            return await _status(world.public, "/ready")

        assert await ready() == 200
        async with without("policy"):
            await eventually(ready, lambda code: code == 503)
        await eventually(ready, lambda code: code == 200, within=30)


class TestCrash:
    async def test_a_killed_service_comes_back(self, stack: LocalStack, company: Company) -> None:
        before = stack.status()
        stack.kill_part("auth")
        await eventually(
            lambda: _status(company.admin, "/.well-known/openid-configuration"), lambda code: code == 200, within=30
        )
        await company.sign_in((await company.add_user())["username"])
        assert stack.status() != before


async def _status(api: Api, path: str) -> int:
    return (await api.call("GET", path)).status_code


async def _recorded_or_none(company: Company, wanted: set[str]) -> set[str]:
    if await _status(company.admin, f"{company.path}/audit") != 200:
        return set()
    return await _recorded(company, wanted)
