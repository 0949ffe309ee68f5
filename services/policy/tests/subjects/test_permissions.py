"""What a user may do, and by which ways, through the gateway."""

import uuid
from typing import Any

from tests.e2e.world import Api, Company, World


async def permissions(api: Api, company: Company, user: dict[str, Any], **query: str) -> dict[str, Any]:
    told: dict[str, Any] = (await api.get(f"{company.path}/users/{user['id']}/permissions", **query))["data"]
    return told


async def group_in(company: Company, name: str, parent: dict[str, Any] | None = None) -> dict[str, Any]:
    body = {"name": name, "parent_id": parent["id"] if parent else None}
    made: dict[str, Any] = await company.admin.create(f"{company.path}/groups", body)
    return made


class TestPermissions:
    async def test_what_is_in_force(self, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read", "orders:approve")
        assert (await permissions(company.admin, company, user))["permissions"] == []
        await company.give(user, role)
        told = await permissions(company.admin, company, user)
        assert [each["permission"] for each in told["permissions"]] == ["orders:approve", "orders:read"]
        assert (told["active"], told["reason"]) == (True, None)
        assert told["roles"] == [{"id": role["id"], "name": role["name"]}]
        assert all(each["granted_by"] is None and each["conditions"] == {} for each in told["permissions"])

    async def test_explained_with_every_way(self, company: Company) -> None:
        user, clerk = await company.add_user(), await company.add_role("orders:read")
        body = {"name": "lead", "is_composite": True, "composite_role_ids": [clerk["id"]]}
        lead = await company.admin.create(f"{company.path}/roles", body)
        sales = await group_in(company, "sales")
        north = await group_in(company, "north", sales)
        await company.admin.assign(f"{company.path}/groups/{sales['id']}/roles", {"role_id": lead["id"]})
        await company.admin.assign(f"{company.path}/users/{user['id']}/groups", {"group_id": north["id"]})
        await company.give(user, clerk)
        told = await permissions(company.admin, company, user, explain="true")
        (read,) = told["permissions"]
        (granted,) = read["granted_by"]
        assert (granted["role_id"], granted["role_name"]) == (clerk["id"], clerk["name"])
        names = [[(step["kind"], step["name"]) for step in path] for path in granted["paths"]]
        assert names == [
            [("role", clerk["name"])],
            [("group", "/sales/north"), ("group", "/sales"), ("role", "lead"), ("role", clerk["name"])],
        ]

    async def test_a_check_explained_tells_the_ways_too(self, company: Company, checker: Api) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read")
        await company.give(user, role)
        body = {"user_id": user["id"], "resource": "orders", "action": "read", "explain": True}
        told = await checker.act(f"{company.path}/integration/check-permission", body)
        (grant,) = told["trace"]["grants"]
        assert grant["paths"] == [[{"kind": "role", "id": role["id"], "name": role["name"]}]]

    async def test_somebody_out_of_service(self, company: Company) -> None:
        user = await company.add_user()
        await company.admin.update(f"{company.path}/users/{user['id']}", {"status": "inactive"})
        told = await permissions(company.admin, company, user)
        assert (told["active"], told["reason"]) == (False, "The user is inactive.")

    async def test_callers(self, company: Company, world: World) -> None:
        user, other = await company.add_user(), await company.add_user()
        path = f"{company.path}/users/{user['id']}/permissions"
        await (await company.signed_in(user)).get(path)
        await (await company.signed_in(other)).expect(403, "GET", path)
        token = (await company.sign_in(user["username"]))["access_token"]
        await company.admin.with_token(await company.lent(token, "openid")).expect(403, "GET", path)
        await (await company.machine("users:read")).expect(403, "GET", path)
        await (await company.machine("permissions:read")).get(path)
        await (await (await world.add_company()).machine("permissions:read")).expect(403, "GET", path)
        await company.admin.expect(404, "GET", f"{company.path}/users/{uuid.uuid4()}/permissions")
