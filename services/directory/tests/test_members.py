"""Members of applications: invited, accepted, suspended, removed."""

import asyncio
from uuid import uuid4

from services.directory.tests.directory_harness import Directory, Tenant


class TestMembers:
    async def test_invited_and_accepted(self, directory: Directory, tenant: Tenant) -> None:
        app = await tenant.application(isolation_enabled=True)
        person, user = await tenant.person()
        path = f"{tenant.path}/applications/{app['id']}/members"
        invited = await tenant.admin.create(path, {"user_id": user["id"]})
        assert (invited["role"], invited["status"], invited["accepted_at"]) == ("member", "pending", None)
        for _ in range(2):
            member = (await person.expect(200, "POST", f"{path}/accept", {}))["data"]
        assert (member["status"], member["accepted_at"] >= member["invited_at"]) == ("active", True)
        assert (await tenant.admin.get(path))["data"] == [member]
        events = await directory.events(tenant.id, "application.member_added", "application.member_accepted")
        assert [event.type for event in events] == ["application.member_added", "application.member_accepted"]

    async def test_added_at_once(self, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        body = {"user_id": user["id"], "role": "owner", "auto_activate": True}
        member = await tenant.admin.create(path, body)
        assert (member["role"], member["status"]) == ("owner", "active")
        assert member["accepted_at"] is not None
        await tenant.admin.expect(409, "POST", path, body)

    async def test_suspended_and_back(self, tenant: Tenant) -> None:
        app = await tenant.application()
        person, user = await tenant.person()
        path = f"{tenant.path}/applications/{app['id']}/members"
        await tenant.admin.create(path, {"user_id": user["id"]})
        one = f"{path}/{user['id']}"
        changed = await tenant.admin.update(one, {"status": "suspended", "role": "admin"})
        assert (changed["status"], changed["role"], changed["accepted_at"]) == ("suspended", "admin", None)
        await person.expect(403, "POST", f"{path}/accept", {})
        await tenant.admin.expect(422, "PUT", one, {"status": "pending"})
        active = await tenant.admin.update(one, {"status": "active"})
        assert active["accepted_at"] is not None
        assert await tenant.admin.update(one, {}) == active

    async def test_if_match(self, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        await tenant.admin.create(path, {"user_id": user["id"]})
        one, stale = f"{path}/{user['id']}", {"If-Match": '"1"'}
        answer = await tenant.admin.call("PUT", one, json={"role": "admin"}, headers=stale)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
        await tenant.admin.expect(412, "PUT", one, {"role": "owner"}, headers=stale)
        await tenant.admin.expect(412, "DELETE", one, headers=stale)

    async def test_removed(self, directory: Directory, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        await tenant.admin.create(path, {"user_id": user["id"]})
        await tenant.admin.expect(204, "DELETE", f"{path}/{user['id']}")
        await tenant.admin.expect(404, "DELETE", f"{path}/{user['id']}")
        assert (await tenant.admin.get(path))["total"] == 0
        assert len(await directory.events(tenant.id, "application.member_removed")) == 1

    async def test_a_deleted_user_is_no_member_until_restored(self, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        await tenant.admin.create(path, {"user_id": user["id"]})
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/users/{user['id']}")
        assert (await tenant.admin.get(path))["total"] == 0
        await tenant.admin.expect(404, "PUT", f"{path}/{user['id']}", {"role": "admin"})
        await tenant.admin.expect(422, "POST", path, {"user_id": user["id"]})
        await tenant.admin.expect(200, "POST", f"{tenant.path}/users/{user['id']}/restore", {})
        assert (await tenant.admin.get(path))["total"] == 1

    async def test_filters_and_search(self, tenant: Tenant) -> None:
        app, users = await tenant.application(), [await tenant.user() for _ in range(3)]
        path = f"{tenant.path}/applications/{app['id']}/members"
        for role, user in zip(("owner", "admin", "member"), users, strict=True):
            body = {"user_id": user["id"], "role": role, "auto_activate": role == "owner"}
            await tenant.admin.create(path, body)
        assert (await tenant.admin.get(path, status="active"))["total"] == 1
        assert (await tenant.admin.get(path, role="admin"))["data"][0]["user_id"] == users[1]["id"]
        assert (await tenant.admin.get(path, search=users[2]["username"]))["data"][0]["role"] == "member"
        await tenant.admin.expect(422, "GET", path, params={"sort": "role"})

    async def test_who_may(self, directory: Directory, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        stranger, _ = await tenant.person()
        await stranger.expect(403, "GET", path)
        await stranger.expect(403, "POST", path, {"user_id": user["id"]})
        await stranger.expect(404, "POST", f"{path}/accept", {})
        machine = directory.auth.client_token(tenant.id, "members:create")
        headers = {"Authorization": f"Bearer {machine}"}
        await tenant.admin.expect(403, "POST", f"{path}/accept", {}, headers=headers)
        foreigner, _ = await (await directory.tenant()).person()
        await foreigner.expect(403, "POST", f"{path}/accept", {})

    async def test_absent(self, directory: Directory, tenant: Tenant) -> None:
        app, other = await tenant.application(), await directory.tenant()
        body = {"user_id": (await tenant.user())["id"]}
        await tenant.admin.expect(404, "POST", f"{tenant.path}/applications/{uuid4()}/members", body)
        await tenant.admin.expect(404, "GET", f"{tenant.path}/applications/{uuid4()}/members")
        foreign = {"user_id": (await other.user())["id"]}
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/applications/{app['id']}/members", foreign)
        assert refused["details"][0]["field"] == "user_id"

    async def test_twenty_invitations_at_once_make_one(self, tenant: Tenant) -> None:
        app, user = await tenant.application(), await tenant.user()
        path = f"{tenant.path}/applications/{app['id']}/members"
        answers = await asyncio.gather(
            *(tenant.admin.call("POST", path, json={"user_id": user["id"]}) for _ in range(20))
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [201] + [409] * 19
