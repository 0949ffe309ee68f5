"""What an application may do itself, as other services ask for it."""

from typing import Any

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import ApplicationPermissions, GetApplicationPermissionsRequest
from vaultaris_kit.ids import new_id


async def _ask(directory: Directory, tenant: Tenant, application_id: str) -> ApplicationPermissions:
    request = GetApplicationPermissionsRequest(tenant_id=str(tenant.id), application_id=application_id)
    return await directory.stub.GetApplicationPermissions(request)


async def _application(tenant: Tenant) -> Any:
    return await tenant.admin.create(f"{tenant.path}/applications", {"slug": f"app-{new_id()}", "name": "Orders"})


class TestApplication:
    async def test_linked_and_composite(self, directory: Directory, tenant: Tenant) -> None:
        application, inner = await _application(tenant), await tenant.role("b:read")
        linked = await tenant.role("a:read", is_composite=True, composite_role_ids=[inner["id"]])
        await tenant.role("c:read")
        path = f"{tenant.path}/applications/{application['id']}/roles/link/{linked['id']}"
        await tenant.admin.expect(204, "POST", path, {})
        answer = await _ask(directory, tenant, application["id"])
        assert {f"{each.resource}:{each.action}" for each in answer.permissions} == {"a:read", "b:read"}
        assert {role.id for role in answer.roles} == {inner["id"], linked["id"]}
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/roles/{inner['id']}")
        left = await _ask(directory, tenant, application["id"])
        assert [each.resource for each in left.permissions] == ["a"]

    async def test_absent_foreign_and_inactive(self, directory: Directory, tenant: Tenant) -> None:
        inactive = await _application(tenant)
        path = f"{tenant.path}/applications/{inactive['id']}"
        await tenant.admin.expect(200, "PUT", path, {"is_active": False})
        foreign = await _application(await directory.tenant())
        for application_id in (str(new_id()), inactive["id"], foreign["id"], "nonsense"):
            with pytest.raises(aio.AioRpcError) as refused:
                await _ask(directory, tenant, application_id)
            assert refused.value.code() == grpc.StatusCode.NOT_FOUND
