"""Checks that must see a write: through the gateway, and when nothing is heard of it."""

from typing import Any
from uuid import UUID

import pytest

from services.policy.tests.checks.test_operations import TENANT, Directory, allowed
from tests.e2e.world import Api, Company
from vaultaris.directory.v1.directory_pb2 import ApplicationPermissions, EffectivePermissions, User
from vaultaris_kit.access import Access, Source
from vaultaris_kit.bus import Bus
from vaultaris_kit.consistency import HEADER, token_of
from vaultaris_kit.events import new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.snapshots import Snapshots


async def write(company: Company, method: str, path: str, body: dict[str, Any] | None = None) -> str:
    """The consistency token of a change."""
    response = await company.admin.call(method, f"{company.path}{path}", json=body)
    assert response.status_code < 300, response.text
    return response.headers[HEADER]


class TestTokens:
    async def test_every_write_that_changes_rights_returns_one(self, company: Company) -> None:
        user = await company.add_user()
        role = await company.add_role()
        policy = {"name": "p", "effect": "allow", "resource_pattern": "orders", "actions": ["read"]}
        made = await company.admin.create(f"{company.path}/policies", policy)
        group = await company.admin.create(f"{company.path}/groups", {"name": "g"})
        permission = {"name": "a:b", "resource": "a", "action": "b"}
        writes: list[tuple[str, str, dict[str, Any] | None]] = [
            ("POST", "/users", {"username": "fresh", "email": "fresh@company.test"}),
            ("PUT", f"/users/{user['id']}", {"status": "inactive"}),
            ("POST", f"/users/{user['id']}/roles", {"role_id": role["id"]}),
            ("DELETE", f"/users/{user['id']}/roles/{role['id']}", None),
            ("POST", f"/users/{user['id']}/groups", {"group_id": group["id"]}),
            ("POST", f"/groups/{group['id']}/roles", {"role_id": role["id"]}),
            ("POST", "/permissions", permission),
            ("PUT", f"/roles/{role['id']}", {"description": "changed"}),
            ("PUT", f"/policies/{made['id']}", {"status": "inactive"}),
            ("DELETE", f"/policies/{made['id']}", None),
        ]
        for method, path, body in writes:
            assert (await write(company, method, path, body)).startswith("vct1."), (method, path)
        read = await company.admin.call("GET", f"{company.path}/users/{user['id']}")
        assert HEADER not in read.headers

    async def test_a_check_sees_its_write(self, company: Company, checker: Api) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read")
        path = f"{company.path}/integration/check-permission"
        body = {"user_id": user["id"], "resource": "orders", "action": "read"}
        for _ in range(10):
            token = await write(company, "POST", f"/users/{user['id']}/roles", {"role_id": role["id"]})
            assert (await checker.act(path, {**body, "at_least_as_fresh": token}))["allowed"]
            token = await write(company, "DELETE", f"/users/{user['id']}/roles/{role['id']}")
            told = await checker.expect(200, "POST", path, json=body, params={"at_least_as_fresh": token})
            assert not told["data"]["allowed"]

    async def test_what_is_no_token_is_refused(self, company: Company, checker: Api) -> None:
        path = f"{company.path}/integration/check-permission"
        body = {"user_id": company.admin_user["id"], "resource": "orders", "action": "read"}
        for bad in ("yesterday", "vct1.AQ", "vct1." + "A" * 500):
            refused = await checker.expect(422, "POST", path, json={**body, "at_least_as_fresh": bad})
            assert refused["details"][0]["field"] == "at_least_as_fresh"
        await checker.expect(422, "POST", path, json={**body, "at_least_as_fresh": 7})


class _DeafBus(Bus):
    """Connected, as far as anybody can tell, but no event ever arrives."""

    @property
    def connected(self) -> bool:
        return True


class _Sets:
    """Counts who has the database asked."""

    def __init__(self) -> None:
        self.doubted = 0

    def doubt_tenant(self, _tenant_id: object) -> None:
        self.doubted += 1


class TestWhenNothingIsHeard:
    @pytest.fixture
    def directory(self) -> Directory:
        return Directory()

    async def test_the_owner_is_asked(self, directory: Directory) -> None:
        bus, sets = _DeafBus("nats://127.0.0.1:9", "test"), _Sets()
        access = Access(
            bus,
            Source(directory.permissions, directory.tenant, directory.group, directory.application),
            _listening=True,
        )
        checks = Checks(Snapshots(access), directory.policies_of, bus, Recent(0))
        freshness = Freshness(bus, access, sets)  # type: ignore[arg-type]  # only what is used of it
        user_id = directory.add("orders:read")
        assert await allowed(checks, user_id, "orders read")
        directory.users[user_id] = EffectivePermissions(user=User(id=str(user_id), status="active"))
        assert await allowed(checks, user_id, "orders read")  # held from before
        event = new_event(SYSTEM, "user.role_removed", TENANT, resource_type="user", resource_id=user_id)
        freshness.for_user(token_of([event.id]), TENANT, user_id)
        assert not await allowed(checks, user_id, "orders read")
        assert sets.doubted == 1

    async def test_the_application_behind_a_key_is_asked(self, directory: Directory) -> None:
        rights = {"now": "orders:read"}

        async def application(_tenant_id: UUID, _application_id: UUID) -> ApplicationPermissions:
            resource, action = rights["now"].split(":")
            held = EffectivePermissions.Permission(resource=resource, action=action)
            return ApplicationPermissions(permissions=[held])

        bus = _DeafBus("nats://127.0.0.1:9", "test")
        access = Access(
            bus, Source(directory.permissions, directory.tenant, directory.group, application), _listening=True
        )
        freshness = Freshness(bus, access, _Sets())  # type: ignore[arg-type]  # only what is used of it
        key = Principal(
            kind="api_key", id=new_id(), tenant_id=TENANT, scopes=frozenset({"*:*"}), owner_type="application",
            owner_id=new_id(),
        )  # fmt: skip
        assert "orders:read" in await access.rights_of(key)
        rights["now"] = "orders:none"
        assert "orders:read" in await access.rights_of(key)  # held from before
        event = new_event(SYSTEM, "application.updated", TENANT, resource_type="application", resource_id=key.owner_id)
        freshness.for_key(token_of([event.id]), key)
        assert "orders:read" not in await access.rights_of(key)

    async def test_what_was_heard_is_not_asked_again(self, directory: Directory) -> None:
        bus, sets = _DeafBus("nats://127.0.0.1:9", "test"), _Sets()
        access = Access(
            bus,
            Source(directory.permissions, directory.tenant, directory.group, directory.application),
            _listening=True,
        )
        freshness = Freshness(bus, access, sets)  # type: ignore[arg-type]  # only what is used of it
        event = new_event(SYSTEM, "user.updated", TENANT, resource_type="user", resource_id=new_id())
        access.invalidate(event)
        freshness.for_user(token_of([event.id]), TENANT, new_id())
        assert sets.doubted == 0
