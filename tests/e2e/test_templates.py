"""Templates through the gateway, with every owner real: out, into another tenant, out again."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.e2e.world import Api, World, unique
from tests.eventually import eventually
from tests.licence_mint import MINT
from vaultaris_kit.ids import new_id
from vaultaris_stack.local import LocalStack

SECRET = "only the provider knows"
POLICY: dict[str, Any] = {
    "name": "office", "effect": "deny", "resource_pattern": "orders", "actions": ["read"],
    "conditions": {"attribute": "resource.open", "operator": "eq", "value": False},
}  # fmt: skip
LINKED = [{"slug": "orders", "is_inherited": True, "is_owned": False}]
INSIDE = [{"slug": "orders", "is_inherited": False, "is_owned": True}]
ELSEWHERE = {
    "clients": ("Shop", "Till"),
    "identity-providers": ("corporate", "partners"),
    "policies": ("office", "till"),
}
"""Of what other services own: what is linked to the application, and what was made inside it."""


async def fresh_tenant(world: World) -> str:
    slug = unique("template")
    tenant = await world.admin.create("/api/v1/tenants", {"name": "Template", "slug": slug})
    return f"/api/v1/tenants/{tenant['id']}"


async def furnish(api: Api, path: str) -> None:
    """One of everything, with all references that there can be."""
    await api.update(path, {"description": "furnished", "access_token_lifetime_seconds": 600, "settings": {"a": [1]}})
    await api.update(path, {"password_policy": {"min_length": 12}})
    is_open = {"attribute": "resource.open", "operator": "is_true"}
    permission = await api.create(
        f"{path}/permissions",
        {"name": "orders:read", "resource": "orders", "action": "read", "conditions": is_open},
    )
    member = await api.create(f"{path}/roles", {"name": "z-member", "metadata": {"x": 1}})
    await api.assign(f"{path}/roles/{member['id']}/permissions", {"permission_id": permission["id"]})
    whole = {"name": "a-whole", "is_composite": True, "composite_role_ids": [member["id"]]}
    await api.create(f"{path}/roles", whole)
    sales = await api.create(f"{path}/groups", {"name": "sales"})
    await api.create(f"{path}/groups", {"name": "berlin", "parent_id": sales["id"], "metadata": {"n": 2}})
    await api.assign(f"{path}/groups/{sales['id']}/roles", {"role_id": member["id"]})
    application = await api.create(f"{path}/applications", {"slug": "orders", "name": "Orders"})
    below = f"{path}/applications/{application['id']}"
    await api.expect(204, "POST", f"{below}/groups/link/{sales['id']}", json={})
    await api.create(f"{below}/roles", {"name": "inside"})
    client = {"name": "Shop", "redirect_uris": ["https://shop.example.com/cb"], "metadata": {"tier": 1}}
    shop = (await api.create(f"{path}/clients", client))["client"]
    provider = {"name": "corporate", "provider_type": "google", "client_id": "abc", "client_secret": SECRET}
    corporate = await api.create(f"{path}/identity-providers", provider)
    office = await api.create(f"{path}/policies", POLICY)
    staff = await api.create(f"{path}/groups", {"name": "staff"})
    await api.update(f"{path}/groups/{staff['id']}/oauth-clients", {"client_ids": [shop["id"]]})
    await api.update(f"{path}/groups/{sales['id']}/login-providers", {"provider_ids": [corporate["id"]]})
    for kind, linked in (("clients", shop), ("identity-providers", corporate), ("policies", office)):
        await api.expect(204, "POST", f"{below}/{kind}/link/{linked['id']}", json={"is_inherited": True})
    await api.create(f"{below}/clients", {"name": "Till", "redirect_uris": []})
    await api.create(f"{below}/identity-providers", {"name": "partners", "provider_type": "github"})
    await api.create(f"{below}/policies", {**POLICY, "name": "till"})


async def exported(api: Api, path: str) -> dict[str, Any]:
    template: dict[str, Any] = (await api.get(f"{path}/templates/export"))["data"]
    return template


async def names_in(api: Api, path: str) -> list[str]:
    answer = await api.call("GET", path)
    return [each["name"] for each in answer.json()["data"]] if answer.status_code == 200 else []


async def as_owner(stack: LocalStack, statement: str, *values: Any) -> Any:
    """The one value that a statement over all tenants gives."""
    connection = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    try:
        await connection.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def owe(stack: LocalStack, tenant_id: str, owner: str, sections: dict[str, Any]) -> None:
    """Notes a part that is due."""
    actor = {"kind": "system", "id": str(new_id()), "tenant_id": tenant_id, "name": ""}
    await as_owner(
        stack,
        "INSERT INTO directory.template_parts (id, tenant_id, owner, sections, actor, created_at, due_at, attempts)"
        " VALUES ($1, $2, $3, $4, $5, now(), now(), 0)",
        new_id(), UUID(tenant_id), owner, json.dumps(sections), json.dumps(actor),
    )  # fmt: skip


async def owed(stack: LocalStack) -> int:
    return int(await as_owner(stack, "SELECT count(*) FROM directory.template_parts"))


def comparable(template: dict[str, Any]) -> dict[str, Any]:
    """Without the hour, and with names for client ids, which one instance gives out once."""
    names = {client["client_id"]: client["name"] for client in template["clients"]}
    clients = [{**client, "client_id": None} for client in template["clients"]]
    groups = [{**group, "oauth_clients": _named(group["oauth_clients"], names)} for group in template["groups"]]
    without_hour = {name: value for name, value in template.items() if name != "exported_at"}
    return {**without_hour, "clients": clients, "groups": groups}


def _named(client_ids: list[str] | None, names: dict[str, str]) -> list[str] | None:
    return None if client_ids is None else sorted(names[each] for each in client_ids)


@pytest.fixture(scope="module")
async def furnished(world: World) -> str:
    path = await fresh_tenant(world)
    await furnish(world.admin, path)
    return path


class TestTemplates:
    async def test_out_in_and_out_again_is_the_same(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        assert SECRET not in str(template)
        assert [role["name"] for role in template["roles"]] == ["a-whole", "inside", "z-member"]
        path = await fresh_tenant(world)
        empty = await exported(world.admin, path)
        dry = await world.admin.act(f"{path}/templates/import?dry_run=true", template)
        assert comparable(await exported(world.admin, path)) == comparable(empty)
        done = await world.admin.act(f"{path}/templates/import", template)
        assert {**dry, "dry_run": False} == done
        assert done["created"] == {
            "permissions": 1, "roles": 3, "groups": 3, "applications": 1, "clients": 2, "identity_providers": 2,
            "policies": 2,
        }  # fmt: skip
        assert (done["updated"], done["pending"]) == ({"tenant": 1, "allow_lists": 2}, [])
        assert comparable(await exported(world.admin, path)) == comparable(template)
        again = await world.admin.act(f"{path}/templates/import", template)
        assert (again["created"], again["updated"], again["errors"]) == ({}, {}, [])

    async def test_links_live_with_what_they_link(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        for kind, (linked, inside) in ELSEWHERE.items():
            told = {each["name"]: each["applications"] for each in template[kind.replace("-", "_")]}
            assert told == {linked: LINKED, inside: INSIDE}
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", template)
        (application,) = (await world.admin.get(f"{path}/applications"))["data"]
        below = f"{path}/applications/{application['id']}"
        for kind, (linked, inside) in ELSEWHERE.items():
            there = {each["name"]: each for each in (await world.admin.get(f"{below}/{kind}"))["data"]}
            assert [(there[name]["is_inherited"], there[name]["is_owned"]) for name in (linked, inside)] == [
                (True, False), (False, True),
            ]  # fmt: skip

    async def test_groups_go_on_allowing_what_they_allowed(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        (shop,) = [each["client_id"] for each in template["clients"] if each["name"] == "Shop"]
        lists = {each["path"]: (each["oauth_clients"], each["login_providers"]) for each in template["groups"]}
        assert lists == {"/sales": (None, ["corporate"]), "/sales/berlin": (None, None), "/staff": ([shop], None)}
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", template)
        groups = {each["path"]: each["id"] for each in (await world.admin.get(f"{path}/groups"))["data"]}
        allowed = await world.admin.get(f"{path}/groups/{groups['/staff']}/oauth-clients")
        assert [each["name"] for each in allowed["data"]] == ["Shop"]
        for group in template["groups"]:
            group["oauth_clients"] = None
        done = await world.admin.act(f"{path}/templates/import", template)
        assert done["updated"] == {"allow_lists": 1}
        allowed = await world.admin.get(f"{path}/groups/{groups['/staff']}/oauth-clients")
        assert (allowed["data"], allowed["meta"]["restricted"]) == ([], False)

    async def test_a_group_that_allows_nothing_any_more(self, world: World, furnished: str) -> None:
        """A list whose last entry is gone goes on counting, there as here."""
        template = await exported(world.admin, furnished)
        for group in template["groups"]:
            group["login_providers"] = []
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", template)
        assert comparable(await exported(world.admin, path)) == comparable(template)

    async def test_what_was_made_inside_goes_with_its_application(self, world: World, furnished: str) -> None:
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", await exported(world.admin, furnished))
        (application,) = (await world.admin.get(f"{path}/applications"))["data"]
        await world.admin.delete(f"{path}/applications/{application['id']}")
        for kind, (linked, _inside) in ELSEWHERE.items():
            left = await eventually(
                lambda kind=kind: names_in(world.admin, f"{path}/{kind}"),  # type: ignore[misc]  # bound for the loop
                lambda names: len(names) == 1,
            )
            assert left == [linked]
        template = await exported(world.admin, path)
        assert [each["applications"] for each in (*template["clients"], *template["policies"])] == [[], []]

    async def test_links_are_added_and_never_taken_away(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", template)
        before = comparable(await exported(world.admin, path))
        for section in ("clients", "identity_providers", "policies"):
            template[section] = [{**each, "applications": []} for each in template[section]]
        done = await world.admin.act(f"{path}/templates/import", template)
        assert done["updated"] == {}
        assert comparable(await exported(world.admin, path)) == before

    async def test_a_change_is_an_update(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        path = await fresh_tenant(world)
        await world.admin.act(f"{path}/templates/import", template)
        template["roles"][0]["composite_roles"] = []
        template["groups"][0]["roles"] = ["a-whole"]
        template["policies"][0]["priority"] = 7
        template["clients"][0]["is_enabled"] = False
        done = await world.admin.act(f"{path}/templates/import", template)
        assert done["updated"] == {"roles": 1, "groups": 1, "policies": 1, "clients": 1}
        assert comparable(await exported(world.admin, path)) == comparable(template)

    @pytest.mark.parametrize(
        ("section", "item", "code"),
        [
            ("policies", {"name": "bad", "effect": "deny", "resource_pattern": "x", "actions": []}, "too_short"),
            ("clients", {"name": "bad", "redirect_uris": ["javascript:alert(1)"]}, "value_error"),
            ("roles", {"name": "bad", "permissions": ["nothing:here"]}, "validation_error"),
            ("groups", {"path": "/none/bad"}, "validation_error"),
            ("policies", {**POLICY, "name": "bad", "applications": [{"slug": "none"}]}, "validation_error"),
            ("clients", {"name": "bad", "redirect_uris": [], "applications": [{"slug": "none"}]}, "validation_error"),
            ("policies", {**POLICY, "name": "bad", "applications": "orders"}, "list_type"),
            ("groups", {"path": "/bad", "oauth_clients": ["none"]}, "validation_error"),
            ("groups", {"path": "/bad", "login_providers": "any"}, "list_type"),
        ],
    )
    async def test_one_fault_anywhere_stops_everything(
        self, world: World, furnished: str, section: str, item: dict[str, Any], code: str
    ) -> None:
        template = await exported(world.admin, furnished)
        template[section].append(item)
        path = await fresh_tenant(world)
        before = comparable(await exported(world.admin, path))
        refused = await world.admin.expect(422, "POST", f"{path}/templates/import", json=template)
        assert [detail["code"] for detail in refused["details"]] == [code]
        assert comparable(await exported(world.admin, path)) == before

    async def test_roles_that_inherit_in_a_circle(self, world: World) -> None:
        path = await fresh_tenant(world)
        template = await exported(world.admin, path)
        template["roles"] = [
            {"name": "one", "is_composite": True, "composite_roles": ["two"]},
            {"name": "two", "is_composite": True, "composite_roles": ["one"]},
        ]
        await world.admin.expect(422, "POST", f"{path}/templates/import", json=template)

    async def test_a_large_one(self, world: World) -> None:
        """More than any other body may have, and more than gRPC takes if it isn't told otherwise."""
        path, filler = await fresh_tenant(world), "x" * 60_000
        roles = [{"name": f"role-{each:03}", "metadata": {"filler": filler}} for each in range(30)]
        conditions = {"attribute": "resource.name", "operator": "eq", "value": filler}
        policies = [{**POLICY, "name": f"policy-{each:03}", "conditions": conditions} for each in range(80)]
        done = await world.admin.act(f"{path}/templates/import", {"version": 1, "roles": roles, "policies": policies})
        assert (done["created"], done["pending"]) == ({"roles": 30, "policies": 80}, [])
        template = await exported(world.admin, path)
        assert len(json.dumps(template)) > 6_500_000
        again = await world.admin.act(f"{path}/templates/import", template)
        assert (again["created"], again["updated"]) == ({}, {})

    async def test_something_is_made_inside_one_application_only(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        template["applications"].append(
            {"slug": "second", "name": "Second", "roles": [{"name": "inside", "is_owned": True}]}
        )
        template["policies"][1]["applications"].append({"slug": "second", "is_owned": True})
        path = await fresh_tenant(world)
        refused = await world.admin.expect(422, "POST", f"{path}/templates/import", json=template)
        assert [detail["field"] for detail in refused["details"]] == ["applications.second", "policies.till"]
        assert {detail["code"] for detail in refused["details"]} == {"conflict"}

    @pytest.mark.parametrize("section", ["roles", "applications", "clients", "identity_providers", "policies"])
    async def test_the_licence_counts(self, world: World, furnished: str, section: str) -> None:
        template = await exported(world.admin, furnished)
        company = await world.add_company()
        has = (await world.admin.get(f"{company.path}/license/limits/{section}"))["data"]["used"]
        room = has + len(template[section]) - 1
        licence = MINT.licence(tenant_id=company.id, limits={section: room})
        await world.admin.update(f"{company.path}/license", {"license_key": licence})
        before = comparable(await exported(world.admin, company.path))
        for query in ("?dry_run=true", ""):
            refused = await world.admin.expect(403, "POST", f"{company.path}/templates/import{query}", json=template)
            assert refused["error"] == "license_limit_exceeded"
        assert comparable(await exported(world.admin, company.path)) == before

    async def test_what_is_frozen_and_stays_as_it_is_is_no_fault(self, world: World, furnished: str) -> None:
        template = await exported(world.admin, furnished)
        company = await world.add_company()
        await world.admin.act(f"{company.path}/templates/import", template)
        limits = dict.fromkeys(("roles", "groups", "permissions", "policies", "identity_providers"), 0)
        licence = MINT.licence(tenant_id=company.id, limits=limits)
        await world.admin.update(f"{company.path}/license", {"license_key": licence})

        async def frozen() -> set[str]:
            listed = await world.admin.get(f"{company.path}/frozen", per_page=100)
            return {each["resource_type"] for each in listed["data"]}

        await eventually(frozen, lambda kinds: len(kinds) == len(limits), within=30)
        again = await world.admin.act(f"{company.path}/templates/import", template)
        assert (again["created"], again["updated"]) == ({}, {})

    async def test_what_is_owed_to_an_owner_who_was_away(self, world: World, stack: LocalStack) -> None:
        """As a directory leaves it that dies between its own commit and the owner's."""
        path = await fresh_tenant(world)
        await world.admin.create(f"{path}/applications", {"slug": "orders", "name": "Orders"})
        stack.stop_part("policy")
        try:
            refused = await world.admin.expect(
                503, "POST", f"{path}/templates/import", json={"version": 1, "policies": [POLICY]}
            )
            assert refused["error"] == "unavailable"
            await owe(stack, path.rpartition("/")[2], "policy", {"policies": [{**POLICY, "applications": INSIDE}]})
        finally:
            stack.start_part("policy")
        await eventually(
            lambda: names_in(world.admin, f"{path}/policies"), lambda names: names == ["office"], within=60
        )
        assert (await exported(world.admin, path))["policies"][0]["applications"] == INSIDE
        await eventually(lambda: owed(stack), lambda count: count == 0)

    async def test_only_who_holds_everything_imports(self, world: World) -> None:
        company = await world.add_company()
        role = await company.add_role("templates:import", "templates:export")
        user = await company.add_user()
        await company.give(user, role)
        clerk = await company.signed_in(user)
        template = await exported(clerk, company.path)
        await clerk.expect(403, "POST", f"{company.path}/templates/import", json=template)
        other = await world.add_company()
        await clerk.expect(403, "GET", f"{other.path}/templates/export")

    @pytest.mark.parametrize(
        "body", [{}, {"version": 2}, {"version": 1, "roles": {}}, {"version": 1, "roles": [1, None]}]
    )
    async def test_nonsense(self, world: World, furnished: str, body: dict[str, Any]) -> None:
        await world.admin.expect(422, "POST", f"{furnished}/templates/import", json=body)
