"""Whatever is revoked, suspended, disabled or deleted: what was given for it is refused, by every service, at once."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.test_api_keys import make
from tests.e2e.tokens.app import App, register
from tests.e2e.world import PASSWORD, Api, Company, World
from tests.eventually import eventually

WITHIN = 3.0
"""Seconds, of a busy machine: the call that revokes answers when it is announced, and news takes milliseconds."""
NOT_BUILT = 501


@dataclass
class Scene:
    """A company of its own, somebody with every right in it, signed in at a client, and what they hold."""

    world: World
    company: Company
    app: App
    guard: App
    user: dict[str, Any]
    tokens: dict[str, Any]
    own_token: str
    key: Api
    key_id: str
    checker: Api

    @property
    def bearer(self) -> Api:
        return self.company.admin.with_token(self.tokens["access_token"])

    @property
    def path(self) -> str:
        return self.company.path

    def rows(self) -> list[str]:
        """A row of every service that checks tokens by itself; plugins has one as soon as it is built."""
        return [f"{self.path}/{noun}" for noun in ("clients", "users", "policies", "sessions", "audit", "plugins")]

    async def seen_by(self, caller: Api) -> dict[str, int]:
        """What each service answers to somebody."""
        answers = {row: await caller.call("GET", row) for row in self.rows()}
        for row, answer in answers.items():
            assert answer.status_code != 401 or "www-authenticate" in answer.headers, row
        return {row: each.status_code for row, each in answers.items() if each.status_code != NOT_BUILT}

    async def is_refused(self, caller: Api, since: float) -> None:
        """By every service, soon after ``since`` (monotonic seconds)."""

        async def statuses() -> set[int]:
            return set((await self.seen_by(caller)).values())

        left = max(0.1, since + WITHIN - time.monotonic())
        assert await eventually(statuses, lambda seen: seen == {401}, within=left) == {401}

    async def refresh(self) -> str:
        """What a refresh is told."""
        answer = await self.app.refresh(self.tokens["refresh_token"])
        return str(answer.json().get("error", answer.status_code))

    async def is_over(self, since: float, *, refresh: tuple[str, ...] = ("invalid_grant",)) -> None:
        """The person's access token, at every service, by every way to ask about it; and the refresh token."""
        token = self.tokens["access_token"]
        await self.is_refused(self.bearer, since)
        assert (await self.bearer.call("GET", "/oauth/userinfo")).status_code == 401
        asked = await self.guard.post("introspect", token=token)
        assert asked.status_code == 401 or asked.json() == {"active": False}
        told = await self.checker.call("POST", "/api/v1/integration/token/validate", json={"token": token})
        assert told.status_code == 401 or told.json()["data"]["valid"] is False
        assert await self.refresh() in refresh


@pytest_asyncio.fixture
async def scene(world: World) -> Scene:
    company = await world.add_company()
    grants = ["password", "refresh_token", "client_credentials"]
    scopes = [f"{noun}:read" for noun in ("clients", "users", "policies", "sessions", "audit", "plugins")]
    app = await register(company, allowed_grant_types=grants, allowed_scopes=["openid", *scopes], default_scopes=scopes)
    guard = await register(company, redirect_uris=[], allowed_grant_types=["client_credentials"])
    user = await company.add_user()
    await company.give(user, {"id": company.roles["tenant-admin"]})
    tokens = await app.given(
        "token", grant_type="password", username=user["username"], password=PASSWORD,
        scope=" ".join(["openid", *scopes]),
    )  # fmt: skip
    own = await app.given("token", grant_type="client_credentials")
    made, key = await make(company)
    checker = await company.machine("integration:validate")
    found = Scene(world, company, app, guard, user, tokens, own["access_token"], key, made["id"], checker)
    for caller in (found.bearer, found.key, company.admin.with_token(found.own_token)):
        assert set((await found.seen_by(caller)).values()) == {200}
    return found


Deed = Callable[[Scene], Awaitable[object]]


async def revoke_session(scene: Scene) -> None:
    sessions = (await scene.company.admin.get(f"{scene.path}/users/{scene.user['id']}/sessions"))["data"]
    await scene.company.admin.delete(f"{scene.path}/sessions/{sessions[0]['id']}")


async def end_sessions(scene: Scene) -> None:
    await scene.company.admin.delete(f"{scene.path}/users/{scene.user['id']}/sessions")


def set_status(status: str) -> Deed:
    return lambda scene: scene.company.admin.update(f"{scene.path}/users/{scene.user['id']}", {"status": status})


async def delete_user(scene: Scene) -> None:
    await scene.company.admin.delete(f"{scene.path}/users/{scene.user['id']}")


class TestPerson:
    @pytest.mark.parametrize(
        "deed",
        [revoke_session, end_sessions, set_status("inactive"), set_status("suspended"), delete_user],
        ids=["session revoked", "sessions ended", "inactive", "suspended", "deleted"],
    )
    async def test_all_that_they_hold_ends(self, scene: Scene, deed: Deed) -> None:
        await deed(scene)
        await scene.is_over(time.monotonic())
        assert set((await scene.seen_by(scene.company.admin)).values()) == {200}, "somebody else's"
        assert await scene.guard.is_active(scene.own_token)

    async def test_their_key_ends_with_them(self, scene: Scene) -> None:
        _, own = await make(scene.company, user_id=scene.user["id"])
        assert set((await scene.seen_by(own)).values()) == {200}
        await set_status("suspended")(scene)
        await scene.is_refused(own, time.monotonic())


class TestClientsOwnDoing:
    async def test_an_access_token(self, scene: Scene) -> None:
        assert (await scene.app.post("revoke", token=scene.tokens["access_token"])).status_code == 200
        await scene.is_refused(scene.bearer, time.monotonic())
        assert not await scene.guard.is_active(scene.tokens["access_token"])
        assert await scene.refresh() == "200", "the refresh token lives on"

    async def test_a_refresh_token_takes_its_family(self, scene: Scene) -> None:
        fresh = (await scene.app.refresh(scene.tokens["refresh_token"])).json()
        assert (await scene.app.post("revoke", token=fresh["refresh_token"])).status_code == 200
        since = time.monotonic()
        await scene.is_over(since)
        await scene.is_refused(scene.company.admin.with_token(fresh["access_token"]), since)
        assert (await scene.app.refresh(fresh["refresh_token"])).json()["error"] == "invalid_grant"


async def disable_client(scene: Scene) -> None:
    await scene.company.admin.update(f"{scene.path}/clients/{scene.app.row_id}", {"is_enabled": False})


async def delete_client(scene: Scene) -> None:
    await scene.company.admin.delete(f"{scene.path}/clients/{scene.app.row_id}")


class TestClient:
    @pytest.mark.parametrize("deed", [disable_client, delete_client], ids=["disabled", "deleted"])
    async def test_all_that_it_was_given_ends(self, scene: Scene, deed: Deed) -> None:
        await deed(scene)
        since = time.monotonic()
        await scene.is_over(since, refresh=("invalid_client",))
        await scene.is_refused(scene.company.admin.with_token(scene.own_token), since)
        assert not await scene.guard.is_active(scene.own_token)
        assert await scene.app.refusal("token", grant_type="client_credentials") == "invalid_client"
        assert set((await scene.seen_by(scene.company.admin)).values()) == {200}, "another client's"


async def suspend_tenant(scene: Scene) -> None:
    await scene.world.admin.update(scene.path, {"status": "suspended"})


async def delete_tenant(scene: Scene) -> None:
    await scene.world.admin.delete(scene.path)


class TestTenant:
    @pytest.mark.parametrize("deed", [suspend_tenant, delete_tenant], ids=["suspended", "deleted"])
    async def test_everything_ends(self, scene: Scene, deed: Deed) -> None:
        await deed(scene)
        since = time.monotonic()
        await scene.is_over(since, refresh=("unauthorized_client", "invalid_client", "invalid_grant"))
        for caller in (scene.key, scene.company.admin, scene.company.admin.with_token(scene.own_token)):
            await scene.is_refused(caller, since)
        for form in (
            {"grant_type": "client_credentials"},
            {"grant_type": "password", "username": scene.user["username"], "password": PASSWORD},
        ):
            assert await scene.app.refusal("token", **form) in ("unauthorized_client", "invalid_client")

    async def test_old_tokens_stay_dead_when_it_comes_back(self, scene: Scene) -> None:
        await suspend_tenant(scene)
        await scene.is_refused(scene.bearer, time.monotonic())
        await scene.world.admin.update(scene.path, {"status": "active"})

        async def can_sign_in() -> int:
            form = {"grant_type": "password", "username": scene.user["username"], "password": PASSWORD}
            return (await scene.app.post("token", **form)).status_code

        await eventually(can_sign_in, lambda status: status == 200, within=3)
        assert set((await scene.seen_by(scene.bearer)).values()) == {401}


class TestSigningKey:
    async def test_what_a_stolen_key_has_signed_ends(self, scene: Scene) -> None:
        """Refresh tokens are none of its signing: with one, everybody goes on under the new key."""
        await scene.company.admin.act(f"{scene.path}/keys/rotate", {"revoke_previous": True})
        since = time.monotonic()
        for caller in (scene.bearer, scene.company.admin, scene.company.admin.with_token(scene.own_token)):
            await scene.is_refused(caller, since)
        assert not await scene.guard.is_active(scene.tokens["access_token"])
        fresh = (await scene.app.refresh(scene.tokens["refresh_token"])).json()
        assert set((await scene.seen_by(scene.company.admin.with_token(fresh["access_token"]))).values()) == {200}
        assert set((await scene.seen_by(scene.key)).values()) == {200}


class TestApiKey:
    @pytest.mark.parametrize("how", ["revoke", "disable", "delete"])
    async def test_ends(self, scene: Scene, how: str) -> None:
        own, admin = f"{scene.path}/api-keys/{scene.key_id}", scene.company.admin
        if how == "revoke":
            await admin.act(f"{own}/revoke")
        elif how == "disable":
            await admin.update(own, {"is_enabled": False})
        else:
            await admin.delete(own)
        await scene.is_refused(scene.key, time.monotonic())
        assert set((await scene.seen_by(scene.bearer)).values()) == {200}
