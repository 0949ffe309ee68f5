"""Users and tenants as the other services look them up, and what a refusal tells them."""

import json
from collections.abc import Awaitable
from typing import Any

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import GetTenantRequest, GetUserRequest
from vaultaris_kit.ids import new_id
from vaultaris_kit.rpc.server import ERROR_METADATA


async def _refusal(asking: Awaitable[Any]) -> tuple[grpc.StatusCode, str]:
    """The status code, and the reason in the trailing metadata."""
    with pytest.raises(aio.AioRpcError) as refused:
        await asking
    told = dict(refused.value.trailing_metadata() or ())
    return refused.value.code(), str(json.loads(told[ERROR_METADATA])["error"])


ABSENT = (grpc.StatusCode.NOT_FOUND, "not_found")


class TestUser:
    async def test_by_id_and_by_login(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(first_name="Ada", locale="de")
        for by in ({"id": user["id"]}, {"login": user["username"].upper()}, {"login": user["email"].title()}):
            found = await directory.stub.GetUser(GetUserRequest(tenant_id=str(tenant.id), **by))
            assert (found.id, found.first_name, found.locale, found.status) == (user["id"], "Ada", "de", "active")

    async def test_absent_deleted_and_of_another_tenant(self, directory: Directory, tenant: Tenant) -> None:
        deleted, foreign = await tenant.user(), await (await directory.tenant()).user()
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/users/{deleted['id']}")
        for by in (
            {"id": str(new_id())}, {"id": "nonsense"}, {"login": "nobody"}, {}, {"id": deleted["id"]},
            {"login": deleted["username"]}, {"id": foreign["id"]}, {"login": foreign["username"]},
        ):  # fmt: skip
            assert await _refusal(directory.stub.GetUser(GetUserRequest(tenant_id=str(tenant.id), **by))) == ABSENT


class TestTenant:
    async def test_by_id_slug_and_client(self, directory: Directory, tenant: Tenant) -> None:
        data = (await tenant.admin.get(tenant.path))["data"]
        directory.auth.tenants_by_client["shop"] = tenant.id
        for by in ({"id": str(tenant.id)}, {"slug": data["slug"]}, {"client_id": "shop"}):
            found = await directory.stub.GetTenant(GetTenantRequest(**by))
            assert (found.id, found.slug, found.status) == (str(tenant.id), data["slug"], "active")
            assert found.access_token_lifetime == data["access_token_lifetime_seconds"]

    async def test_absent_and_deleted(self, directory: Directory) -> None:
        gone = await directory.tenant()
        slug = (await gone.admin.get(gone.path))["data"]["slug"]
        directory.auth.tenants_by_client["gone"] = gone.id
        await gone.admin.expect(204, "DELETE", gone.path)
        for by in (
            {"id": str(new_id())}, {"id": "nonsense"}, {"slug": "nobody"}, {"client_id": "nobody"}, {},
            {"id": str(gone.id)}, {"slug": slug}, {"client_id": "gone"},
        ):  # fmt: skip
            assert await _refusal(directory.stub.GetTenant(GetTenantRequest(**by))) == ABSENT

    async def test_when_auth_can_not_be_asked(self, directory: Directory) -> None:
        directory.auth.away = True
        try:
            code, reason = await _refusal(directory.stub.GetTenant(GetTenantRequest(client_id="shop")))
        finally:
            directory.auth.away = False
        assert (code, reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "unavailable")
