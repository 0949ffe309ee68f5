"""Restoring against whoever comes at the same moment: names, places in the tree, and the licence's limits."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.directory.tests.directory_harness import Api, Directory, Tenant
from services.directory.tests.test_licences import _body
from tests.licence_mint import LIMIT
from vaultaris_directory.groups import operations as groups
from vaultaris_directory.permissions import operations as permissions
from vaultaris_directory.roles import operations as roles
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rights import RightSet

ALL = RightSet(["*:*"])
KINDS = ("users", "roles", "groups", "permissions")
NAMED = ("roles", "groups", "permissions")


async def deleted(tenant: Tenant, kind: str, body: dict[str, Any]) -> str:
    """The path of something that was made and deleted."""
    made = await tenant.admin.create(f"{tenant.path}/{kind}", body)
    path = f"{tenant.path}/{kind}/{made['id']}"
    await tenant.admin.expect(204, "DELETE", path)
    return path


async def restore(api: Api, path: str) -> int:
    return (await api.call("POST", f"{path}/restore", json={})).status_code


class TestNames:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_a_deleted_ones_name_stays_taken_and_is_named_in_the_refusal(self, tenant: Tenant, kind: str) -> None:
        body = _body(kind)
        path = await deleted(tenant, kind, body)
        refused = await tenant.admin.expect(409, "POST", f"{tenant.path}/{kind}", body)
        assert refused["error"] == "conflict"
        assert "deleted" in refused["message"]
        assert "restored" in refused["message"]
        assert await restore(tenant.admin, path) == 200

    @pytest.mark.parametrize("kind", KINDS)
    async def test_of_a_restore_and_creates_at_once_the_restore_wins(self, tenant: Tenant, kind: str) -> None:
        conditions = {"attribute": "resource.open", "operator": "is_true"}
        body = {**_body(kind), **({"conditions": conditions} if kind == "permissions" else {})}
        path = await deleted(tenant, kind, body)
        other = {**body, **({"action": "write"} if kind == "permissions" else {})}
        creates = (tenant.admin.call("POST", f"{tenant.path}/{kind}", json=other) for _ in range(8))
        restored, answers = await asyncio.gather(restore(tenant.admin, path), asyncio.gather(*creates))
        assert restored == 200
        assert {answer.status_code for answer in answers} == {409}
        assert {answer.json()["error"] for answer in answers} == {"conflict"}
        await tenant.admin.get(path)

    async def test_an_equal_permission_is_given_back_once_it_is_restored(self, tenant: Tenant) -> None:
        body = _body("permissions")
        path = await deleted(tenant, "permissions", body)
        creates = (tenant.admin.call("POST", f"{tenant.path}/permissions", json=body) for _ in range(8))
        restored, answers = await asyncio.gather(restore(tenant.admin, path), asyncio.gather(*creates))
        assert restored == 200
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert (await tenant.admin.get(f"{tenant.path}/permissions", search=body["name"]))["total"] == 1

    @pytest.mark.parametrize("kind", NAMED)
    async def test_in_two_sessions_that_overlap(self, tenant: Tenant, database: Database, kind: str) -> None:
        """The create begins before the restore has ended, and ends after it."""
        body = _body(kind)
        resource_id = UUID((await deleted(tenant, kind, body)).rpartition("/")[2])
        is_restored, may_commit = asyncio.Event(), asyncio.Event()

        async def bring_back() -> None:
            async with database.tenant(tenant.id) as session:
                await RESTORE[kind](session, tenant.id, resource_id)
                is_restored.set()
                await may_commit.wait()

        async def make() -> None:
            await is_restored.wait()
            try:
                async with database.tenant(tenant.id) as session:
                    making = asyncio.ensure_future(CREATE[kind](session, tenant.id, body))
                    await asyncio.wait([making], timeout=0.2)  # groups wait for the tree, the others for nothing
                    may_commit.set()
                    await making
            finally:
                may_commit.set()

        restored, made = await asyncio.gather(bring_back(), make(), return_exceptions=True)
        assert restored is None
        assert isinstance(made, Conflict)
        assert (await tenant.admin.get(f"{tenant.path}/{kind}", search=body["name"]))["total"] == 1

    @pytest.mark.parametrize("kind", NAMED)
    async def test_twenty_restores_at_once_tell_of_one(self, directory: Directory, tenant: Tenant, kind: str) -> None:
        path = await deleted(tenant, kind, _body(kind))
        codes = await asyncio.gather(*(restore(tenant.admin, path) for _ in range(20)))
        assert set(codes) == {200}
        assert len(await directory.events(tenant.id, f"{kind.removesuffix('s')}.restored")) == 1


class TestTree:
    async def test_a_group_and_the_one_above_it(self, tenant: Tenant) -> None:
        """Whichever comes first, nothing stands below what is deleted."""
        for _ in range(5):
            above = await tenant.group()
            path = await deleted(tenant, "groups", {"name": new_id().hex, "parent_id": above["id"]})
            restored, gone = await asyncio.gather(
                restore(tenant.admin, path), tenant.admin.call("DELETE", f"{tenant.path}/groups/{above['id']}")
            )
            assert (restored, gone.status_code) in ((200, 409), (409, 204))


class TestLimits:
    @pytest.fixture
    async def capped(self, licensed: Directory) -> Tenant:
        """A tenant under the instance's limits."""
        return await licensed.tenant()

    @pytest.mark.parametrize("kind", KINDS)
    async def test_restores_and_creates_for_the_last_place_give_one(self, capped: Tenant, kind: str) -> None:
        path = f"{capped.path}/{kind}"
        gone = [await deleted(capped, kind, _body(kind)) for _ in range(8)]
        for _ in range(LIMIT - 1):
            await capped.admin.create(path, _body(kind))
        creates = (capped.admin.call("POST", path, json=_body(kind)) for _ in range(8))
        answers = await asyncio.gather(
            *(capped.admin.call("POST", f"{each}/restore", json={}) for each in gone), *creates
        )
        codes = [answer.status_code for answer in answers]
        assert (sum(code in (200, 201) for code in codes), codes.count(403)) == (1, 15)
        assert {each.json()["error"] for each in answers if each.status_code == 403} == {"license_limit_exceeded"}
        assert (await capped.admin.get(f"{path}"))["total"] >= LIMIT
        assert (await capped.admin.get(f"{capped.path}/license/limits/{kind}"))["data"]["used"] == LIMIT


async def _create_permission(session: AsyncSession, tenant_id: UUID, body: dict[str, Any]) -> None:
    fields = {**body, "action": "other", "display_name": None, "description": None}
    await permissions.create_permission(session, SYSTEM, tenant_id=tenant_id, fields=fields)


async def _create_role(session: AsyncSession, tenant_id: UUID, body: dict[str, Any]) -> None:
    fields = {**body, "display_name": None, "description": None, "is_composite": False, "meta": {}}
    await roles.create_role(session, SYSTEM, ALL, tenant_id=tenant_id, fields=fields, members=())


async def _create_group(session: AsyncSession, tenant_id: UUID, body: dict[str, Any]) -> None:
    fields = {**body, "display_name": None, "description": None, "parent_id": None, "meta": {}}
    await groups.create_group(session, SYSTEM, tenant_id=tenant_id, fields=fields)


async def _restore_permission(session: AsyncSession, tenant_id: UUID, each: UUID) -> None:
    await permissions.restore_permission(session, SYSTEM, ALL, tenant_id=tenant_id, permission_id=each)


async def _restore_role(session: AsyncSession, tenant_id: UUID, each: UUID) -> None:
    await roles.restore_role(session, SYSTEM, ALL, tenant_id=tenant_id, role_id=each)


async def _restore_group(session: AsyncSession, tenant_id: UUID, each: UUID) -> None:
    await groups.restore_group(session, SYSTEM, ALL, tenant_id=tenant_id, group_id=each)


CREATE = {"permissions": _create_permission, "roles": _create_role, "groups": _create_group}
RESTORE = {"permissions": _restore_permission, "roles": _restore_role, "groups": _restore_group}
