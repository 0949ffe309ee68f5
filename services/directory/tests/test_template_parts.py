"""Parts of a template that other services own: put in at once, or later, and never in the wrong order."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.directory.tests.configuration_fake import FakeConfiguration, Hold
from services.directory.tests.directory_harness import Directory, Tenant
from tests.eventually import eventually
from vaultaris.configuration.v1.configuration_pb2 import ApplyRequest
from vaultaris_kit.ids import new_id

Template = dict[str, Any]


def template(**sections: Any) -> Template:
    return {"version": 1, **sections}


def policy(priority: int = 0) -> dict[str, Any]:
    return {"name": "office", "priority": priority, "applications": [{"slug": "orders", "is_owned": True}]}


@pytest.fixture
def owner(directory: Directory) -> Iterator[FakeConfiguration]:
    yield directory.auth.configuration
    directory.auth.configuration.away = False
    directory.auth.configuration.holding = None
    directory.auth.configuration.applied.clear()


async def put_in(tenant: Tenant, body: Template) -> Any:
    return (await tenant.admin.expect(200, "POST", f"{tenant.path}/templates/import", body))["data"]


def content(request: ApplyRequest) -> Any:
    return msgspec.json.decode(request.sections)


class TestRefused:
    @pytest.mark.parametrize(
        ("sections", "field", "message"),
        [
            ({"tenant": []}, "tenant.tenant", "Input should be a valid dictionary"),
            ({"tenant": {"access_token_lifetime_seconds": -1}}, "tenant.tenant", "access_token_lifetime_seconds: "),
            ({"groups": [{"path": "/a/b"}]}, "groups./a/b", "groups: Not here: /a."),
        ],
    )
    async def test_says_what_and_where(self, tenant: Tenant, sections: Template, field: str, message: str) -> None:
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/templates/import", template(**sections))
        assert [each["field"] for each in refused["details"]] == [field]
        assert refused["details"][0]["message"].startswith(message)


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
        await make_due(directory, tenant)
        await eventually(lambda: attempts_of(directory, tenant), lambda attempts: attempts == [1], within=30)
        assert owner.applied == []
        owner.away = False
        await make_due(directory, tenant)
        await eventually(lambda: attempts_of(directory, tenant), lambda attempts: attempts == [], within=30)
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
        assert await attempts_of(directory, tenant) == []

    async def test_an_older_part_never_undoes_what_is_newer(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        owner.away = True
        await put_in(tenant, template(policies=[policy(priority=1)]))
        done = await put_in(tenant, template(policies=[policy(priority=2)]))
        assert done["pending"] == ["policy"]
        assert await attempts_of(directory, tenant) == [0]
        owner.away = False
        await put_in(tenant, template(clients=[{"name": "shop", "redirect_uris": []}]))
        assert [list(content(each)) for each in owner.applied] == [["policies"], ["clients"]]
        assert content(owner.applied[0])["policies"][0]["priority"] == 2
        assert await attempts_of(directory, tenant) == []

    async def test_imports_at_the_same_moment_leave_no_part_behind(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        bodies = [template(policies=[policy(priority=each)]) for each in range(5)]
        done = await asyncio.gather(*(put_in(tenant, body) for body in bodies))
        assert [each["pending"] for each in done] == [[]] * 5
        assert await attempts_of(directory, tenant) == []


async def make_due(directory: Directory, tenant: Tenant) -> None:
    await directory.as_owner("UPDATE directory.template_parts SET due_at = now() WHERE tenant_id = $1", tenant.id)


async def attempts_of(directory: Directory, tenant: Tenant) -> list[int]:
    rows = await directory.as_owner("SELECT attempts FROM directory.template_parts WHERE tenant_id = $1", tenant.id)
    return [row["attempts"] for row in rows]


class TestTurns:
    """Imports into one tenant go one after the other, wherever they were begun."""

    async def test_the_parts_of_two_at_once_come_in_the_order_of_the_imports(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        hold = owner.holding = Hold()
        first = asyncio.create_task(put_in(tenant, template(policies=[policy(priority=1)])))
        await hold.reached.wait()
        second = asyncio.create_task(put_in(tenant, template(permissions=[PERMISSION], policies=[policy(priority=2)])))
        overtaken, _ = await asyncio.wait({second}, timeout=1)
        assert not overtaken
        assert (await tenant.admin.get(f"{tenant.path}/permissions", resource="orders"))["total"] == 0
        hold.may_go_on.set()
        assert [(await each)["pending"] for each in (first, second)] == [[], []]
        assert [content(each)["policies"][0]["priority"] for each in owner.applied] == [1, 2]
        assert await self._turns(directory, tenant) == []

    async def test_another_tenant_and_dry_runs_wait_for_nobody(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        hold = owner.holding = Hold()
        first = asyncio.create_task(put_in(tenant, template(policies=[policy()])))
        await hold.reached.wait()
        await put_in(await directory.tenant(), template(policies=[policy()]))
        dry = f"{tenant.path}/templates/import?dry_run=true"
        await tenant.admin.expect(200, "POST", dry, template(policies=[policy()]))
        hold.may_go_on.set()
        await first

    async def test_one_that_waits_in_vain_is_refused_and_changes_nothing(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        await self._give(directory, tenant, "1 minute")
        path, body = f"{tenant.path}/templates/import", template(permissions=[PERMISSION], policies=[policy()])
        answer = await tenant.admin.call("POST", path, json=body)
        assert (answer.status_code, answer.json()["error"]) == (409, "import_running")
        assert int(answer.headers["Retry-After"]) > 0
        assert owner.applied == []
        assert (await tenant.admin.get(f"{tenant.path}/permissions", resource="orders"))["total"] == 0

    async def test_nobody_waits_for_a_process_that_has_died(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        await self._give(directory, tenant, "-1 second")
        await put_in(tenant, template(policies=[policy()]))
        assert await self._turns(directory, tenant) == []

    async def test_whoever_lost_the_turn_commits_nothing(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        hold = owner.holding = Hold(dry_run=True)
        body = template(permissions=[PERMISSION], policies=[policy()])
        slow = asyncio.create_task(tenant.admin.call("POST", f"{tenant.path}/templates/import", json=body))
        await hold.reached.wait()
        await self._give(directory, tenant, "1 minute")
        hold.may_go_on.set()
        answer = await slow
        assert (answer.status_code, answer.json()["error"]) == (409, "import_running")
        assert owner.applied == []
        assert (await tenant.admin.get(f"{tenant.path}/permissions", resource="orders"))["total"] == 0
        assert len(await self._turns(directory, tenant)) == 1

    async def test_what_is_owed_waits_for_the_turn_too(
        self, directory: Directory, tenant: Tenant, owner: FakeConfiguration
    ) -> None:
        owner.away = True
        await put_in(tenant, template(policies=[policy()]))
        owner.away = False
        await self._give(directory, tenant, "1 minute")
        await make_due(directory, tenant)
        await eventually(lambda: attempts_of(directory, tenant), lambda attempts: attempts == [1], within=30)
        assert owner.applied == []
        await self._give(directory, tenant, "-1 second")
        await make_due(directory, tenant)
        await eventually(lambda: attempts_of(directory, tenant), lambda attempts: attempts == [], within=30)
        assert len(owner.applied) == 1

    async def _give(self, directory: Directory, tenant: Tenant, until: str) -> None:
        """Gives somebody else the turn."""
        await directory.as_owner(
            "INSERT INTO directory.template_turns VALUES ($1, $2, now() + $3::text::interval)"
            " ON CONFLICT (tenant_id) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at",
            tenant.id, new_id(), until,
        )  # fmt: skip

    async def _turns(self, directory: Directory, tenant: Tenant) -> list[Any]:
        return await directory.as_owner("SELECT * FROM directory.template_turns WHERE tenant_id = $1", tenant.id)


PERMISSION = {"name": "orders:read", "resource": "orders", "action": "read"}
