"""Hosted tenants: provisioned under the licence's cap, suspended with effect at once, never read."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.directory.tests.directory_harness import PASSWORD, Api, Directory
from tests.licence_mint import HOSTED, Mint
from vaultaris.auth.v1.auth_pb2 import Revocation
from vaultaris_kit.ids import MASTER_TENANT_ID

PATH = f"/api/v1/tenants/{MASTER_TENANT_ID}/hosted-tenants"


def _body(**fields: Any) -> dict[str, Any]:
    return {"name": "Branch", "slug": f"b{uuid4().hex}", **fields}


@pytest.fixture
async def host(licensed: Directory) -> Api:
    """The calls of a host with all its places free."""
    await licensed.as_owner("UPDATE directory.tenants SET status = 'archived' WHERE host_tenant_id IS NOT NULL")
    return licensed.root


class TestHosting:
    async def test_provisioned_with_its_administrator(self, licensed: Directory, host: Api) -> None:
        admin = {"admin_email": "ada@branch.test", "admin_username": "ada", "admin_password": PASSWORD}
        made = await host.create(PATH, _body(tier="pro", display_name="The branch", **admin))
        assert (made["host_tenant_id"], made["status"], made["tier"]) == (str(MASTER_TENANT_ID), "active", "pro")
        assert "admin_password" not in made
        path, hosted_id = f"/api/v1/tenants/{made['id']}", UUID(made["id"])
        assert hosted_id in licensed.auth.provisioned
        user = (await licensed.root.get(f"{path}/users"))["data"][0]
        ada = Api(licensed.http, licensed.auth.token(hosted_id, UUID(user["id"])))
        await ada.get(f"{path}/roles")
        listed = await host.get(PATH, status="active")
        assert listed["data"] == [made]
        told = await licensed.events(MASTER_TENANT_ID, "tenant.hosted_created")
        assert told[-1].resource_id == hosted_id

    async def test_twenty_at_once_for_the_last_place_give_one(self, host: Api) -> None:
        for _ in range(HOSTED - 1):
            await host.create(PATH, _body())
        answers = await asyncio.gather(*(host.call("POST", PATH, json=_body()) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] + [403] * 19
        capability = (await host.get(f"{PATH}/capability"))["data"]
        assert capability == {
            "enabled": True, "max_hosted_tenants": HOSTED, "allowed_tiers": ["pro"],
            "current_count": HOSTED, "remaining": 0,
        }  # fmt: skip

    async def test_suspended_archived_and_reopened(self, licensed: Directory, host: Api) -> None:
        made = [await host.create(PATH, _body()) for _ in range(HOSTED)]
        status = f"{PATH}/{made[0]['id']}/status"
        for wanted in ("suspended", "archived"):
            changed = (await host.expect(200, "PATCH", status, {"status": wanted, "reason": "unpaid"}))["data"]
            assert changed["status"] == wanted
            assert (Revocation.SUBJECT_TENANT, UUID(made[0]["id"])) in licensed.auth.revoked
        await host.create(PATH, _body())
        refused = await host.expect(403, "PATCH", status, {"status": "active"})
        assert refused["error"] == "license_limit_exceeded"
        await host.expect(200, "PATCH", f"{PATH}/{made[1]['id']}/status", {"status": "archived"})
        await host.expect(200, "PATCH", status, {"status": "active"})
        types = [
            event.type
            for event in await licensed.events(UUID(made[0]["id"]))
            if event.type[:7] == "tenant." and event.type != "tenant.license_changed"
        ]
        assert types == ["tenant.created", "tenant.suspended", "tenant.archived", "tenant.activated"]

    @pytest.mark.parametrize(
        "bad",
        [
            {"tier": "enterprise"}, {"tier": "gold"}, {"slug": "admin"}, {"name": ""},
            {"admin_email": "a@b.test"}, {"admin_username": "a", "admin_password": PASSWORD},
            {"admin_email": "a@b.test", "admin_username": "ada", "admin_password": "short"},
        ],
    )  # fmt: skip
    async def test_bad_values_make_nothing(self, host: Api, bad: dict[str, Any]) -> None:
        before = (await host.get(PATH))["total"]
        await host.expect(422, "POST", PATH, _body(**bad))
        assert (await host.get(PATH))["total"] == before

    async def test_whoever_changes_what_they_have_not_seen_is_refused(self, host: Api) -> None:
        answer = await host.call("POST", PATH, json=_body())
        one, seen = f"{PATH}/{answer.json()['data']['id']}", {"If-Match": answer.headers["ETag"]}
        changed = await host.call("PATCH", f"{one}/status", json={"status": "suspended"}, headers=seen)
        assert (changed.status_code, changed.json()["data"]["status"]) == (200, "suspended")
        assert changed.headers["ETag"] != seen["If-Match"]
        for method, path, body in (
            ("PATCH", f"{one}/status", {"status": "active"}), ("PUT", f"{one}/license", {"tier": "pro"}),
        ):  # fmt: skip
            refused = await host.expect(412, method, path, body, headers=seen)
            assert refused["error"] == "precondition_failed"
        (listed,) = [each for each in (await host.get(PATH, per_page=100))["data"] if one.endswith(each["id"])]
        assert (listed["status"], listed["tier"]) == ("suspended", "community")

    async def test_counts_without_names(self, licensed: Directory, host: Api) -> None:
        made = await host.create(PATH, _body())
        path = f"/api/v1/tenants/{made['id']}"
        for number, status in enumerate(("active", "inactive")):
            body = {"username": f"u{number}", "email": f"u{number}@branch.test", "status": status}
            await licensed.root.create(f"{path}/users", body)
        stats = (await host.get(f"{PATH}/{made['id']}/stats"))["data"]
        away = dict.fromkeys(
            ("active_sessions", "authentications_30d", "failed_authentications_30d", "last_activity_at")
        )  # fmt: skip
        assert stats == away | {
            "tenant_id": made["id"], "total_users": 2, "active_users": 1, "total_clients": 0, "total_applications": 0,
        }  # fmt: skip
        stranger = await licensed.tenant()
        await host.expect(404, "GET", f"{PATH}/{stranger.id}/stats")
        await host.expect(404, "GET", f"{PATH}/{uuid4()}/stats")

    async def test_only_ones_own(self, host: Api, licensed: Directory) -> None:
        stranger = await licensed.tenant()
        await host.expect(404, "PATCH", f"{PATH}/{stranger.id}/status", {"status": "suspended"})
        await host.expect(404, "PATCH", f"{PATH}/{uuid4()}/status", {"status": "suspended"})
        await host.expect(422, "PATCH", f"{PATH}/{stranger.id}/status", {"status": "gone"})
        taken = await host.create(PATH, _body())
        await host.expect(409, "POST", PATH, _body(slug=taken["slug"]))

    async def test_no_second_level_and_no_strangers(self, licensed: Directory) -> None:
        tenant = await licensed.tenant()
        path = f"/api/v1/tenants/{tenant.id}/hosted-tenants"
        capability = (await licensed.root.get(f"{path}/capability"))["data"]
        assert (capability["enabled"], capability["current_count"]) == (False, 0)
        refused = await licensed.root.expect(403, "POST", path, _body())
        assert refused["error"] == "feature_not_licensed"
        plain, _ = await tenant.person()
        mine = Api(licensed.http, plain.token)
        await mine.expect(403, "GET", PATH)
        await mine.expect(403, "GET", path)
        await mine.expect(403, "POST", path, _body())

    async def test_without_a_licence_nobody_hosts(self, directory: Directory) -> None:
        refused = await directory.root.expect(403, "POST", PATH, _body())
        assert refused["error"] == "feature_not_licensed"


class TestDeletingAHost:
    """Those it hosts would be nobody's."""

    @pytest.fixture
    async def tenant(self, licensed: Directory, mint: Mint) -> str:
        """The path of a tenant that may host."""
        made = await licensed.tenant()
        hosting = {"enabled": True, "max_hosted_tenants": 5, "allowed_tiers": ["pro"]}
        body = {"license_key": mint.licence(tenant_id=str(made.id), features={"hosting": hosting})}
        await licensed.root.expect(200, "PUT", f"{made.path}/license", body)
        return made.path

    async def test_only_once_it_hosts_none(self, licensed: Directory, tenant: str) -> None:
        hosted = await licensed.root.create(f"{tenant}/hosted-tenants", _body())
        refused = await licensed.root.expect(409, "DELETE", tenant)
        assert refused["error"] == "conflict"
        assert (await licensed.root.get(tenant))["data"]["status"] == "active"
        path = f"{tenant}/hosted-tenants/{hosted['id']}/status"
        await licensed.root.expect(200, "PATCH", path, {"status": "archived"})
        await licensed.root.expect(409, "DELETE", tenant)
        await licensed.root.expect(204, "DELETE", f"/api/v1/tenants/{hosted['id']}")
        await licensed.root.expect(204, "DELETE", tenant)

    async def test_one_that_begins_to_host_at_the_same_moment(self, licensed: Directory, tenant: str) -> None:
        hosting, deleting = await asyncio.gather(
            licensed.root.call("POST", f"{tenant}/hosted-tenants", json=_body()),
            licensed.root.call("DELETE", tenant),
        )
        assert (hosting.status_code, deleting.status_code) in {(201, 409), (403, 204), (404, 204)}
