"""Roles and permissions: what is immutable, what repeats harmlessly, what nobody can grant."""

import asyncio
from typing import Any

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris_kit.ids import new_id


class TestPermissions:
    async def test_an_equal_one_is_given_back(self, tenant: Tenant) -> None:
        body = {"name": "orders:read", "resource": "orders", "action": "read"}
        calls = (tenant.admin.call("POST", f"{tenant.path}/permissions", json=body) for _ in range(10))
        answers = await asyncio.gather(*calls)
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        assert len({answer.json()["data"]["id"] for answer in answers}) == 1

    async def test_the_name_alone_is_a_clash(self, tenant: Tenant) -> None:
        permission = await tenant.permission("orders:read", conditions={"all": []})
        path = f"{tenant.path}/permissions"
        body = {"name": "orders:read", "resource": "orders", "action": "read"}
        others: tuple[dict[str, Any], ...] = ({"action": "write"}, {"resource": "bills"}, {"conditions": {"any": []}})
        for other in others:
            await tenant.admin.expect(409, "POST", path, {**body, **other})
        await tenant.admin.expect(200, "POST", path, body)
        await tenant.admin.expect(204, "DELETE", f"{path}/{permission['id']}")
        await tenant.admin.expect(409, "POST", path, body)
        await tenant.admin.expect(200, "POST", f"{path}/{permission['id']}/restore")

    async def test_another_meaning_reaches_every_holder(self, tenant: Tenant) -> None:
        user, role = await tenant.user(), await tenant.role("orders:read")
        await tenant.give(user, role)
        (permission,) = (await tenant.admin.get(f"{tenant.path}/roles/{role['id']}/permissions"))["data"]
        clerk, _ = await tenant.person("permissions:update", "orders:write")
        path = f"{tenant.path}/permissions/{permission['id']}"
        await clerk.expect(403, "PUT", path, {"action": "*"})
        await clerk.update(path, {"action": "write"})
        assert await tenant.permissions_of(user) == ["orders:write"]


class TestSystem:
    async def test_roles_and_permissions_are_immutable(self, tenant: Tenant) -> None:
        admin = f"{tenant.path}/roles/{tenant.roles['tenant-admin']}"
        (everything,) = (await tenant.admin.get(f"{admin}/permissions"))["data"]
        assert (everything["name"], everything["is_system"]) == ("*:*", True)
        await tenant.admin.expect(403, "PUT", admin, {"name": "boss"})
        await tenant.admin.expect(403, "DELETE", admin)
        await tenant.admin.expect(403, "POST", f"{admin}/permissions", {"permission_id": everything["id"]})
        await tenant.admin.expect(403, "DELETE", f"{admin}/permissions/{everything['id']}")
        for method, body in (("PUT", {"action": "read"}), ("DELETE", None)):
            await tenant.admin.expect(403, method, f"{tenant.path}/permissions/{everything['id']}", body)


class TestComposites:
    async def test_cycles_are_refused(self, tenant: Tenant) -> None:
        bottom = await tenant.role(is_composite=True)
        middle = await tenant.role(is_composite=True, composite_role_ids=[bottom["id"]])
        top = await tenant.role(is_composite=True, composite_role_ids=[middle["id"]])
        for loop in (top, bottom):
            refused = await tenant.admin.expect(
                422, "PUT", f"{tenant.path}/roles/{bottom['id']}", {"composite_role_ids": [loop["id"]]}
            )
            assert refused["details"][0]["code"] == "cycle"

    async def test_two_changes_cannot_make_a_cycle_together(self, tenant: Tenant) -> None:
        left, right = await tenant.role(is_composite=True), await tenant.role(is_composite=True)
        calls = (
            tenant.admin.call("PUT", f"{tenant.path}/roles/{one['id']}", json={"composite_role_ids": [other["id"]]})
            for one, other in ((left, right), (right, left))
        )
        assert sorted(answer.status_code for answer in await asyncio.gather(*calls)) == [200, 422]

    async def test_only_composite_roles_inherit(self, directory: Directory, tenant: Tenant) -> None:
        member = await tenant.role()
        path = f"{tenant.path}/roles"
        await tenant.admin.expect(422, "POST", path, {"name": "x", "composite_role_ids": [member["id"]]})
        foreign = await (await directory.tenant()).role()
        body = {"name": "x", "is_composite": True, "composite_role_ids": [foreign["id"]]}
        await tenant.admin.expect(422, "POST", path, body)
        composite = await tenant.role(is_composite=True, composite_role_ids=[member["id"]])
        simple = await tenant.admin.update(f"{path}/{composite['id']}", {"is_composite": False})
        assert simple["composite_role_ids"] == []


class TestNobodyGrantsWhatTheyLack:
    async def test_by_attaching_inheriting_conferring_or_restoring(self, tenant: Tenant) -> None:
        manager, _ = await tenant.person(
            "roles:create", "roles:update", "roles:restore", "roles:assign", "permissions:assign", "groups:update",
            "orders:read",
        )  # fmt: skip
        power, lesser = await tenant.role("orders:delete"), await tenant.role("orders:read")
        permission = await tenant.permission("orders:delete")
        roles, group = f"{tenant.path}/roles", await tenant.group()
        await manager.expect(403, "POST", f"{roles}/{lesser['id']}/permissions", {"permission_id": permission["id"]})
        body = {"name": new_id().hex, "is_composite": True}
        await manager.expect(403, "POST", roles, {**body, "composite_role_ids": [power["id"]]})
        await manager.create(roles, {**body, "composite_role_ids": [lesser["id"]]})
        conferred = f"{tenant.path}/groups/{group['id']}/roles"
        await manager.expect(403, "POST", conferred, {"role_id": power["id"]})
        await manager.add(conferred, {"role_id": lesser["id"]})
        await tenant.admin.expect(204, "DELETE", f"{roles}/{power['id']}")
        await manager.expect(403, "POST", f"{roles}/{power['id']}/restore")

    async def test_by_moving_a_group_below_a_mightier_one(self, tenant: Tenant) -> None:
        mighty, humble = await tenant.group(), await tenant.group()
        role = await tenant.role("orders:delete")
        await tenant.admin.add(f"{tenant.path}/groups/{mighty['id']}/roles", {"role_id": role["id"]})
        manager, _ = await tenant.person("groups:update")
        path = f"{tenant.path}/groups/{humble['id']}"
        await manager.expect(403, "PUT", path, {"parent_id": mighty["id"]})
        await tenant.admin.update(path, {"parent_id": mighty["id"]})


class TestBootstrap:
    async def test_the_routine_of_existing_clients(self, directory: Directory) -> None:
        root, slug = directory.root, new_id().hex
        tenant = await root.create("/api/v1/tenants", {"name": "Acme", "slug": slug})
        path = f"/api/v1/tenants/{tenant['id']}"
        body = {"username": "bob", "email": "bob@acme.test", "email_verified": True, "status": "active"}
        user = await root.create(f"{path}/users", body)
        roles = []
        for name in ("admin", "editor", "viewer"):
            role = await root.create(f"{path}/roles", {"name": name})
            roles.append(role)
            for action in ("read", "write"):
                permission = {"name": f"orders:{action}", "resource": "orders", "action": action}
                answer = (await root.call("POST", f"{path}/permissions", json=permission)).json()["data"]
                await root.add(f"{path}/roles/{role['id']}/permissions", {"permission_id": answer["id"]})
        await root.add(f"{path}/users/{user['id']}/roles", {"role_id": roles[0]["id"]})
        seen = (await root.get(f"{path}/integration/users/{user['id']}"))["data"]
        assert (seen["permissions"], seen["roles"][0]["name"]) == (["orders:read", "orders:write"], "admin")
