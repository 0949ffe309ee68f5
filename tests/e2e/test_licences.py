"""Licences through the gateway: limits of what every service owns, exact; freezing that every service acts on."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from tests.e2e.test_api_keys import KeyApi
from tests.e2e.world import PASSWORD, Api, Company, World, unique
from tests.eventually import eventually
from tests.licence_mint import MINT
from vaultaris_stack.local import LocalStack

ELSEWHERE = ("clients", "api-keys", "policies", "identity-providers")
"""Paths of what other services than the directory own."""


def _resource(kind: str) -> str:
    return kind.replace("-", "_")


def _body(kind: str) -> dict[str, Any]:
    name = unique("limited")
    bodies: dict[str, dict[str, Any]] = {
        "clients": {
            "name": name, "client_id": name, "redirect_uris": [], "allowed_grant_types": ["client_credentials"],
            "allowed_scopes": ["users:read"], "default_scopes": ["users:read"],
        },
        "identity-providers": {"name": name, "provider_type": "google", "client_id": "x", "client_secret": "y"},
        "policies": {"name": name, "effect": "allow", "resource_pattern": name, "actions": ["read"]},
    }  # fmt: skip
    return bodies.get(kind, {"name": name})


async def _apply(world: World, company: Company, **limits: int) -> None:
    token = MINT.licence(tenant_id=company.id, limits=limits)
    await world.admin.update(f"{company.path}/license", {"license_key": token})


async def _used(company: Company, kind: str) -> int:
    limit = (await company.admin.get(f"{company.path}/license/limits/{_resource(kind)}"))["data"]
    return int(limit["used"])


async def _frozen(company: Company) -> Mapping[str, str]:
    """Types, by id, in the order of the list."""
    listed = await company.admin.get(f"{company.path}/frozen", per_page=100, order="asc")
    assert len(listed["data"]) == listed["total"]
    return {each["resource_id"]: each["resource_type"] for each in listed["data"]}


def _id_of(made: Mapping[str, Any]) -> str:
    return str(made.get("client", made.get("api_key", made))["id"])


class TestLimits:
    @pytest.mark.parametrize("kind", ELSEWHERE)
    async def test_twenty_at_once_for_the_last_place_give_one(self, world: World, company: Company, kind: str) -> None:
        path = f"{company.path}/{kind}"
        await company.admin.create(path, _body(kind))
        await _apply(world, company, **{_resource(kind): await _used(company, kind) + 1})
        answers = await asyncio.gather(*(company.admin.call("POST", path, json=_body(kind)) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] + [403] * 19
        assert {answer.json().get("error") for answer in answers} == {None, "license_limit_exceeded"}
        limit = (await company.admin.get(f"{company.path}/license/limits/{_resource(kind)}"))["data"]
        assert (limit["remaining"], limit["allowed"]) == (0, False)

    @pytest.mark.parametrize("kind", ["clients", "identity-providers", "policies", "roles", "groups", "api-keys"])
    async def test_hold_inside_an_application_too(self, world: World, company: Company, kind: str) -> None:
        app = await company.admin.create(f"{company.path}/applications", {"slug": unique("app"), "name": "App"})
        await _apply(world, company, **{_resource(kind): await _used(company, kind) + 1})
        path = f"{company.path}/applications/{app['id']}/{kind}"
        await company.admin.create(path, _body(kind))
        refused = await company.admin.expect(403, "POST", path, json=_body(kind))
        assert refused["error"] == "license_limit_exceeded"
        assert (await company.admin.get(path))["total"] == 1


class TestLimitedInThatMoment:
    @pytest.mark.parametrize("kind", ELSEWHERE)
    async def test_what_is_being_made_is_refused_or_frozen(
        self, world: World, stack: LocalStack, company: Company, kind: str
    ) -> None:
        """Somebody is about to make one under a licence without limits when another comes into force."""
        used = await _used(company, kind)
        owner = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
        key = await owner.fetchval("SELECT hashtextextended($1, 0)", f"limit.{_resource(kind)}.{company.id}")
        await owner.execute("SELECT pg_advisory_lock($1)", key)
        making = asyncio.create_task(company.admin.call("POST", f"{company.path}/{kind}", json=_body(kind)))
        await eventually(lambda: _waiting(owner, key), lambda seen: seen == 1)
        await _apply(world, company, **{_resource(kind): used})
        await eventually(lambda: _waiting(owner, key), lambda seen: seen == 2)
        await owner.close()
        made = await making
        assert made.status_code == 201, made.text
        frozen = await eventually(lambda: _frozen(company), lambda seen: len(seen) == 1)
        assert list(frozen) == [_id_of(made.json()["data"])]


async def _waiting(connection: "asyncpg.Connection[asyncpg.Record]", key: int) -> int:
    """How many wait for an advisory lock."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND (classid::bigint << 32 | objid::bigint) = $1", key,
    )  # fmt: skip
    return count


class TestFreezing:
    @pytest.mark.parametrize("kind", ELSEWHERE)
    async def test_downgrade_deletion_and_upgrade(self, world: World, company: Company, kind: str) -> None:
        path, first = f"{company.path}/{kind}", await _used(company, kind)
        made = [_id_of(await company.admin.create(path, _body(kind))) for _ in range(3)]
        await _apply(world, company, **{_resource(kind): first + 1})
        frozen = await eventually(lambda: _frozen(company), lambda seen: len(seen) == 2)
        assert list(frozen) == made[1:]
        body = {"name": unique("other")}
        refused = await company.admin.expect(403, "PUT", f"{path}/{made[2]}", json=body)
        assert refused["error"] == "resource_frozen"
        await company.admin.get(f"{path}/{made[2]}")
        await company.admin.delete(f"{path}/{made[0]}")
        assert list(await _frozen(company)) == made[2:]
        await _apply(world, company)
        await eventually(lambda: _frozen(company), lambda seen: not seen)
        await company.admin.update(f"{path}/{made[2]}", body)

    async def test_one_list_over_all_owners(self, world: World, company: Company) -> None:
        made = {kind: _id_of(await company.admin.create(f"{company.path}/{kind}", _body(kind))) for kind in ELSEWHERE}
        group = await company.admin.create(f"{company.path}/groups", {"name": "late"})
        await _apply(world, company, clients=1, api_keys=0, policies=0, identity_providers=0, groups=0)
        wanted = {
            group["id"]: "group",
            made["clients"]: "client",
            made["identity-providers"]: "identity_provider",
            made["api-keys"]: "api_key",
            made["policies"]: "policy",
            made["identity-providers"]: "identity_provider",
        }
        assert await eventually(lambda: _frozen(company), lambda seen: len(seen) == 5) == wanted
        pages = [await company.admin.get(f"{company.path}/frozen", per_page=3, page=page) for page in (1, 2)]
        assert [len(page["data"]) for page in pages] == [3, 2]
        assert {each["resource_id"] for page in pages for each in page["data"]} == set(wanted)
        usage = (await company.admin.get(f"{company.path}/license"))["data"]["usage"]
        assert (usage["clients"], usage["api_keys"], usage["policies"], usage["groups"]) == (2, 1, 1, 1)

    async def test_frozen_clients_get_no_tokens_and_theirs_die(self, world: World, company: Company) -> None:
        made = await company.admin.create(f"{company.path}/clients", _body("clients"))
        form = {
            "grant_type": "client_credentials", "client_id": made["client"]["client_id"],
            "client_secret": made["client_secret"],
        }  # fmt: skip
        machine = company.admin.with_token((await company.admin.token_request(**form)).json()["access_token"])
        await machine.get(f"{company.path}/users")
        await _apply(world, company, clients=1)
        await _until(machine, f"{company.path}/users", 401)
        assert (await company.admin.token_request(**form)).status_code == 401
        await _apply(world, company)
        await eventually(lambda: _status(company.admin.token_request(**form)), lambda seen: seen == 200)

    async def test_frozen_keys_open_nothing(self, world: World, company: Company) -> None:
        made = await company.admin.create(f"{company.path}/api-keys", {"name": "ci"})
        key = KeyApi(world.url, made["secret"])
        await key.get(f"{company.path}/users")
        for limits, status in (({"api_keys": 0}, 401), ({}, 200)):
            await _apply(world, company, **limits)
            for row in ("users", "clients", "policies", "audit"):
                await _until(key, f"{company.path}/{row}", status)

    async def test_frozen_policies_say_nothing(self, world: World, company: Company) -> None:
        user, checker = await company.add_user(), await company.machine("integration:check")
        body = {"name": "open", "effect": "allow", "resource_pattern": "doors", "actions": ["open"]}
        await company.admin.create(f"{company.path}/policies", body)
        for limits, allowed in (({}, True), ({"policies": 0}, False), ({}, True)):
            await _apply(world, company, **limits)
            assert await eventually(
                lambda: company.may(checker, user, "doors", "open"),
                lambda seen, allowed=allowed: seen == allowed,  # type: ignore[misc]  # bound now
            ) is allowed  # fmt: skip

    async def test_frozen_users_are_out_everywhere(self, world: World, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("*:read")
        await company.give(user, role)
        tokens = await company.sign_in(user["username"])
        person = company.admin.with_token(tokens["access_token"])
        await _apply(world, company, users=1)
        for row in ("users", "clients", "policies", "sessions", "audit"):
            await person.expect(401, "GET", f"{company.path}/{row}")
        refresh = {"grant_type": "refresh_token", "client_id": company.client_id}
        answer = await company.admin.token_request(**refresh, refresh_token=tokens["refresh_token"])
        assert answer.status_code == 400
        await _apply(world, company)
        await (await company.signed_in(user)).get(f"{company.path}/users")


class TestTenantsEnd:
    @pytest.mark.parametrize("how", ["suspend", "archive", "delete"])
    async def test_every_credential_of_theirs_stops_at_once(self, world: World, company: Company, how: str) -> None:
        tokens = await company.sign_in(company.admin_user["username"])
        machine = await company.machine("users:read", "clients:read", "policies:read", "audit:read")
        made = await company.admin.create(f"{company.path}/api-keys", {"name": "ci"})
        key = KeyApi(world.url, made["secret"])
        person = world.admin.with_token(tokens["access_token"])
        for caller in (person, machine, key):
            await caller.get(f"{company.path}/users")
        if how == "delete":
            await world.admin.delete(company.path)
        else:
            await world.admin.update(company.path, {"status": {"suspend": "suspended", "archive": "archived"}[how]})
        for row in ("users", "clients", "policies", "audit", "sessions"):
            for caller in (person, machine):
                await caller.expect(401, "GET", f"{company.path}/{row}")
            await _until(key, f"{company.path}/{row}", 401, within=2)
        refresh = {"grant_type": "refresh_token", "client_id": company.client_id}
        again = await world.public.token_request(**refresh, refresh_token=tokens["refresh_token"])
        assert again.status_code in (400, 401)
        signing_in = await world.public.token_request(
            grant_type="password", client_id=company.client_id, username=company.admin_user["username"],
            password=PASSWORD,
        )  # fmt: skip
        assert signing_in.status_code in (400, 401)


async def _status(answer: Any) -> int:
    return int((await answer).status_code)


async def _until(caller: Api, path: str, status: int, *, within: float = 15.0) -> None:
    await eventually(lambda: _status(caller.call("GET", path)), lambda seen: seen == status, within=within)


class TestHostedStats:
    async def test_counts_of_every_service_for_the_host_alone(self, world: World, company: Company) -> None:
        hosting = {"hosting": {"enabled": True, "max_hosted_tenants": 1, "allowed_tiers": []}}
        token = MINT.licence(tenant_id=company.id, features=hosting)
        await world.admin.update(f"{company.path}/license", {"license_key": token})
        hosts = f"{company.path}/hosted-tenants"
        admin = {"admin_username": "ada", "admin_email": "ada@branch.test", "admin_password": PASSWORD}
        made = await company.admin.create(hosts, {"name": "Branch", "slug": unique("branch"), **admin})
        path, client_id = f"/api/v1/tenants/{made['id']}", unique("branch-desk")
        desk = {
            "name": "Desk", "client_id": client_id, "redirect_uris": [], "is_public": True,
            "allowed_grant_types": ["password"], "allowed_scopes": ["openid"],
        }  # fmt: skip
        await company.admin.expect(403, "POST", f"{path}/clients", json=desk)
        await world.admin.create(f"{path}/clients", desk)
        await world.public.sign_in("ada", PASSWORD, client_id)
        form = {"grant_type": "password", "client_id": client_id, "username": "ada", "password": "wrong"}
        await world.public.token_request(**form)

        async def stats() -> Any:
            return (await company.admin.get(f"{hosts}/{made['id']}/stats"))["data"]

        def complete(seen: Any) -> bool:
            return bool(seen["failed_authentications_30d"] and seen["authentications_30d"] and seen["active_sessions"])

        seen = await eventually(stats, complete)
        assert seen.pop("last_activity_at")
        assert seen == {
            "tenant_id": made["id"], "total_users": 1, "active_users": 1, "active_sessions": 1, "total_clients": 1,
            "total_applications": 0, "authentications_30d": 1, "failed_authentications_30d": 1,
        }  # fmt: skip
        await company.admin.expect(403, "GET", f"{path}/users")
        await company.admin.expect(403, "GET", path)
        await company.admin.expect(200, "PATCH", f"{hosts}/{made['id']}/status", json={"status": "suspended"})
        assert (await world.public.token_request(**{**form, "password": PASSWORD})).status_code == 400
        await company.admin.expect(200, "PATCH", f"{hosts}/{made['id']}/status", json={"status": "active"})
        await world.public.sign_in("ada", PASSWORD, client_id)
