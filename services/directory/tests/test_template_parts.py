"""Parts of a template that other services own: put in at once, or later, and never in the wrong order."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.directory.tests.configuration_fake import FakeConfiguration
from services.directory.tests.directory_harness import Directory, Tenant
from tests.eventually import eventually
from vaultaris.configuration.v1.configuration_pb2 import ApplyRequest

Template = dict[str, Any]


def template(**sections: Any) -> Template:
    return {"version": 1, **sections}


def policy(priority: int = 0) -> dict[str, Any]:
    return {"name": "office", "priority": priority, "applications": [{"slug": "orders", "is_owned": True}]}


@pytest.fixture
def owner(directory: Directory) -> Iterator[FakeConfiguration]:
    yield directory.auth.configuration
    directory.auth.configuration.away = False
    directory.auth.configuration.applied.clear()


async def put_in(tenant: Tenant, body: Template) -> Any:
    return (await tenant.admin.expect(200, "POST", f"{tenant.path}/templates/import", body))["data"]


def content(request: ApplyRequest) -> Any:
    return msgspec.json.decode(request.sections)


class TestParts:
    async def test_links_name_applications_that_the_same_template_makes(
        self, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        done = await put_in(tenant, template(applications=[{"slug": "orders", "name": "Orders"}], policies=[policy()]))
        assert (done["created"], done["pending"]) == ({"applications": 1, "policies": 1}, [])
        (application,) = (await tenant.admin.get(f"{tenant.path}/applications"))["data"]
        (request,) = owner.applied
        assert dict(request.applications) == {"orders": application["id"]}

    async def test_an_owner_who_goes_away_in_between_gets_its_part_later(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        owner.away = True
        done = await put_in(tenant, template(permissions=[PERMISSION], policies=[policy()]))
        assert (done["created"], done["pending"]) == ({"permissions": 1}, ["policy"])
        await self._make_due(directory, tenant)
        await eventually(lambda: self._attempts(directory, tenant), lambda attempts: attempts == [1], within=30)
        assert owner.applied == []
        owner.away = False
        await self._make_due(directory, tenant)
        await eventually(lambda: self._attempts(directory, tenant), lambda attempts: attempts == [], within=30)
        assert [content(each) for each in owner.applied] == [{"policies": [policy()]}]
        assert UUID(owner.applied[0].tenant_id) == tenant.id
        assert owner.applied[0].actor.kind == "user"

    async def test_allow_lists_wait_for_what_they_name(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        owner.away = True
        groups = [{"path": "/staff", "oauth_clients": ["shop"], "login_providers": None}]
        clients = [{"name": "Shop", "client_id": "shop", "redirect_uris": []}]
        done = await put_in(tenant, template(groups=groups, clients=clients))
        assert (done["created"], done["pending"]) == ({"groups": 1}, ["auth"])
        (group,) = (await tenant.admin.get(f"{tenant.path}/groups"))["data"]
        path = f"{tenant.path}/groups/{group['id']}/oauth-clients"
        assert (await tenant.admin.get(path))["meta"] == {"restricted": False}
        owner.away = False
        done = await put_in(tenant, template(policies=[policy()]))
        directory.auth.clients[owner.clients["shop"]] = "shop"
        allowed = await tenant.admin.get(path)
        assert (allowed["meta"], [each["client_id"] for each in allowed["data"]]) == ({"restricted": True}, ["shop"])
        assert await self._attempts(directory, tenant) == []

    async def test_an_older_part_never_undoes_what_is_newer(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        owner.away = True
        await put_in(tenant, template(policies=[policy(priority=1)]))
        done = await put_in(tenant, template(policies=[policy(priority=2)]))
        assert done["pending"] == ["policy"]
        assert await self._attempts(directory, tenant) == [0]
        owner.away = False
        await put_in(tenant, template(clients=[{"name": "shop", "redirect_uris": []}]))
        assert [list(content(each)) for each in owner.applied] == [["policies"], ["clients"]]
        assert content(owner.applied[0])["policies"][0]["priority"] == 2
        assert await self._attempts(directory, tenant) == []

    async def test_imports_at_the_same_moment_leave_no_part_behind(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        bodies = [template(policies=[policy(priority=each)]) for each in range(5)]
        done = await asyncio.gather(*(put_in(tenant, body) for body in bodies))
        assert [each["pending"] for each in done] == [[]] * 5
        assert await self._attempts(directory, tenant) == []

    async def _make_due(self, directory: Directory, tenant: Tenant) -> None:
        await directory.as_owner("UPDATE directory.template_parts SET due_at = now() WHERE tenant_id = $1", tenant.id)

    async def _attempts(self, directory: Directory, tenant: Tenant) -> list[int]:
        rows = await directory.as_owner("SELECT attempts FROM directory.template_parts WHERE tenant_id = $1", tenant.id)
        return [row["attempts"] for row in rows]


PERMISSION = {"name": "orders:read", "resource": "orders", "action": "read"}
