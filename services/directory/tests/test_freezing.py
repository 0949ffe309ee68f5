"""Freezing and thawing: by an applied licence, by a tier, by time, by hand; and what frozen things still do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.directory.tests.directory_harness import PASSWORD, Directory, Tenant
from services.directory.tests.test_licences import _body
from tests.licence_mint import DAY, HOSTED, LIMIT, TIER_USERS, Mint
from vaultaris.auth.v1.auth_pb2 import Revocation
from vaultaris.directory.v1.directory_pb2 import (
    GetApplicationRequest,
    GetTenantRequest,
    VerifyPasswordRequest,
    VerifyPasswordResponse,
)
from vaultaris.licensing.v1.licensing_pb2 import FrozenResource
from vaultaris_kit.ids import MASTER_TENANT_ID

KINDS = {
    "users": "user",
    "roles": "role",
    "groups": "group",
    "permissions": "permission",
    "applications": "application",
}
Apply = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def capped(licensed: Directory) -> Tenant:
    """A tenant that begins with the instance's limits."""
    return await licensed.tenant()


@pytest.fixture
def apply(capped: Tenant, mint: Mint) -> Apply:
    """Applies a licence of its own to the tenant."""

    async def put(**claims: Any) -> dict[str, Any]:
        body = {"license_key": mint.licence(tenant_id=str(capped.id), **claims)}
        answer: dict[str, Any] = (await capped.admin.expect(200, "PUT", f"{capped.path}/license", body))["data"]
        return answer

    return put


async def _frozen(tenant: Tenant, **params: Any) -> dict[str, str]:
    """Reasons, by id."""
    listed = await tenant.admin.get(f"{tenant.path}/frozen", per_page=100, **params)
    return {each["resource_id"]: each["freeze_reason"] for each in listed["data"]}


class TestDowngrade:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_the_newest_freeze_first_and_a_higher_cap_thaws_them(
        self, licensed: Directory, capped: Tenant, apply: Apply, kind: str
    ) -> None:
        made = [(await capped.admin.create(f"{capped.path}/{kind}", _body(kind)))["id"] for _ in range(LIMIT)]
        licence = await apply(limits={kind: 1})
        assert (licence["limits"][kind], licence["usage"][kind], licence["tier"]) == (1, LIMIT, "pro")
        assert await _frozen(capped) == dict.fromkeys(made[1:], "license_downgrade")
        assert await _frozen(capped, resource_type=KINDS[kind]) == await _frozen(capped)
        await apply(limits={kind: 2})
        assert list(await _frozen(capped)) == made[2:]
        await apply(limits={})
        assert await _frozen(capped) == {}
        noun = KINDS[kind]
        told = await licensed.events(capped.id, f"{noun}.frozen", f"{noun}.thawed")
        assert [(event.type, str(event.resource_id)) for event in told] == [
            (f"{noun}.frozen", made[1]), (f"{noun}.frozen", made[2]),
            (f"{noun}.thawed", made[1]), (f"{noun}.thawed", made[2]),
        ]  # fmt: skip

    async def test_other_services_are_told_the_limits(self, licensed: Directory, capped: Tenant, apply: Apply) -> None:
        await apply(limits={"clients": 7, "policies": None})
        told = await licensed.stub.GetTenant(GetTenantRequest(id=str(capped.id)))
        assert (dict(told.limits), told.limit_reason) == ({"clients": 7, "hosted_tenants": 0}, "license_downgrade")
        changed = (await licensed.events(capped.id, "tenant.license_changed"))[-1]
        assert changed.new_value
        assert changed.new_value["limits"] == {"clients": 7, "hosted_tenants": 0}

    async def test_frozen_users_are_out_at_once_and_back_after(
        self, licensed: Directory, capped: Tenant, apply: Apply
    ) -> None:
        await capped.user()
        person, user = await capped.person("users:read", password=PASSWORD)
        await person.get(f"{capped.path}/users")
        await apply(limits={"users": 1})
        await person.expect(401, "GET", f"{capped.path}/users")
        assert (Revocation.SUBJECT_USER, UUID(user["id"])) in licensed.auth.revoked
        guess = VerifyPasswordRequest(tenant_id=str(capped.id), login=user["username"], password=PASSWORD)
        assert (await licensed.stub.VerifyPassword(guess)).outcome == VerifyPasswordResponse.OUTCOME_REFUSED
        await apply(limits={})
        assert (await licensed.stub.VerifyPassword(guess)).outcome == VerifyPasswordResponse.OUTCOME_VERIFIED
        await capped.as_user(user).get(f"{capped.path}/users")

    async def test_administrators_freeze_last(self, capped: Tenant, apply: Apply) -> None:
        first, second = await capped.user(), await capped.user()
        await capped.give(second, {"id": capped.roles["tenant-admin"]})
        await apply(limits={"users": 1})
        assert list(await _frozen(capped)) == [first["id"]]

    async def test_a_frozen_role_confers_nothing(self, capped: Tenant, apply: Apply) -> None:
        await capped.role()
        user = await capped.user()
        await capped.give(user, await capped.role("orders:read"))
        assert await capped.permissions_of(user) == ["orders:read"]
        await apply(limits={"roles": 1})
        assert await capped.permissions_of(user) == []
        await apply(limits={})
        assert await capped.permissions_of(user) == ["orders:read"]

    async def test_a_frozen_application_counts_as_inactive(self, licensed: Directory, capped: Tenant) -> None:
        app = await capped.application()
        path, asked = f"{capped.path}/frozen/application/{app['id']}", {"tenant_id": str(capped.id), "id": app["id"]}
        for method, is_active in (("PUT", False), ("DELETE", True)):
            await capped.admin.expect(204, method, path)
            assert (await licensed.stub.GetApplication(GetApplicationRequest(**asked))).is_active is is_active

    @pytest.mark.parametrize("kind", KINDS)
    async def test_frozen_things_can_be_read_and_deleted_but_not_changed(
        self, capped: Tenant, apply: Apply, kind: str
    ) -> None:
        made = [(await capped.admin.create(f"{capped.path}/{kind}", _body(kind)))["id"] for _ in range(LIMIT)]
        await apply(limits={kind: 1})
        path = f"{capped.path}/{kind}/{made[-1]}"
        await capped.admin.get(path)
        refused = await capped.admin.expect(403, "PUT", path, {"display_name": "New"})
        assert refused["error"] == "resource_frozen"
        await capped.admin.expect(204, "DELETE", path)
        assert list(await _frozen(capped)) == made[1:2]

    @pytest.mark.parametrize("kind", KINDS)
    async def test_a_deletion_lets_the_next_one_in(self, capped: Tenant, apply: Apply, kind: str) -> None:
        made = [(await capped.admin.create(f"{capped.path}/{kind}", _body(kind)))["id"] for _ in range(LIMIT)]
        await apply(limits={kind: 1})
        await capped.admin.expect(204, "DELETE", f"{capped.path}/{kind}/{made[0]}")
        assert list(await _frozen(capped)) == made[2:]

    async def test_what_frozen_things_belong_to_can_not_be_changed_through_them(
        self, capped: Tenant, apply: Apply
    ) -> None:
        user, role, group = await capped.user(), await capped.role(), await capped.group()
        await capped.role()
        permission = await capped.permission("orders:read")
        for noun, row in (("user", user), ("role", role), ("group", group)):
            await capped.admin.expect(204, "PUT", f"{capped.path}/frozen/{noun}/{row['id']}")
        for path, body in (
            (f"users/{user['id']}/roles", {"role_id": capped.roles["tenant-user"]}),
            (f"users/{user['id']}/groups", {"group_id": group["id"]}),
            (f"roles/{role['id']}/permissions", {"permission_id": permission["id"]}),
            (f"groups/{group['id']}/roles", {"role_id": role["id"]}),
        ):
            refused = await capped.admin.expect(403, "POST", f"{capped.path}/{path}", body)
            assert refused["error"] == "resource_frozen"
        client = uuid4()
        capped.auth.clients[client] = "shop"
        path = f"{capped.path}/groups/{group['id']}/oauth-clients"
        refused = await capped.admin.expect(403, "PUT", path, {"client_ids": [str(client)]})
        assert refused["error"] == "resource_frozen"

    async def test_nobody_becomes_a_member_of_a_frozen_application(self, capped: Tenant) -> None:
        app, invited, other = await capped.application(), await capped.user(), await capped.user()
        members = f"{capped.path}/applications/{app['id']}/members"
        await capped.admin.create(members, {"user_id": invited["id"]})
        await capped.admin.expect(204, "PUT", f"{capped.path}/frozen/application/{app['id']}")
        refused = await capped.admin.expect(403, "POST", members, {"user_id": other["id"]})
        assert refused["error"] == "resource_frozen"
        await capped.admin.expect(403, "PUT", f"{members}/{invited['id']}", {"role": "owner"})
        await capped.as_user(invited).expect(403, "POST", f"{members}/accept", {})
        assert [each["status"] for each in (await capped.admin.get(members))["data"]] == ["pending"]
        await capped.admin.expect(204, "DELETE", f"{members}/{invited['id']}")

    async def test_creates_and_a_downgrade_at_once_leave_no_more_than_allowed(
        self, capped: Tenant, apply: Apply
    ) -> None:
        await apply(limits={})
        calls = (capped.admin.call("POST", f"{capped.path}/groups", json=_body("groups")) for _ in range(15))
        await asyncio.gather(*calls, apply(limits={"groups": 4}))
        total = (await capped.admin.get(f"{capped.path}/groups"))["total"]
        assert total - len(await _frozen(capped)) == min(total, 4)


class TestExpiry:
    async def test_after_grace_expired_limits_hold_and_renewal_thaws(
        self, licensed: Directory, capped: Tenant, apply: Apply, mint: Mint
    ) -> None:
        made = [(await capped.user())["id"] for _ in range(LIMIT)]
        await apply(limits={"users": LIMIT}, expired_limits={"users": 1}, exp=int(time.time()) - DAY, grace_days=2)
        assert await _frozen(capped) == {}
        over = mint.licence(
            tenant_id=str(capped.id), limits={"users": LIMIT}, expired_limits={"users": 1}, exp=1000, iat=900
        )
        await licensed.as_owner(
            "UPDATE directory.applied_licences SET token = $1 WHERE tenant_id = $2", over, capped.id
        )
        await capped.admin.expect(204, "PUT", f"{capped.path}/frozen/user/{made[0]}")  # any change will do
        await capped.admin.expect(204, "DELETE", f"{capped.path}/frozen/user/{made[0]}")
        assert await _frozen(capped) == dict.fromkeys(made[1:], "expiry")
        licence = (await capped.admin.get(f"{capped.path}/license"))["data"]
        assert (licence["status"], licence["limits"]["users"]) == ("expired", 1)
        await apply(limits={"users": LIMIT})
        assert await _frozen(capped) == {}


class TestByHand:
    async def test_a_user_stays_out_until_somebody_lets_them_in(
        self, licensed: Directory, capped: Tenant, apply: Apply
    ) -> None:
        person, user = await capped.person("users:read")
        path = f"{capped.path}/frozen/user/{user['id']}"
        for _ in range(2):
            await capped.admin.expect(204, "PUT", path)
        await person.expect(401, "GET", f"{capped.path}/users")
        assert (Revocation.SUBJECT_USER, UUID(user["id"])) in licensed.auth.revoked
        await apply(limits={"users": 50})
        assert await _frozen(capped) == {user["id"]: "admin_action"}
        assert (await capped.admin.get(f"{capped.path}/users/{user['id']}"))["data"]["freeze_reason"] == "admin_action"
        for _ in range(2):
            await capped.admin.expect(204, "DELETE", path)
        assert await _frozen(capped) == {}
        told = await licensed.events(capped.id, "user.frozen", "user.thawed")
        assert [(event.type, event.actor_type) for event in told] == [("user.frozen", "user"), ("user.thawed", "user")]

    async def test_the_licence_has_the_last_word(self, capped: Tenant, apply: Apply) -> None:
        made = [(await capped.user())["id"] for _ in range(2)]
        await apply(limits={"users": 1})
        path = f"{capped.path}/frozen/user/{made[1]}"
        refused = await capped.admin.expect(403, "DELETE", path)
        assert refused["error"] == "resource_frozen"
        await capped.admin.expect(204, "PUT", path)
        assert await _frozen(capped) == {made[1]: "admin_action"}
        await capped.admin.expect(204, "DELETE", path)
        assert await _frozen(capped) == {made[1]: "license_downgrade"}

    async def test_who_may(self, capped: Tenant) -> None:
        user, other = await capped.user(), await capped.group()
        plain, me = await capped.person("users:update")
        await plain.expect(403, "PUT", f"{capped.path}/frozen/user/{me['id']}")
        await plain.expect(403, "PUT", f"{capped.path}/frozen/group/{other['id']}")
        await plain.expect(204, "PUT", f"{capped.path}/frozen/user/{user['id']}")
        await capped.admin.expect(404, "PUT", f"{capped.path}/frozen/role/{capped.roles['tenant-admin']}")
        await capped.admin.expect(404, "PUT", f"{capped.path}/frozen/user/{uuid4()}")
        await capped.admin.expect(422, "PUT", f"{capped.path}/frozen/spoon/{uuid4()}")


class TestApplying:
    async def test_only_for_the_tenant_that_it_names_and_only_by_the_instance(
        self, licensed: Directory, capped: Tenant, mint: Mint
    ) -> None:
        path = f"{capped.path}/license"
        cases = {
            "other_tenant": mint.licence(tenant_id=str(uuid4())), "bad_license": Mint().licence(),
            "expired": mint.licence(tenant_id=str(capped.id), exp=1000),
        }  # fmt: skip
        for code, token in cases.items():
            refused = await capped.admin.expect(422, "PUT", path, {"license_key": token})
            assert refused["details"][0]["code"] == code
        await capped.admin.expect(422, "PUT", path, {})
        own = await capped.user()
        await capped.give(own, {"id": capped.roles["tenant-admin"]})
        good = {"license_key": mint.licence(tenant_id=str(capped.id))}
        await capped.as_user(own).expect(403, "PUT", path, good)
        await capped.as_user(own).expect(403, "DELETE", path)
        assert await licensed.events(capped.id, "tenant.license_applied") == []

    async def test_events_hold_no_token_and_withdrawal_goes_back(
        self, licensed: Directory, capped: Tenant, apply: Apply
    ) -> None:
        await apply(limits={"users": 9}, tier="enterprise", jti="lic-1")
        await capped.admin.expect(204, "DELETE", f"{capped.path}/license")
        await capped.admin.expect(204, "DELETE", f"{capped.path}/license")
        licence = (await capped.admin.get(f"{capped.path}/license"))["data"]
        assert licence["limits"]["users"] == LIMIT
        told = await licensed.events(capped.id, "tenant.license_applied", "tenant.license_withdrawn")
        assert [event.type for event in told] == ["tenant.license_applied", "tenant.license_withdrawn"]
        assert told[0].new_value
        assert told[0].new_value["license_id"] == "lic-1"
        assert "eyJ" not in str(told)

    async def test_to_the_master_tenant_it_serves_the_instance(
        self, licensed: Directory, capped: Tenant, mint: Mint
    ) -> None:
        path = f"/api/v1/tenants/{MASTER_TENANT_ID}/license"
        await licensed.root.expect(200, "PUT", path, {"license_key": mint.licence(limits={"users": 77})})
        try:
            licence = (await capped.admin.get(f"{capped.path}/license"))["data"]
            assert licence["limits"]["users"] == 77
        finally:
            await licensed.root.expect(204, "DELETE", path)
        assert (await capped.admin.get(f"{capped.path}/license"))["data"]["limits"]["users"] == LIMIT


class TestTiers:
    async def test_the_tier_that_a_host_hands_out_limits_and_its_change_freezes(
        self, licensed: Directory, mint: Mint
    ) -> None:
        await licensed.as_owner("UPDATE directory.tenants SET status = 'archived' WHERE host_tenant_id IS NOT NULL")
        hosts = f"/api/v1/tenants/{MASTER_TENANT_ID}/hosted-tenants"
        made = await licensed.root.create(hosts, {"name": "Branch", "slug": f"b{uuid4().hex}"})
        path = f"/api/v1/tenants/{made['id']}"
        users = [(await licensed.root.create(f"{path}/users", _body("users")))["id"] for _ in range(LIMIT)]
        licence = (await licensed.root.get(f"{path}/license"))["data"]
        assert (licence["tier"], licence["limits"]["users"], licence["license_id"]) == ("community", LIMIT, None)
        tier = f"{hosts}/{made['id']}/license"
        await licensed.root.expect(422, "PUT", tier, {"tier": "enterprise"})
        changed = (await licensed.root.expect(200, "PUT", tier, {"tier": "pro"}))["data"]
        assert changed["tier"] == "pro"
        frozen = await licensed.root.get(f"{path}/frozen")
        assert [each["resource_id"] for each in frozen["data"]] == users[TIER_USERS:]
        await licensed.root.expect(200, "PUT", tier, {"tier": "community"})
        assert (await licensed.root.get(f"{path}/frozen"))["total"] == 0
        await licensed.root.expect(404, "PUT", f"{hosts}/{uuid4()}/license", {"tier": "pro"})

    async def test_a_tenant_with_its_own_grant_hosts_and_loses_it_with_the_grant(
        self, licensed: Directory, capped: Tenant, apply: Apply
    ) -> None:
        hosting = {"enabled": True, "max_hosted_tenants": 2, "allowed_tiers": ["pro"]}
        await apply(features={"hosting": hosting})
        hosts = f"{capped.path}/hosted-tenants"
        made = [(await capped.admin.create(hosts, {"name": "B", "slug": f"b{uuid4().hex}"}))["id"] for _ in range(2)]
        await capped.admin.expect(403, "POST", hosts, {"name": "B", "slug": f"b{uuid4().hex}"})
        used = (await capped.admin.get(f"{capped.path}/license/limits/hosted_tenants"))["data"]
        assert (used["limit"], used["used"], used["allowed"]) == (2, 2, False)
        second = f"/api/v1/tenants/{made[0]}/hosted-tenants"
        refused = await licensed.root.expect(403, "POST", second, {"name": "B", "slug": f"b{uuid4().hex}"})
        assert refused["error"] == "feature_not_licensed"
        await apply(features={"hosting": {**hosting, "max_hosted_tenants": 1}})
        assert await _frozen(capped, resource_type="tenant") == {made[1]: "license_downgrade"}
        assert (Revocation.SUBJECT_TENANT, UUID(made[1])) in licensed.auth.revoked
        await capped.admin.expect(200, "PATCH", f"{hosts}/{made[0]}/status", {"status": "archived"})
        assert await _frozen(capped) == {}
        await capped.admin.expect(204, "DELETE", f"{capped.path}/license")
        assert await _frozen(capped) == {made[1]: "license_downgrade"}
        assert HOSTED == 3


class TestArchived:
    async def test_can_only_be_read(self, licensed: Directory, capped: Tenant) -> None:
        user = await capped.user()
        await capped.admin.update(capped.path, {"status": "archived"})
        await capped.admin.get(f"{capped.path}/users/{user['id']}")
        for method, path, body in (
            ("POST", "users", _body("users")), ("PUT", f"users/{user['id']}", {"display_name": "A"}),
            ("DELETE", f"users/{user['id']}", None), ("PUT", f"frozen/user/{user['id']}", None),
        ):  # fmt: skip
            refused = await capped.admin.expect(403, method, f"{capped.path}/{path}", body)
            assert refused["error"] == "resource_frozen"
        await capped.admin.update(capped.path, {"status": "active"})
        await capped.admin.update(f"{capped.path}/users/{user['id']}", {"display_name": "A"})

    async def test_suspension_is_a_reason_and_ends_with_it(self, capped: Tenant) -> None:
        suspended = await capped.admin.update(capped.path, {"status": "suspended"})
        assert suspended["freeze_reason"] == "suspension"
        assert (await capped.admin.update(capped.path, {"status": "active"}))["freeze_reason"] is None


class TestElsewhere:
    async def test_lists_go_over_all_owners_in_order(self, licensed: Directory, capped: Tenant) -> None:
        users = [(await capped.user())["id"] for _ in range(2)]
        for each in users:
            await capped.admin.expect(204, "PUT", f"{capped.path}/frozen/user/{each}")
        owner = licensed.auth.owner
        owner.counts[capped.id] = {"clients": 5}
        owner.frozen[capped.id] = [
            FrozenResource(
                resource_type=kind, id=str(uuid4()), name=kind, freeze_reason="expiry", frozen_at_us=at * 1_000_000
            )
            for kind, at in (("client", 5), ("policy", 4_000_000_000))
        ]
        try:
            listed = await self._types(licensed, capped)
            assert listed.count("user") == 2
        finally:
            owner.frozen.clear()

    async def _types(self, licensed: Directory, capped: Tenant) -> list[str]:
        """Each owner is asked for its own kind; the fake is both."""
        types = []
        for kind in ("client", "policy", "user"):
            listed = await capped.admin.get(f"{capped.path}/frozen", resource_type=kind, order="asc")
            types += [each["resource_type"] for each in listed["data"]]
        return types

    async def test_an_owner_who_is_away(self, licensed: Directory, capped: Tenant) -> None:
        licensed.auth.owner.away = True
        try:
            await capped.admin.expect(503, "GET", f"{capped.path}/license/limits/clients")
            await capped.admin.expect(503, "GET", f"{capped.path}/frozen")
            assert (await capped.admin.get(f"{capped.path}/frozen", resource_type="user"))["total"] == 0
            licence = (await capped.admin.get(f"{capped.path}/license"))["data"]
            assert licence["usage"]["users"] == 0
            assert "clients" not in licence["usage"]
        finally:
            licensed.auth.owner.away = False
