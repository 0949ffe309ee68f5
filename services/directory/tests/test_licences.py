"""The licence in force: limits that hold under concurrency, what is frozen, and previews."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.directory.tests.directory_harness import Directory, Tenant
from tests.licence_mint import KINDS, LIMIT, Mint
from vaultaris_kit.ids import MASTER_TENANT_ID


@pytest.fixture
async def capped(licensed: Directory) -> Tenant:
    """A tenant whose calls go to the licensed replica."""
    return await licensed.tenant()


def _body(kind: str) -> dict[str, Any]:
    name = uuid4().hex
    return {
        "users": {"username": name, "email": f"{name}@tenant.test"},
        "permissions": {"name": f"{name}:read", "resource": name, "action": "read"},
        "applications": {"name": name, "slug": name},
    }.get(kind, {"name": name})


class TestLimits:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_twenty_at_once_for_the_last_place_give_one(self, capped: Tenant, kind: str) -> None:
        path = f"{capped.path}/{kind}"
        for _ in range(LIMIT - 1):
            await capped.admin.create(path, _body(kind))
        answers = await asyncio.gather(*(capped.admin.call("POST", path, json=_body(kind)) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] + [403] * 19
        refusals = {answer.json()["error"] for answer in answers if answer.status_code == 403}
        assert refusals == {"license_limit_exceeded"}
        limit = (await capped.admin.get(f"{capped.path}/license/limits/{kind}"))["data"]
        assert limit == {"resource": kind, "limit": LIMIT, "used": LIMIT, "remaining": 0, "allowed": False}

    @pytest.mark.parametrize("kind", ["users", "roles", "groups", "permissions"])
    async def test_a_deletion_frees_a_place_and_a_restore_takes_one(self, capped: Tenant, kind: str) -> None:
        path = f"{capped.path}/{kind}"
        made = [await capped.admin.create(path, _body(kind)) for _ in range(LIMIT)]
        await capped.admin.expect(204, "DELETE", f"{path}/{made[0]['id']}")
        await capped.admin.create(path, _body(kind))
        refused = await capped.admin.expect(403, "POST", f"{path}/{made[0]['id']}/restore", {})
        assert refused["error"] == "license_limit_exceeded"
        await capped.admin.expect(404, "GET", f"{path}/{made[0]['id']}")

    @pytest.mark.parametrize("kind", ["roles", "groups", "permissions"])
    async def test_what_is_made_inside_an_application_counts(self, capped: Tenant, kind: str) -> None:
        app = await capped.application()
        path = f"{capped.path}/applications/{app['id']}/{kind}"
        for _ in range(LIMIT):
            await capped.admin.create(path, _body(kind))
        refused = await capped.admin.expect(403, "POST", path, _body(kind))
        assert refused["error"] == "license_limit_exceeded"

    async def test_an_equal_permission_is_answered_at_the_limit_too(self, capped: Tenant) -> None:
        path, body = f"{capped.path}/permissions", _body("permissions")
        for each in (body, _body("permissions"), _body("permissions")):
            await capped.admin.create(path, each)
        await capped.admin.expect(200, "POST", path, body)

    async def test_tenants_are_counted_apart(self, licensed: Directory, capped: Tenant) -> None:
        other = await licensed.tenant()
        for tenant in (capped, other):
            for _ in range(LIMIT):
                await tenant.group()


class TestLicence:
    async def test_in_force(self, capped: Tenant) -> None:
        await capped.user()
        licence = (await capped.admin.get(f"{capped.path}/license"))["data"]
        assert (licence["tier"], licence["status"], licence["issued_to"]) == ("pro", "active", "Tulip Ltd")
        assert not licence["features"]["hosting"]["enabled"]
        assert licence["limits"] == dict.fromkeys(KINDS, LIMIT) | {"hosted_tenants": 0}
        elsewhere = ("hosted_tenants", "clients", "api_keys", "policies")
        assert licence["usage"] == dict.fromkeys((*KINDS, *elsewhere), 0) | {"users": 1}
        host = (await capped.admin.get(f"/api/v1/tenants/{MASTER_TENANT_ID}/license"))["data"]
        assert host["features"]["hosting"]["allowed_tiers"] == ["pro"]
        assert (await capped.admin.get("/setup/status"))["data"]["has_license"]

    async def test_community(self, tenant: Tenant) -> None:
        licence = (await tenant.admin.get(f"{tenant.path}/license"))["data"]
        assert (licence["tier"], licence["status"], licence["expires_at"]) == ("community", "none", None)
        assert not licence["features"]["hosting"]["enabled"]
        limit = (await tenant.admin.get(f"{tenant.path}/license/limits/users"))["data"]
        assert limit == {"resource": "users", "limit": None, "used": 0, "remaining": None, "allowed": True}
        assert not (await tenant.admin.get("/setup/status"))["data"]["has_license"]

    async def test_other_resources(self, tenant: Tenant) -> None:
        await tenant.admin.expect(404, "GET", f"{tenant.path}/license/limits/spoons")
        await tenant.admin.expect(501, "GET", f"{tenant.path}/license/limits/plugins")
        counted = (await tenant.admin.get(f"{tenant.path}/license/limits/clients"))["data"]
        assert counted == {"resource": "clients", "limit": None, "used": 0, "remaining": None, "allowed": True}

    async def test_needs_the_right(self, tenant: Tenant) -> None:
        plain, _ = await tenant.person()
        for path in ("license", "license/limits/users", "frozen"):
            await plain.expect(403, "GET", f"{tenant.path}/{path}")


class TestPreview:
    async def test_a_good_one_an_expired_one_and_nonsense(self, licensed: Directory, mint: Mint) -> None:
        cases = (
            ({"license_key": mint.licence(tier="enterprise", limits={"users": 9})}, True, "enterprise"),
            ({"license_key": mint.licence(exp=1000)}, False, "pro"),
            ({"license_key": Mint().licence()}, False, None),
            ({"license_key": "nonsense"}, False, None),
        )
        stranger = type(licensed.root)(licensed.http)
        for body, valid, tier in cases:
            preview = (await stranger.expect(200, "POST", "/setup/preview-license", body))["data"]
            assert (preview["valid"], preview["tier"], preview["error"] is None) == (valid, tier, valid)

    async def test_without_a_key_nothing_is_valid(self, directory: Directory, mint: Mint) -> None:
        preview = (await directory.root.expect(200, "POST", "/setup/preview-license", {"license_key": mint.licence()}))[
            "data"
        ]
        assert not preview["valid"]
        await directory.root.expect(422, "POST", "/setup/preview-license", {})


class TestFrozen:
    async def test_frozen_ones_are_listed_until_they_thaw(self, directory: Directory, tenant: Tenant) -> None:
        user, role, gone = await tenant.user(), await tenant.role(), await tenant.group()
        await tenant.group()
        assert (await tenant.admin.get(f"{tenant.path}/frozen"))["data"] == []
        frozen_rows = {"users": user, "roles": role, "groups": gone}
        for table, row in frozen_rows.items():
            await directory.as_owner(
                f"UPDATE directory.{table} SET freeze_reason = 'admin_action' WHERE id = $1",  # noqa: S608 - a constant
                row["id"],
            )
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{gone['id']}")
        path = f"{tenant.path}/frozen"
        listed = await tenant.admin.get(path, order="asc")
        assert [each["resource_id"] for each in listed["data"]] == [user["id"], role["id"]]
        first = listed["data"][0]
        assert (first["resource_type"], first["name"]) == ("user", user["username"])
        assert (first["freeze_reason"], first["frozen_at"] > user["created_at"]) == ("admin_action", True)
        assert (await tenant.admin.get(path, resource_type="role"))["total"] == 1
        assert (await tenant.admin.get(path, search=user["username"]))["total"] == 1
        assert (await tenant.admin.get(path, page=2, per_page=1))["meta"]["total"] == 2
        await tenant.admin.expect(422, "GET", path, params={"resource_type": "spoon"})
        await directory.as_owner("UPDATE directory.users SET freeze_reason = NULL WHERE id = $1", user["id"])
        assert (await tenant.admin.get(path))["total"] == 1

    async def test_of_another_tenant_are_not_there(self, directory: Directory, tenant: Tenant) -> None:
        other = await directory.tenant()
        user = await other.user()
        await directory.as_owner(
            "UPDATE directory.users SET freeze_reason = 'expiry' WHERE id = $1", user["id"]
        )  # fmt: skip
        assert (await tenant.admin.get(f"{tenant.path}/frozen"))["total"] == 0
