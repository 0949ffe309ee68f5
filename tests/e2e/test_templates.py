"""Templates through the gateway, with every owner real: out, into another tenant, out again."""

from typing import Any

import pytest

from tests.e2e.world import Api, World, unique

SECRET = "only the provider knows"


async def fresh_tenant(world: World) -> str:
    slug = unique("template")
    tenant = await world.admin.create("/api/v1/tenants", {"name": "Template", "slug": slug})
    return f"/api/v1/tenants/{tenant['id']}"


async def furnish(api: Api, path: str) -> None:
    """One of everything, with all references that there can be."""
    await api.update(path, {"description": "furnished", "access_token_lifetime_seconds": 600, "settings": {"a": [1]}})
    await api.update(path, {"password_policy": {"min_length": 12}})
    permission = await api.create(
        f"{path}/permissions",
        {"name": "orders:read", "resource": "orders", "action": "read", "conditions": {"resource.open": True}},
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
    await api.create(f"{path}/clients", client)
    provider = {
        "name": "corporate",
        "provider_type": "google",
        "client_id": "abc",
        "client_secret": "s3cret-of-the-idp",
    }
    await api.create(f"{path}/identity-providers", provider)
    policy = {
        "name": "office", "effect": "deny", "resource_pattern": "orders", "actions": ["read"],
        "conditions": {"attribute": "resource.open", "operator": "eq", "value": False},
    }  # fmt: skip
    await api.create(f"{path}/policies", policy)


async def exported(api: Api, path: str) -> dict[str, Any]:
    template: dict[str, Any] = (await api.get(f"{path}/templates/export"))["data"]
    return template


def comparable(template: dict[str, Any]) -> dict[str, Any]:
    """Without the hour, and without client ids, which one instance gives out once."""
    clients = [{**client, "client_id": None} for client in template["clients"]]
    return {**{name: value for name, value in template.items() if name != "exported_at"}, "clients": clients}


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
            "permissions": 1, "roles": 3, "groups": 2, "applications": 1, "clients": 1, "identity_providers": 1,
            "policies": 1,
        }  # fmt: skip
        assert done["pending"] == []
        assert comparable(await exported(world.admin, path)) == comparable(template)
        again = await world.admin.act(f"{path}/templates/import", template)
        assert (again["created"], again["updated"], again["errors"]) == ({}, {}, [])

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
