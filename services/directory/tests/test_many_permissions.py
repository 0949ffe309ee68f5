"""Effective permissions of many users at once, and the ways by which one user holds roles."""

from typing import Any

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import (
    ExplainRolesRequest,
    ExplainRolesResponse,
    ListUserPermissionsRequest,
    ListUserPermissionsResponse,
)
from vaultaris_kit.ids import new_id


async def _list(directory: Directory, tenant: Tenant, **fields: Any) -> ListUserPermissionsResponse:
    request = ListUserPermissionsRequest(**{"tenant_id": str(tenant.id), "limit": 500, **fields})
    return await directory.stub.ListUserPermissions(request)


async def _explain(directory: Directory, tenant: Tenant, user: dict[str, Any]) -> ExplainRolesResponse:
    request = ExplainRolesRequest(tenant_id=str(tenant.id), user_id=user["id"])
    return await directory.stub.ExplainRoles(request)


def _ids(page: ListUserPermissionsResponse) -> list[str]:
    return [member.user.id for member in page.users]


class TestMany:
    async def test_holders_by_every_way(self, directory: Directory, tenant: Tenant) -> None:
        role = await tenant.role("orders:read")
        outer = await tenant.role(is_composite=True, composite_role_ids=[role["id"]])
        parent = await tenant.group()
        child = await tenant.group(parent)
        await tenant.admin.add(f"{tenant.path}/groups/{parent['id']}/roles", {"role_id": outer["id"]})
        direct, grouped, other = [await tenant.user() for _ in range(3)]
        await tenant.give(direct, role)
        await tenant.admin.add(f"{tenant.path}/users/{grouped['id']}/groups", {"group_id": child["id"]})
        await tenant.give(other, await tenant.role("orders:write"))
        page = await _list(directory, tenant, resources=["orders", "orders:42"], action="read")
        assert {direct["id"], grouped["id"]} <= set(_ids(page))
        assert other["id"] not in _ids(page)
        by_id = {member.user.id: member for member in page.users}
        assert set(by_id[grouped["id"]].role_ids) == {outer["id"], role["id"]}
        assert [group.path for group in by_id[grouped["id"]].groups] == [child["path"]]
        held = {each.role.id: [(it.resource, it.action) for it in each.permissions] for each in page.roles}
        assert (held[role["id"]], held[outer["id"]]) == ([("orders", "read")], [])

    async def test_patterns_may_fit(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        await tenant.give(user, await tenant.role("orders:*"))
        page = await _list(directory, tenant, resources=["orders"], action="read")
        assert user["id"] in _ids(page)

    async def test_page_by_page_without_the_inactive(self, directory: Directory, tenant: Tenant) -> None:
        users = [await tenant.user() for _ in range(4)]
        await tenant.admin.expect(200, "PUT", f"{tenant.path}/users/{users[1]['id']}", json={"status": "inactive"})
        found: list[str] = []
        after, more = "", True
        while more:
            page = await _list(directory, tenant, limit=2, after=after)
            found += _ids(page)
            after, more = found[-1], page.more
        assert found == sorted(found)
        assert {user["id"] for user in users} - set(found) == {users[1]["id"]}

    async def test_of_another_tenant_nobody(self, directory: Directory, tenant: Tenant) -> None:
        await tenant.user()
        page = await directory.stub.ListUserPermissions(ListUserPermissionsRequest(tenant_id=str(new_id()), limit=10))
        assert (list(page.users), page.more) == ([], False)


class TestWays:
    async def test_every_way_once_the_shortest_first(self, directory: Directory, tenant: Tenant) -> None:
        role = await tenant.role("a:read")
        outer = await tenant.role(is_composite=True, composite_role_ids=[role["id"]])
        parent = await tenant.group()
        child = await tenant.group(parent)
        user = await tenant.user()
        await tenant.give(user, outer)
        await tenant.give(user, role)
        await tenant.admin.add(f"{tenant.path}/groups/{parent['id']}/roles", {"role_id": role["id"]})
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": child["id"]})
        told = {each.id: each for each in (await _explain(directory, tenant, user)).roles}
        ways = [[(step.kind, step.id) for step in path.steps] for path in told[role["id"]].paths]
        assert ways == [
            [("role", role["id"])],
            [("role", outer["id"]), ("role", role["id"])],
            [("group", child["id"]), ("group", parent["id"]), ("role", role["id"])],
        ]
        assert len(told[role["id"]].permission_ids) == 1
        assert len(told[outer["id"]].paths) == 1

    async def test_no_way_through_the_deleted(self, directory: Directory, tenant: Tenant) -> None:
        user, group, role = await tenant.user(), await tenant.group(), await tenant.role("a:read")
        await tenant.admin.add(f"{tenant.path}/groups/{group['id']}/roles", {"role_id": role["id"]})
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        assert len((await _explain(directory, tenant, user)).roles) == 1
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{group['id']}")
        assert list((await _explain(directory, tenant, user)).roles) == []

    async def test_an_unknown_user(self, directory: Directory, tenant: Tenant) -> None:
        with pytest.raises(aio.AioRpcError) as refused:
            await _explain(directory, tenant, {"id": str(new_id())})
        assert refused.value.code() is grpc.StatusCode.NOT_FOUND
