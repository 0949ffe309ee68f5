"""Allow-lists of groups: set, read, told to auth, and never opened by accident."""

from typing import Any
from uuid import UUID

import pytest

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, GetEffectivePermissionsRequest
from vaultaris_directory.allow_lists.operations import CLIENTS, forget_resource
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id

LISTS = [("login-providers", "provider_ids", "providers"), ("oauth-clients", "client_ids", "clients")]


async def _effective(directory: Directory, tenant: Tenant, user: dict[str, Any]) -> EffectivePermissions:
    request = GetEffectivePermissionsRequest(tenant_id=str(tenant.id), user_id=user["id"])
    return await directory.stub.GetEffectivePermissions(request)


async def _clients_of(directory: Directory, tenant: Tenant, user: dict[str, Any]) -> set[str] | None:
    answer = await _effective(directory, tenant, user)
    return set(answer.clients.ids) if answer.HasField("clients") else None


def _client(directory: Directory) -> str:
    client_id = new_id()
    directory.auth.clients[client_id] = f"client-{client_id}"
    return str(client_id)


async def _allow(tenant: Tenant, group: dict[str, Any], *clients: str) -> None:
    await tenant.admin.update(f"{tenant.path}/groups/{group['id']}/oauth-clients", {"client_ids": clients})


async def _join(tenant: Tenant, user: dict[str, Any], group: dict[str, Any]) -> None:
    await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})


class TestList:
    @pytest.mark.parametrize(("noun", "field", "known"), LISTS)
    async def test_set_and_read(self, directory: Directory, tenant: Tenant, noun: str, field: str, known: str) -> None:
        group, ids = await tenant.group(), [new_id(), new_id()]
        getattr(directory.auth, known).update({each: f"name-{each}" for each in ids})
        path = f"{tenant.path}/groups/{group['id']}/{noun}"
        assert await tenant.admin.get(path) == {"success": True, "data": [], "meta": {"restricted": False}}
        done = await tenant.admin.expect(200, "PUT", path, {field: [str(each) for each in [*ids, ids[0]]]})
        assert {each["id"] for each in done["data"]} == {str(each) for each in ids}
        assert await tenant.admin.get(path) == done
        assert done["meta"] == {"restricted": True}
        lifted = await tenant.admin.expect(200, "PUT", path, {field: []})
        assert lifted == {"success": True, "data": [], "meta": {"restricted": False}}
        kind = "group.clients_changed" if known == "clients" else "group.login_providers_changed"
        events = await directory.events(tenant.id, kind)
        assert [len((event.new_value or {})[field]) for event in events] == [2, 0]
        assert (events[1].old_value or {})[field] == (events[0].new_value or {})[field]

    async def test_a_provider_is_told_as_a_sign_in_page_needs_it(self, directory: Directory, tenant: Tenant) -> None:
        group, provider = await tenant.group(), new_id()
        directory.auth.providers[provider] = "acme"
        path = f"{tenant.path}/groups/{group['id']}/login-providers"
        await tenant.admin.update(path, {"provider_ids": [str(provider)]})
        assert (await tenant.admin.get(path))["data"] == [
            {"id": str(provider), "name": "acme", "display_name": None, "provider_type": "oidc", "logo_url": None}
        ]

    @pytest.mark.parametrize(("noun", "field", "known"), LISTS)
    async def test_refusals_change_nothing(
        self, directory: Directory, tenant: Tenant, noun: str, field: str, known: str
    ) -> None:
        group, good = await tenant.group(), new_id()
        getattr(directory.auth, known)[good] = "good"
        path = f"{tenant.path}/groups/{group['id']}/{noun}"
        refused = await tenant.admin.expect(422, "PUT", path, {field: [str(good), str(new_id())]})
        assert refused["details"][0]["field"] == field
        for bad in ({}, {field: None}, {field: ["x"]}, {field: [str(new_id())] * 201}):
            await tenant.admin.expect(422, "PUT", path, bad)
        await tenant.admin.expect(412, "PUT", path, {field: [str(good)]}, headers={"If-Match": '"9"'})
        await tenant.admin.expect(404, "PUT", f"{tenant.path}/groups/{new_id()}/{noun}", {field: [str(good)]})
        reader, _ = await tenant.person("groups:read")
        await reader.expect(403, "PUT", path, {field: [str(good)]})
        directory.auth.away = True
        try:
            await tenant.admin.expect(503, "PUT", path, {field: [str(good)]})
        finally:
            directory.auth.away = False
        assert (await reader.get(path))["meta"] == {"restricted": False}

    async def test_another_tenants_group(self, directory: Directory, tenant: Tenant) -> None:
        foreign = await (await directory.tenant()).group()
        for noun, field, _ in LISTS:
            path = f"{tenant.path}/groups/{foreign['id']}/{noun}"
            await tenant.admin.expect(404, "GET", path)
            await tenant.admin.expect(404, "PUT", path, {field: []})


class TestEffective:
    async def test_without_a_list_nothing_is_limited(self, directory: Directory, tenant: Tenant) -> None:
        user, group = await tenant.user(), await tenant.group()
        await _join(tenant, user, group)
        assert await _clients_of(directory, tenant, user) is None

    async def test_the_union_of_ones_groups_and_those_above(self, directory: Directory, tenant: Tenant) -> None:
        user, top = await tenant.user(), await tenant.group()
        below, other, strange = await tenant.group(top), await tenant.group(), await tenant.group()
        one, two, three = (_client(directory) for _ in range(3))
        await _allow(tenant, top, one)
        await _allow(tenant, other, two)
        await _allow(tenant, strange, three)
        for group in (below, other):
            await _join(tenant, user, group)
        assert await _clients_of(directory, tenant, user) == {one, two}
        await _allow(tenant, top)
        await _allow(tenant, other)
        assert await _clients_of(directory, tenant, user) is None

    async def test_frozen_groups_go_on_limiting_and_deleted_ones_do_not(
        self, directory: Directory, tenant: Tenant
    ) -> None:
        user, group, one = await tenant.user(), await tenant.group(), _client(directory)
        await _allow(tenant, group, one)
        await _join(tenant, user, group)
        await directory.as_owner(
            "UPDATE directory.groups SET freeze_reason = 'expiry' WHERE id = $1", UUID(group["id"])
        )
        assert await _clients_of(directory, tenant, user) == {one}
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{group['id']}")
        assert await _clients_of(directory, tenant, user) is None

    async def test_a_list_whose_clients_are_all_gone_allows_nothing(
        self, directory: Directory, tenant: Tenant, database: Database
    ) -> None:
        user, group, one = await tenant.user(), await tenant.group(), _client(directory)
        await _allow(tenant, group, one)
        await _join(tenant, user, group)
        del directory.auth.clients[UUID(one)]
        for _ in range(2):
            async with database.tenant(tenant.id) as session:
                await forget_resource(session, CLIENTS, tenant_id=tenant.id, resource_id=UUID(one))
        assert await _clients_of(directory, tenant, user) == set()
        listed = await tenant.admin.get(f"{tenant.path}/groups/{group['id']}/oauth-clients")
        assert (listed["data"], listed["meta"]) == ([], {"restricted": True})
        assert len(await directory.events(tenant.id, "group.clients_changed")) == 2

    async def test_members_of_isolated_applications(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        isolated, open_to_all = await tenant.application(isolation_enabled=True), await tenant.application()
        pending = await tenant.application(isolation_enabled=True)
        for app, active in ((isolated, True), (open_to_all, True), (pending, False)):
            body = {"user_id": user["id"], "auto_activate": active}
            await tenant.admin.create(f"{tenant.path}/applications/{app['id']}/members", body)
        assert list((await _effective(directory, tenant, user)).member_of) == [isolated["id"]]


class TestLeaving:
    async def test_auth_hears_of_who_leaves_an_isolated_application(self, directory: Directory, tenant: Tenant) -> None:
        isolated, open_to_all = await tenant.application(isolation_enabled=True), await tenant.application()
        users = [await tenant.user() for _ in range(2)]
        for app in (isolated, open_to_all):
            for user in users:
                body = {"user_id": user["id"], "auto_activate": True}
                await tenant.admin.create(f"{tenant.path}/applications/{app['id']}/members", body)
        directory.auth.left.clear()
        for app in (isolated, open_to_all):
            members = f"{tenant.path}/applications/{app['id']}/members"
            await tenant.admin.update(f"{members}/{users[0]['id']}", {"role": "admin"})
            await tenant.admin.update(f"{members}/{users[0]['id']}", {"status": "suspended"})
            await tenant.admin.expect(204, "DELETE", f"{members}/{users[1]['id']}")
        assert directory.auth.left == [(UUID(isolated["id"]), UUID(user["id"])) for user in users]

    async def test_when_auth_is_away_the_change_is_stored(self, directory: Directory, tenant: Tenant) -> None:
        app, user = await tenant.application(isolation_enabled=True), await tenant.user()
        members = f"{tenant.path}/applications/{app['id']}/members"
        await tenant.admin.create(members, {"user_id": user["id"], "auto_activate": True})
        directory.auth.away = True
        try:
            await tenant.admin.expect(503, "DELETE", f"{members}/{user['id']}")
        finally:
            directory.auth.away = False
        assert (await tenant.admin.get(members))["total"] == 0
        assert list((await _effective(directory, tenant, user)).member_of) == []
