"""Effective permissions: direct, by groups and those above, by composite roles; without the deleted and the frozen."""

import asyncio
import json
from typing import Any
from uuid import UUID

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, GetEffectivePermissionsRequest
from vaultaris_directory.effective.query import load_effective
from vaultaris_kit.database import Database


async def _ask(directory: Directory, tenant: Tenant, user: dict[str, Any]) -> EffectivePermissions:
    request = GetEffectivePermissionsRequest(tenant_id=str(tenant.id), user_id=user["id"])
    return await directory.stub.GetEffectivePermissions(request)


class TestSources:
    async def test_direct_group_ancestor_and_composite(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        top, inner = await tenant.role("a:read"), await tenant.role("b:read")
        composite = await tenant.role("c:read", is_composite=True, composite_role_ids=[inner["id"]])
        parent = await tenant.group()
        child = await tenant.group(parent)
        await tenant.give(user, composite)
        await tenant.admin.add(f"{tenant.path}/groups/{parent['id']}/roles", {"role_id": top["id"]})
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": child["id"]})
        answer = await _ask(directory, tenant, user)
        assert {f"{each.resource}:{each.action}" for each in answer.permissions} == {"a:read", "b:read", "c:read"}
        assert {role.id for role in answer.roles} == {top["id"], inner["id"], composite["id"]}
        assert [group.path for group in answer.groups] == [child["path"]]
        assert answer.user.id == user["id"]

    async def test_a_permission_held_twice_is_told_once(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        for _ in range(2):
            await tenant.give(user, await tenant.role("a:read"))
        assert len((await _ask(directory, tenant, user)).permissions) == 1

    async def test_conditions_travel(self, directory: Directory, tenant: Tenant) -> None:
        user, role = await tenant.user(), await tenant.role()
        permission = await tenant.permission("a:read", conditions={"all": []})
        await tenant.admin.add(f"{tenant.path}/roles/{role['id']}/permissions", {"permission_id": permission["id"]})
        await tenant.give(user, role)
        (held,) = (await _ask(directory, tenant, user)).permissions
        assert json.loads(held.conditions) == {"all": []}


class TestWhatDoesNotCount:
    async def test_a_deleted_role_and_what_it_inherits(self, tenant: Tenant) -> None:
        user, inner = await tenant.user(), await tenant.role("b:read")
        outer = await tenant.role("a:read", is_composite=True, composite_role_ids=[inner["id"]])
        await tenant.give(user, outer)
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/roles/{outer['id']}")
        assert await tenant.permissions_of(user) == []
        await tenant.admin.expect(200, "POST", f"{tenant.path}/roles/{outer['id']}/restore")
        assert await tenant.permissions_of(user) == ["a:read", "b:read"]

    @pytest.mark.parametrize("table", ["roles", "permissions", "groups"])
    async def test_the_frozen(self, directory: Directory, tenant: Tenant, table: str) -> None:
        user, role, group = await tenant.user(), await tenant.role("a:read"), await tenant.group()
        await tenant.admin.add(f"{tenant.path}/groups/{group['id']}/roles", {"role_id": role["id"]})
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        assert await tenant.permissions_of(user) == ["a:read"]
        freeze = f"UPDATE directory.{table} SET freeze_reason = 'admin_action' WHERE tenant_id = $1"  # noqa: S608 - a constant
        await directory.as_owner(freeze, tenant.id)
        assert await tenant.permissions_of(user) == []

    async def test_a_user_of_a_suspended_tenant_is_told_as_frozen(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        await tenant.admin.update(tenant.path, {"status": "suspended"})
        assert (await _ask(directory, tenant, user)).user.freeze_reason == "suspension"

    async def test_somebody_elses_user_is_not_found(self, directory: Directory, tenant: Tenant) -> None:
        stranger = await (await directory.tenant()).user()
        with pytest.raises(aio.AioRpcError) as refused:
            await _ask(directory, tenant, stranger)
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND


class TestCost:
    async def test_is_one_query(self, database: Database, tenant: Tenant) -> None:
        user = await tenant.user()
        seen: list[str] = []
        async with database.hot(None) as connection:  # it goes back to the pool last, and so comes out first
            connection.add_query_logger(lambda record: seen.append(record.query))
        seen.clear()
        await load_effective(database, tenant.id, UUID(user["id"]))
        assert len(seen) == 1

    async def test_is_exact_under_change(self, directory: Directory, tenant: Tenant) -> None:
        user, role = await tenant.user(), await tenant.role("a:read", "b:read")
        path = f"{tenant.path}/users/{user['id']}/roles"
        for _ in range(5):
            await tenant.give(user, role)
            answers = await asyncio.gather(*(_ask(directory, tenant, user) for _ in range(5)))
            assert {len(answer.permissions) for answer in answers} == {2}
            await tenant.admin.expect(204, "DELETE", f"{path}/{role['id']}")
            assert not (await _ask(directory, tenant, user)).permissions
