"""Applications, and what is made inside them or linked to them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from grpc import aio

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.directory.v1.directory_pb2 import GetApplicationRequest

KINDS = ("roles", "groups", "permissions")


def _body(kind: str) -> dict[str, Any]:
    name = uuid4().hex
    return {"name": f"{name}:read", "resource": name, "action": "read"} if kind == "permissions" else {"name": name}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestApplications:
    async def test_what_is_created_is_answered_whole(self, tenant: Tenant) -> None:
        sent = {
            "slug": "orders", "name": "Orders", "homepage_url": "https://orders.test", "primary_color": "#ff8800",
            "redirect_uris_base": ["https://orders.test/"], "allowed_scopes": ["orders:read"],
            "allowed_audiences": ["orders"], "access_token_lifetime_seconds": 600, "isolation_enabled": True,
            "settings": {"theme": "dark"},
        }  # fmt: skip
        made = await tenant.application(**sent)
        assert sent.items() <= made.items()
        assert (made["is_active"], made["refresh_token_lifetime_seconds"]) == (True, None)
        assert (await tenant.admin.get(f"{tenant.path}/applications/{made['id']}"))["data"] == made

    @pytest.mark.parametrize(
        "bad",
        [
            {"slug": "Upper"}, {"slug": "a"}, {"slug": "two--hyphens"}, {"homepage_url": "javascript:alert(1)"},
            {"primary_color": "red"}, {"allowed_scopes": ["two words"]}, {"allowed_scopes": ["x"] * 101},
            {"redirect_uris_base": ["nowhere"]}, {"access_token_lifetime_seconds": 1}, {"settings": []},
        ],
    )  # fmt: skip
    async def test_bad_values(self, tenant: Tenant, bad: dict[str, Any]) -> None:
        body = {"slug": "fine", "name": "Fine", **bad}
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/applications", body)
        assert refused["details"][0]["field"].split(".")[0] in bad

    async def test_a_slug_is_unique_within_its_tenant_and_stays(self, directory: Directory, tenant: Tenant) -> None:
        made = await tenant.application(slug="shop")
        await tenant.admin.expect(409, "POST", f"{tenant.path}/applications", {"slug": "shop", "name": "Other"})
        await (await directory.tenant()).application(slug="shop")
        changed = await tenant.admin.update(f"{tenant.path}/applications/{made['id']}", {"slug": "x", "name": "New"})
        assert (changed["slug"], changed["name"]) == ("shop", "New")

    async def test_null_clears_and_lists_filter(self, tenant: Tenant) -> None:
        made = await tenant.application(id_token_lifetime_seconds=900, description="Text")
        path = f"{tenant.path}/applications"
        changes = {"id_token_lifetime_seconds": None, "is_active": False}
        changed = await tenant.admin.update(f"{path}/{made['id']}", changes)
        assert (changed["id_token_lifetime_seconds"], changed["description"]) == (None, "Text")
        other = await tenant.application()
        assert [each["id"] for each in (await tenant.admin.get(path, is_active=True))["data"]] == [other["id"]]
        assert (await tenant.admin.get(path, search=other["slug"][4:]))["total"] == 1

    async def test_a_deletion_is_final_and_frees_the_slug(self, directory: Directory, tenant: Tenant) -> None:
        made = await tenant.application(slug="gone")
        path = f"{tenant.path}/applications/{made['id']}"
        await tenant.admin.expect(412, "DELETE", path, headers={"If-Match": '"7"'})
        await tenant.admin.expect(204, "DELETE", path)
        await tenant.admin.expect(404, "GET", path)
        await tenant.application(slug="gone")
        events = await directory.events(tenant.id, "application.created", "application.deleted")
        assert [event.type.partition(".")[2] for event in events] == ["created", "deleted", "created"]

    async def test_rights(self, tenant: Tenant) -> None:
        made = await tenant.application()
        reader, _ = await tenant.person("applications:read")
        path = f"{tenant.path}/applications"
        await reader.get(f"{path}/{made['id']}")
        await reader.expect(403, "POST", path, {"slug": "mine", "name": "Mine"})
        await reader.expect(403, "DELETE", f"{path}/{made['id']}")
        await reader.expect(403, "GET", f"{path}/{made['id']}/roles")
        await reader.expect(403, "POST", f"{path}/{made['id']}/roles/link/{uuid4()}", {})


class TestLinks:
    async def test_linked_again_and_unlinked(self, directory: Directory, tenant: Tenant, kind: str) -> None:
        app, thing = await tenant.application(), await tenant.admin.create(f"{tenant.path}/{kind}", _body(kind))
        path = f"{tenant.path}/applications/{app['id']}/{kind}"
        for _ in range(2):
            await tenant.admin.add(f"{path}/link/{thing['id']}", {"is_inherited": True})
        listed = await tenant.admin.get(path)
        assert (listed["total"], "success" in listed) == (1, False)
        linked = listed["data"][0]
        assert thing.items() <= linked.items()
        assert (linked["is_inherited"], linked["is_owned"], linked["linked_at"] > "2026") == (True, False, True)
        for _ in range(2):
            await tenant.admin.expect(204, "DELETE", f"{path}/link/{thing['id']}")
        assert (await tenant.admin.get(path))["total"] == 0
        await tenant.admin.get(f"{tenant.path}/{kind}/{thing['id']}")
        noun = kind[:-1]
        events = await directory.events(
            tenant.id, f"application.{noun}_linked", f"application.{noun}_unlinked"
        )  # fmt: skip
        assert [event.type.rpartition("_")[2] for event in events] == ["linked", "unlinked"]
        assert {str(event.resource_id) for event in events} == {app["id"]}

    async def test_linked_by_a_body(self, tenant: Tenant, kind: str) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}/{kind}"
        ids = [(await tenant.admin.create(f"{tenant.path}/{kind}", _body(kind)))["id"] for _ in range(3)]
        for each in ids:
            await tenant.admin.expect(204, "POST", path, {"resource_id": each})
        await tenant.admin.expect(204, "DELETE", f"{path}?resource_id={ids[0]}", {"resource_ids": [ids[1]]})
        assert [each["id"] for each in (await tenant.admin.get(path))["data"]] == [ids[2]]
        await tenant.admin.expect(422, "DELETE", path)

    async def test_made_inside_and_deleted_with_it(self, directory: Directory, tenant: Tenant, kind: str) -> None:
        app, shared = await tenant.application(), await tenant.admin.create(f"{tenant.path}/{kind}", _body(kind))
        path = f"{tenant.path}/applications/{app['id']}/{kind}"
        made = await tenant.admin.create(path, _body(kind))
        assert (made["is_owned"], made["is_inherited"]) == (True, False)
        await tenant.admin.add(f"{path}/link/{shared['id']}", {})
        assert (await tenant.admin.get(path))["total"] == 2
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/applications/{app['id']}")
        await tenant.admin.expect(404, "GET", f"{tenant.path}/{kind}/{made['id']}")
        await tenant.admin.get(f"{tenant.path}/{kind}/{shared['id']}")
        deleted = await directory.events(tenant.id, f"{kind[:-1]}.deleted")
        assert [str(event.resource_id) for event in deleted] == [made["id"]]

    async def test_bad_fields_are_named_as_ever(self, tenant: Tenant, kind: str) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}/{kind}"
        refused = await tenant.admin.expect(422, "POST", path, {"name": 7})
        assert refused["details"][0]["field"] == "name"
        refused = await tenant.admin.expect(422, "POST", path, {"resource_id": "nobody"})
        assert refused["details"][0]["field"] == "resource_id"

    async def test_absent_applications_and_resources(self, directory: Directory, tenant: Tenant, kind: str) -> None:
        app, other = await tenant.application(), await directory.tenant()
        foreign = await other.admin.create(f"{other.path}/{kind}", _body(kind))
        for path in (f"applications/{uuid4()}/{kind}", f"applications/{(await other.application())['id']}/{kind}"):
            await tenant.admin.expect(404, "GET", f"{tenant.path}/{path}")
            await tenant.admin.expect(404, "POST", f"{tenant.path}/{path}", _body(kind))
            await tenant.admin.expect(404, "DELETE", f"{tenant.path}/{path}/link/{foreign['id']}")
        path = f"{tenant.path}/applications/{app['id']}/{kind}/link/{foreign['id']}"
        await tenant.admin.expect(404, "POST", path, {})

    async def test_making_and_deleting_inside_need_the_kinds_rights(self, tenant: Tenant, kind: str) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}"
        linker, _ = await tenant.person("applications:link", "applications:delete")
        await linker.expect(403, "POST", f"{path}/{kind}", _body(kind))
        await tenant.admin.create(f"{path}/{kind}", _body(kind))
        refused = await linker.expect(403, "DELETE", path)
        assert f"{kind}:delete" in refused["message"]
        await tenant.admin.get(path)

    async def test_deleted_ones_are_not_listed(self, tenant: Tenant, kind: str) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}/{kind}"
        made = await tenant.admin.create(path, _body(kind))
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/{kind}/{made['id']}")
        assert (await tenant.admin.get(path))["total"] == 0
        await tenant.admin.expect(200, "POST", f"{tenant.path}/{kind}/{made['id']}/restore", {})
        assert (await tenant.admin.get(path))["data"][0]["is_owned"]

    async def test_linking_while_the_application_is_deleted(self, tenant: Tenant, kind: str) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}"
        answers = await asyncio.gather(
            *(tenant.admin.call("POST", f"{path}/{kind}", json=_body(kind)) for _ in range(5)),
            tenant.admin.call("DELETE", path),
        )
        assert answers[-1].status_code == 204
        assert {answer.status_code for answer in answers[:-1]} <= {201, 404}
        for answer in answers[:-1]:
            if answer.status_code == 201:
                await tenant.admin.expect(404, "GET", f"{tenant.path}/{kind}/{answer.json()['data']['id']}")


class TestPermissionsInside:
    async def test_an_equal_one_is_linked_instead(self, tenant: Tenant) -> None:
        app, body = await tenant.application(), _body("permissions")
        path = f"{tenant.path}/applications/{app['id']}/permissions"
        before = await tenant.admin.create(f"{tenant.path}/permissions", body)
        for _ in range(2):
            again = (await tenant.admin.expect(200, "POST", path, body))["data"]
            assert (again["id"], again["is_owned"]) == (before["id"], False)


class TestGroupsInside:
    async def test_a_tree_goes_with_its_application(self, tenant: Tenant) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}/groups"
        top = await tenant.admin.create(path, {"name": "top"})
        below = await tenant.admin.create(path, {"name": "below", "parent_id": top["id"]})
        await tenant.group(below)
        refused = await tenant.admin.expect(409, "DELETE", f"{tenant.path}/applications/{app['id']}")
        assert refused["error"] == "conflict"
        outside = (await tenant.admin.get(f"{tenant.path}/groups", parent_id=below["id"]))["data"][0]
        await tenant.admin.update(f"{tenant.path}/groups/{outside['id']}", {"parent_id": None})
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/applications/{app['id']}")
        remaining = (await tenant.admin.get(f"{tenant.path}/groups"))["data"]
        assert [each["id"] for each in remaining] == [outside["id"]]


class TestKindsOfOtherServices:
    """They keep their links themselves: the directory says whether an application is there, and asks before it ends."""

    async def test_what_they_may_know(self, directory: Directory, tenant: Tenant) -> None:
        app = await tenant.application(isolation_enabled=True, access_token_lifetime_seconds=600)
        request = GetApplicationRequest(tenant_id=str(tenant.id), id=app["id"])
        answer = await directory.stub.GetApplication(request)
        assert (answer.id, answer.slug, answer.is_active, answer.isolation_enabled) == (
            app["id"],
            app["slug"],
            True,
            True,
        )
        assert (answer.access_token_lifetime, answer.refresh_token_lifetime) == (600, 0)
        foreign = GetApplicationRequest(tenant_id=str((await directory.tenant()).id), id=app["id"])
        for absent in (foreign, GetApplicationRequest(tenant_id=str(tenant.id), id=str(uuid4()))):
            with pytest.raises(aio.AioRpcError) as refused:
                await directory.stub.GetApplication(absent)
            assert refused.value.code() == grpc.StatusCode.NOT_FOUND

    @pytest.mark.parametrize("other", ["clients", "identity-providers", "policies"])
    async def test_deleting_needs_the_right_to_what_was_made_inside(
        self, directory: Directory, tenant: Tenant, other: str
    ) -> None:
        app = await tenant.application()
        path = f"{tenant.path}/applications/{app['id']}"
        directory.auth.owned[UUID(app["id"])] = {other: 1}
        rights = {"applications:delete", "clients:delete", "identity-providers:delete", "policies:delete"}
        lacking, _ = await tenant.person(*(rights - {f"{other}:delete"}))
        refused = await lacking.expect(403, "DELETE", path)
        assert f"{other}:delete" in refused["message"]
        holding, _ = await tenant.person(*rights)
        await holding.expect(204, "DELETE", path)

    async def test_who_can_not_be_asked_is_not_passed_over(self, directory: Directory, tenant: Tenant) -> None:
        app = await tenant.application()
        lacking, _ = await tenant.person("applications:delete")
        directory.auth.away = True
        try:
            await lacking.expect(503, "DELETE", f"{tenant.path}/applications/{app['id']}")
        finally:
            directory.auth.away = False
        await lacking.expect(204, "DELETE", f"{tenant.path}/applications/{app['id']}")
