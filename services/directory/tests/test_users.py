"""Users: names, life cycle, self-service, and nobody above themselves."""

import asyncio
import time
from uuid import UUID

import pytest

from services.directory.tests.directory_harness import PASSWORD, Directory, Tenant
from vaultaris.auth.v1.auth_pb2 import Revocation
from vaultaris_kit.ids import MASTER_TENANT_ID

LONG_AGO = int(time.time()) - 3600


class TestNames:
    @pytest.mark.parametrize("field", ["username", "email"])
    async def test_taken_in_any_case_and_by_the_deleted(self, tenant: Tenant, field: str) -> None:
        user = await tenant.user()
        other = {"username": "other", "email": "other@tenant.test", field: user[field].upper()}
        path = f"{tenant.path}/users"
        refused = await tenant.admin.expect(409, "POST", path, other)
        assert field in refused["message"]
        await tenant.admin.expect(204, "DELETE", f"{path}/{user['id']}")
        await tenant.admin.expect(409, "POST", path, other)
        assert (await tenant.admin.expect(200, "POST", f"{path}/{user['id']}/restore"))["data"][field] == user[field]

    async def test_a_user_name_is_nobody_elses_address(self, tenant: Tenant) -> None:
        user = await tenant.user()
        body = {"username": user["email"], "email": "x@tenant.test"}
        await tenant.admin.expect(409, "POST", f"{tenant.path}/users", body)
        await tenant.user(username="me@tenant.test", email="me@tenant.test")

    async def test_purged_for_good(self, directory: Directory, tenant: Tenant) -> None:
        user, role, group = await tenant.user(), await tenant.role(), await tenant.group()
        await tenant.give(user, role)
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        path = f"{tenant.path}/users/{user['id']}"
        await tenant.admin.expect(204, "DELETE", path)
        await tenant.admin.expect(204, "DELETE", f"{path}?purge=true")
        await tenant.admin.expect(404, "POST", f"{path}/restore")
        await tenant.admin.expect(404, "DELETE", f"{path}?purge=true")
        again = await tenant.user(username=user["username"], email=user["email"])
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/users/{again['id']}?purge=true")
        assert (Revocation.SUBJECT_USER, UUID(again["id"])) in directory.auth.revoked
        told = await directory.events(tenant.id, "user.purged")
        assert [event.old_value and event.old_value["username"] for event in told] == [user["username"]] * 2

    async def test_of_a_restore_and_a_purge_at_once_one_wins(self, tenant: Tenant) -> None:
        user = await tenant.user()
        path = f"{tenant.path}/users/{user['id']}"
        await tenant.admin.expect(204, "DELETE", path)
        calls = (tenant.admin.call(method, each) for method, each in (
            ("POST", f"{path}/restore"), ("DELETE", f"{path}?purge=true"), ("POST", f"{path}/restore"),
        ))  # fmt: skip
        codes = [answer.status_code for answer in await asyncio.gather(*calls)]
        assert codes[1] in (204, 412)
        left = (await tenant.admin.call("GET", path)).status_code
        assert left == (404 if codes[1] == 204 else 200)

    async def test_of_twenty_at_once_one_wins(self, tenant: Tenant) -> None:
        body = {"username": "racer", "email": "racer@tenant.test"}
        calls = (tenant.admin.call("POST", f"{tenant.path}/users", json=body) for _ in range(20))
        codes = sorted(answer.status_code for answer in await asyncio.gather(*calls))
        assert codes == [201] + [409] * 19

    @pytest.mark.parametrize(
        "bad",
        [
            {"username": "a b"}, {"username": ""}, {"username": "x\u0000y"}, {"email": "nope"}, {"email": 7},
            {"password": "short"}, {"status": "gone"}, {"locale": "?"}, {"timezone": "Mars/Olympus"},
            {"timezone": "../etc/passwd"}, {"avatar_url": "javascript:alert(1)"},
            {"first_name": "x" * 50_000}, {"metadata": {"x": "y" * 70_000}},
        ],
        ids=lambda bad: next(iter(bad)),
    )  # fmt: skip
    async def test_bad_fields_are_named(self, tenant: Tenant, bad: dict[str, object]) -> None:
        body = {"username": "fine", "email": "fine@tenant.test", **bad}
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/users", body)
        assert refused["error"] == "validation_error"


class TestLists:
    async def test_search_filter_sort_and_page(self, tenant: Tenant) -> None:
        role = await tenant.role()
        for number in range(5):
            user = await tenant.user(username=f"page{number}", display_name=f"Näme {number}")
            if number < 2:
                await tenant.give(user, role)
        path = f"{tenant.path}/users"
        page = await tenant.admin.get(path, search="NÄME", sort="username", order="asc", per_page=2, page=2)
        assert [user["username"] for user in page["data"]] == ["page2", "page3"]
        assert (page["total"], page["page"], page["per_page"], "success" in page) == (5, 2, 2, False)
        assert (await tenant.admin.get(path, role_id=role["id"]))["total"] == 2
        assert (await tenant.admin.get(path, status="inactive"))["total"] == 0
        assert (await tenant.admin.get(path, email=page["data"][0]["email"].upper()))["total"] == 1
        assert (await tenant.admin.get(path, search="100%"))["total"] == 0
        await tenant.admin.expect(422, "GET", f"{path}?sort=password_hash")

    async def test_the_deleted_are_shown_on_demand(self, tenant: Tenant) -> None:
        user = await tenant.user()
        path = f"{tenant.path}/users"
        await tenant.admin.expect(204, "DELETE", f"{path}/{user['id']}")
        assert (await tenant.admin.get(path))["total"] == 0
        (shown,) = (await tenant.admin.get(path, include_deleted=True))["data"]
        assert shown["deleted_at"] is not None


class TestUpdates:
    async def test_merge_and_null(self, tenant: Tenant) -> None:
        user = await tenant.user(first_name="Ada", phone="+44 20 7946 0000")
        path = f"{tenant.path}/users/{user['id']}"
        changed = await tenant.admin.update(path, {"last_name": "Lovelace", "phone": None, "locale": None})
        kept = (changed["first_name"], changed["last_name"], changed["phone"], changed["locale"])
        assert kept == ("Ada", "Lovelace", None, "en")

    async def test_versions(self, tenant: Tenant) -> None:
        user = await tenant.user()
        path = f"{tenant.path}/users/{user['id']}"
        first = await tenant.admin.call("PUT", path, json={"first_name": "A"}, headers={"If-Match": '"1"'})
        assert (first.status_code, first.headers["etag"]) == (200, '"2"')
        await tenant.admin.expect(412, "PUT", path, {"first_name": "B"}, headers={"If-Match": '"1"'})
        await tenant.admin.expect(412, "DELETE", path, headers={"If-Match": '"1"'})
        for bad in ("x", '"-1"', '"1", "2"', b'"\xb2"'):
            await tenant.admin.expect(400, "PUT", path, {"first_name": "B"}, headers={"If-Match": bad})

    async def test_another_address_is_unverified(self, tenant: Tenant) -> None:
        user = await tenant.user(email_verified=True)
        changed = await tenant.admin.update(f"{tenant.path}/users/{user['id']}", {"email": "new@tenant.test"})
        assert changed["email_verified"] is False

    async def test_history_forbids_earlier_passwords(self, directory: Directory) -> None:
        tenant = await directory.tenant(password_policy={"history_count": 2})
        user = await tenant.user(password="first fine pass phrase")
        path = f"{tenant.path}/users/{user['id']}"
        await tenant.admin.update(path, {"password": "second fine pass phrase"})
        for reused in ("first fine pass phrase", "second fine pass phrase"):
            refused = await tenant.admin.expect(422, "PUT", path, {"password": reused})
            assert refused["details"][0]["code"] == "password_reused"
        await tenant.admin.update(path, {"password": "third fine pass phrase"})
        await tenant.admin.update(path, {"password": "first fine pass phrase"})

    async def test_events_tell_what_changed_and_no_secret(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        path = f"{tenant.path}/users/{user['id']}"
        await tenant.admin.update(path, {"first_name": "Ada", "password": "another fine pass phrase"})
        await tenant.admin.update(path, {"status": "inactive"})
        events = await directory.events(tenant.id)
        changed = {event.type: event for event in events if event.resource_id == UUID(user["id"])}
        assert set(changed) == {"user.created", "user.password_changed", "user.updated", "user.deactivated"}
        assert (changed["user.updated"].old_value, changed["user.updated"].new_value) == (
            {"first_name": None}, {"first_name": "Ada"},
        )  # fmt: skip
        assert changed["user.created"].actor_type == "user"
        assert "argon2" not in repr(events)


class TestCredentialsEnd:
    async def test_when_password_status_or_life_end(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        path = f"{tenant.path}/users/{user['id']}"
        mark = (Revocation.SUBJECT_USER, UUID(user["id"]))
        for change in ({"password": "another fine pass phrase"}, {"status": "inactive"}):
            await tenant.admin.update(path, change)
        await tenant.admin.expect(204, "DELETE", path)
        assert directory.auth.revoked.count(mark) == 3

    async def test_the_answer_says_when_that_is_pending(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        path = f"{tenant.path}/users/{user['id']}"
        directory.auth.away = True
        try:
            refused = await tenant.admin.expect(503, "DELETE", path)
        finally:
            directory.auth.away = False
        assert "stored" in refused["message"]
        await tenant.admin.expect(404, "GET", path)


class TestSelfService:
    async def test_own_profile_needs_no_right(self, tenant: Tenant) -> None:
        person, user = await tenant.person()
        path = f"{tenant.path}/users/{user['id']}"
        await person.get(path)
        await person.get(f"{path}/roles")
        assert (await person.update(path, {"display_name": "Me"}))["display_name"] == "Me"
        for forbidden in ({"status": "active"}, {"email": "me@else.test"}, {"metadata": {"vip": True}}):
            await person.expect(403, "PUT", path, forbidden)
        other = await tenant.user()
        await person.expect(403, "GET", f"{tenant.path}/users/{other['id']}")
        await person.expect(403, "DELETE", path)

    async def test_own_password_needs_proof(self, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        path, stale = f"{tenant.path}/users/{user['id']}", tenant.as_user(user, auth_time=LONG_AGO)
        new = {"password": "another fine pass phrase"}
        await stale.expect(403, "PUT", path, new)
        await stale.expect(403, "PUT", path, {**new, "current_password": "wrong"})
        seen = (await tenant.admin.get(path))["data"]
        assert seen["failed_login_attempts"] == 1
        await stale.update(path, {**new, "current_password": PASSWORD})
        await tenant.as_user(user).update(path, {"password": "a third fine pass phrase"})

    async def test_nobody_shuts_themselves_out(self, tenant: Tenant) -> None:
        person, user = await tenant.person("users:update", "users:delete")
        path = f"{tenant.path}/users/{user['id']}"
        await person.expect(403, "PUT", path, {"status": "inactive"})
        await person.expect(403, "DELETE", path)


class TestNobodyAboveThemselves:
    async def test_a_help_desk_cannot_take_over_an_administrator(self, tenant: Tenant) -> None:
        desk, _ = await tenant.person("users:read", "users:update")
        chief, clerk = await tenant.user(), await tenant.user()
        await tenant.admin.add(f"{tenant.path}/users/{chief['id']}/roles", {"role_id": tenant.roles["tenant-admin"]})
        await tenant.give(clerk, await tenant.role("orders:read"))
        for change in ({"password": PASSWORD}, {"email": "mine@tenant.test"}, {"username": "mine"}):
            await desk.expect(403, "PUT", f"{tenant.path}/users/{chief['id']}", change)
            await desk.expect(200, "PUT", f"{tenant.path}/users/{clerk['id']}", change)

    async def test_nobody_gives_what_they_lack(self, tenant: Tenant) -> None:
        manager, user = await tenant.person("roles:assign", "groups:assign", "orders:read")
        path = f"{tenant.path}/users/{user['id']}"
        held, lacked = await tenant.role("orders:read"), await tenant.role("orders:delete")
        group = await tenant.group()
        await tenant.admin.add(f"{tenant.path}/groups/{group['id']}/roles", {"role_id": lacked["id"]})
        await manager.add(f"{path}/roles", {"role_id": held["id"]})
        await manager.expect(403, "POST", f"{path}/roles", {"role_id": lacked["id"]})
        await manager.expect(403, "POST", f"{path}/roles", {"role_id": tenant.roles["tenant-admin"]})
        await manager.expect(403, "POST", f"{path}/groups", {"group_id": group["id"]})


class TestAccounts:
    async def test_the_same_verified_address(self, directory: Directory, tenant: Tenant) -> None:
        elsewhere = await directory.tenant()
        address = {"email": f"same-{tenant.id.hex}@person.test"}
        here = await tenant.user(**address, email_verified=True)
        await elsewhere.user(**address, email_verified=True)
        await (await directory.tenant()).user(**address)
        found = (await tenant.as_user(here).get(f"/api/v1/users/{here['id']}/tenants"))["data"]
        assert {account["tenant_id"] for account in found} == {str(tenant.id), str(elsewhere.id)}
        stranger, _ = await tenant.person("users:read")
        await stranger.expect(404, "GET", f"/api/v1/users/{here['id']}/tenants")
        assert str(MASTER_TENANT_ID) not in {account["tenant_id"] for account in found}


class TestOffBoarding:
    async def test_deactivate_then_delete(self, tenant: Tenant) -> None:
        user = await tenant.user()
        path = f"{tenant.path}/users/{user['id']}"
        await tenant.admin.update(path, {"status": "inactive"})
        await tenant.admin.expect(204, "DELETE", path)
        await tenant.admin.expect(404, "DELETE", path)
