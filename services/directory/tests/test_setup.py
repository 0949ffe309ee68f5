"""First-run setup: once, whole or not at all, and not for strangers."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from services.directory.tests.directory_fakes import CONSOLE, FakeAuth
from services.directory.tests.directory_harness import (
    ADMIN,
    PASSWORD,
    Api,
    Cluster,
    Directory,
    eventually,
    fresh_database,
    running,
)
from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris_kit.ids import MASTER_TENANT_ID


@pytest.fixture(scope="module")
async def fresh_environ(plain_environ: dict[str, str], cluster: Cluster) -> AsyncIterator[dict[str, str]]:
    """An environment whose database nobody has set up."""
    async with fresh_database(cluster) as urls:
        yield plain_environ | urls


@pytest.fixture(scope="module")
async def replica(fresh_environ: dict[str, str], auth: FakeAuth) -> AsyncIterator[Directory]:
    async with running(fresh_environ, auth, fresh_environ["OWNER_URL"]) as started:
        yield started


@pytest.fixture
async def fresh(replica: Directory) -> Directory:
    """A replica whose database is empty."""
    await replica.forget_everything()
    return replica


async def _state(api: Api) -> dict[str, bool]:
    state: dict[str, bool] = (await api.get("/setup/check"))["data"]
    return state


class TestSetup:
    async def test_creates_everything_in_one_go(self, fresh: Directory) -> None:
        api = Api(fresh.http)
        assert await _state(api) == {"is_configured": False, "requires_setup": True, "admin_exists": False}
        done = await api.create("/setup", {**ADMIN, "tenant_name": "Head office", "tenant_slug": "head"})
        assert done["id"] == str(MASTER_TENANT_ID)
        assert (done["name"], done["slug"]) == ("Head office", "head")
        assert done["client"] == {"client_id": CONSOLE}
        assert done["admin_user"]["username"] == "root"
        assert await _state(api) == {"is_configured": True, "requires_setup": False, "admin_exists": True}
        assert (await api.get("/setup/status"))["data"]["setup_token_required"] is False
        assert MASTER_TENANT_ID in fresh.auth.provisioned
        events = [event.type for event in await fresh.events(MASTER_TENANT_ID)]
        assert events == ["tenant.created", "user.created", "setup.completed"]

    async def test_the_administrator_can_sign_in_and_holds_everything(self, fresh: Directory) -> None:
        await fresh.set_up()
        request = VerifyPasswordRequest(tenant_id=str(MASTER_TENANT_ID), login="ROOT@vaultaris.test", password=PASSWORD)
        answer = await fresh.stub.VerifyPassword(request)
        assert answer.outcome == VerifyPasswordResponse.OUTCOME_VERIFIED
        await fresh.root.get("/api/v1/tenants")

    async def test_of_twenty_at_once_one_wins(self, fresh: Directory) -> None:
        calls = (
            Api(fresh.http).call("POST", "/setup", json={**ADMIN, "admin_username": f"root{number}"})
            for number in range(20)
        )
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert refused.json()["error"] == "already_configured"
        events = await fresh.events(MASTER_TENANT_ID, "setup.completed", "user.created")
        assert len(events) == 2

    async def test_the_administrator_may_bring_a_passkey(self, fresh: Directory) -> None:
        api, who = Api(fresh.http), {name: ADMIN[name] for name in ("admin_username", "admin_email")}
        begun = await api.expect(200, "POST", "/setup/webauthn-challenge", who)
        assert begun["data"] == {"challenge_id": begun["challenge_id"], "options": begun["options"]}
        answer = {"challenge_id": begun["challenge_id"], "id": "abc", "response": {"clientDataJSON": "e30"}}
        without = {**who, "webauthn": answer}
        await api.expect(422, "POST", "/setup", without)  # passkeys alone sign nobody in yet
        done = await api.create("/setup", {**ADMIN, "webauthn": answer})
        user_id, credential = fresh.auth.passkeys[-1]
        assert done["admin_user"]["id"] == str(user_id)
        assert credential == {"id": "abc", "rawId": "abc", "type": "public-key", "response": {"clientDataJSON": "e30"}}
        await api.expect(409, "POST", "/setup/webauthn-challenge", who)

    async def test_a_spent_challenge_sets_nothing_up(self, fresh: Directory) -> None:
        api = Api(fresh.http)
        answer = {"challenge_id": str(MASTER_TENANT_ID), "id": "abc", "response": {}}
        refused = await api.expect(400, "POST", "/setup", {**ADMIN, "webauthn": answer})
        assert refused["error"] == "challenge_expired"
        assert (await _state(api))["requires_setup"] is True

    async def test_nothing_is_left_when_auth_is_away(self, fresh: Directory) -> None:
        api = Api(fresh.http)
        fresh.auth.away = True
        try:
            await api.expect(503, "POST", "/setup", ADMIN)
        finally:
            fresh.auth.away = False
        assert (await _state(api))["requires_setup"] is True
        assert await fresh.events(MASTER_TENANT_ID) == []
        await fresh.set_up()

    async def test_a_weak_password_is_refused(self, fresh: Directory) -> None:
        refused = await Api(fresh.http).expect(422, "POST", "/setup", {**ADMIN, "admin_password": "password"})
        assert refused["details"] == [
            {"field": "admin_password", "message": "Is one of the most common passwords.", "code": "common_password"}
        ]

    async def test_before_it_nothing_else_is_open(self, fresh: Directory) -> None:
        await Api(fresh.http).expect(401, "GET", "/api/v1/tenants")


@pytest.mark.usefixtures("fresh")
class TestSetupToken:
    async def test_outside_development_setup_needs_what_was_printed(
        self, fresh_environ: dict[str, str], auth: FakeAuth, production: dict[str, str]
    ) -> None:
        async with running(fresh_environ | production, auth, fresh_environ["OWNER_URL"]) as strict:
            api = Api(strict.http)
            assert (await api.get("/setup/status"))["data"]["setup_token_required"] is True
            for wrong in ({}, {"X-Setup-Token": "vst_guess"}):
                refused = await api.expect(403, "POST", "/setup", ADMIN, headers=wrong)
                assert refused["error"] == "setup_token_required"
            token = await _printed(strict)
            await api.expect(201, "POST", "/setup", ADMIN, headers={"X-Setup-Token": token})
            await api.expect(409, "POST", "/setup", ADMIN, headers={"X-Setup-Token": token})

    async def test_a_second_start_prints_no_other(
        self, fresh_environ: dict[str, str], auth: FakeAuth, production: dict[str, str]
    ) -> None:
        async with running(fresh_environ | production, auth, fresh_environ["OWNER_URL"]) as first:
            token = await _printed(first)
        async with running(fresh_environ | production, auth, fresh_environ["OWNER_URL"]) as second:
            await Api(second.http).expect(201, "POST", "/setup", ADMIN, headers={"X-Setup-Token": token})
        assert b"X-Setup-Token" not in second.output


async def _printed(replica: Directory) -> str:
    def printed() -> re.Match[bytes] | None:
        return re.search(rb"X-Setup-Token: (vst_\S+)", replica.output)

    return (await eventually(printed))[1].decode()
