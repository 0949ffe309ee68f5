"""Roles by name, and what they confer together, as other services ask before they hand roles on."""

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import ResolveRolesRequest, ResolveRolesResponse


async def _ask(directory: Directory, tenant: Tenant, *names: str) -> ResolveRolesResponse:
    return await directory.stub.ResolveRoles(ResolveRolesRequest(tenant_id=str(tenant.id), names=names))


class TestResolveRoles:
    async def test_roles_and_their_rights(self, directory: Directory, tenant: Tenant) -> None:
        inner = await tenant.role("b:read")
        composite = await tenant.role("a:*", is_composite=True, composite_role_ids=[inner["id"]])
        answer = await _ask(directory, tenant, composite["name"], "nobody")
        assert [(role.id, role.name) for role in answer.roles] == [(composite["id"], composite["name"])]
        assert list(answer.rights) == ["a:*", "b:read"]

    async def test_deleted_and_foreign_ones_are_left_out(self, directory: Directory, tenant: Tenant) -> None:
        deleted, foreign = await tenant.role("a:read"), await (await directory.tenant()).role("a:read")
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/roles/{deleted['id']}")
        answer = await _ask(directory, tenant, deleted["name"], foreign["name"])
        assert (list(answer.roles), list(answer.rights)) == ([], [])

    async def test_too_many(self, directory: Directory, tenant: Tenant) -> None:
        with pytest.raises(aio.AioRpcError) as refused:
            await _ask(directory, tenant, *(f"r{number}" for number in range(101)))
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
