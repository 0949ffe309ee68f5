"""What a group confers, as other services ask for it."""

from typing import Any

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import GetGroupPermissionsRequest, GroupPermissions
from vaultaris_kit.ids import new_id


async def _ask(directory: Directory, tenant: Tenant, group_id: str) -> GroupPermissions:
    request = GetGroupPermissionsRequest(tenant_id=str(tenant.id), group_id=group_id)
    return await directory.stub.GetGroupPermissions(request)


async def _confer(tenant: Tenant, group: dict[str, Any], role: dict[str, Any]) -> None:
    await tenant.admin.add(f"{tenant.path}/groups/{group['id']}/roles", {"role_id": role["id"]})


class TestSources:
    async def test_own_ancestor_and_composite(self, directory: Directory, tenant: Tenant) -> None:
        top, inner = await tenant.role("a:read"), await tenant.role("b:read")
        composite = await tenant.role("c:read", is_composite=True, composite_role_ids=[inner["id"]])
        parent = await tenant.group()
        child, sibling = await tenant.group(parent), await tenant.group(parent)
        await _confer(tenant, parent, top)
        await _confer(tenant, child, composite)
        await _confer(tenant, sibling, await tenant.role("d:read"))
        answer = await _ask(directory, tenant, child["id"])
        assert {f"{each.resource}:{each.action}" for each in answer.permissions} == {"a:read", "b:read", "c:read"}
        assert {role.id for role in answer.roles} == {top["id"], inner["id"], composite["id"]}
        assert (answer.group.id, answer.group.path) == (child["id"], child["path"])

    async def test_nothing_conferred(self, directory: Directory, tenant: Tenant) -> None:
        group = await tenant.group()
        answer = await _ask(directory, tenant, group["id"])
        assert (list(answer.roles), list(answer.permissions)) == ([], [])

    async def test_a_deleted_role_is_gone(self, directory: Directory, tenant: Tenant) -> None:
        group, role = await tenant.group(), await tenant.role("a:read")
        await _confer(tenant, group, role)
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/roles/{role['id']}")
        assert not (await _ask(directory, tenant, group["id"])).permissions


class TestAbsent:
    async def test_unknown_deleted_and_foreign(self, directory: Directory, tenant: Tenant) -> None:
        deleted = await tenant.group()
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{deleted['id']}")
        foreign = await (await directory.tenant()).group()
        for group_id in (str(new_id()), deleted["id"], foreign["id"], "nonsense"):
            with pytest.raises(aio.AioRpcError) as refused:
                await _ask(directory, tenant, group_id)
            assert refused.value.code() == grpc.StatusCode.NOT_FOUND
