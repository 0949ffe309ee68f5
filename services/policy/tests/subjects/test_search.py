"""Who may do something, through the gateway."""

from typing import Any

from tests.e2e.world import Api, Company, World

READ = {"resource": "orders:42", "action": "read"}


async def search(api: Api, company: Company, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = await api.act(f"{company.path}/policies/subjects", {**READ, **body})
    return told


async def everybody(api: Api, company: Company, **body: Any) -> tuple[set[str], int]:
    """All subjects, page by page, and how many pages that took."""
    found: set[str] = set()
    cursor: str | None = None
    for pages in range(1, 20):
        told = await search(api, company, **body, cursor=cursor)
        found |= {each["user_id"] for each in told["subjects"]}
        cursor = told["next_cursor"]
        if cursor is None:
            return found, pages
    raise AssertionError("no end")


class TestByRoles:
    async def test_finds_holders_by_every_way(self, company: Company) -> None:
        role, any_order = await company.add_role("orders:read"), await company.add_role("orders:*")
        direct, grouped, wide, nobody = [await company.add_user() for _ in range(4)]
        await company.give(direct, role)
        await company.give(wide, any_order)
        group = await company.admin.create(f"{company.path}/groups", {"name": "readers"})
        below = await company.admin.create(f"{company.path}/groups", {"name": "below", "parent_id": group["id"]})
        await company.admin.assign(f"{company.path}/groups/{group['id']}/roles", {"role_id": role["id"]})
        await company.admin.assign(f"{company.path}/users/{grouped['id']}/groups", {"group_id": below["id"]})
        told = await search(company.admin, company)
        found = {each["user_id"] for each in told["subjects"]}
        assert {direct["id"], grouped["id"], wide["id"]} <= found  # and the tenant's administrator, who may everything
        assert nobody["id"] not in found
        assert (told["candidates"], told["next_cursor"]) == ("permission_holders", None)
        assert told["examined"] == len(told["subjects"])

    async def test_the_inactive_may_nothing(self, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read")
        await company.give(user, role)
        await company.admin.update(f"{company.path}/users/{user['id']}", {"status": "inactive"})
        assert user["id"] not in (await everybody(company.admin, company))[0]


class TestByPolicies:
    async def test_an_allow_may_grant_it_to_anybody_and_a_deny_to_nobody(self, company: Company) -> None:
        sales = {"attribute": "subject.attributes.department", "operator": "eq", "value": "sales"}
        seller = await company.add_user(metadata={"department": "sales"})
        other = await company.add_user()
        body = {"name": "sales", "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}
        await company.admin.create(f"{company.path}/policies", {**body, "conditions": sales})
        told = await search(company.admin, company)
        by_id = {each["user_id"]: each for each in told["subjects"]}
        assert (told["candidates"], by_id[seller["id"]]["matched_policy"]) == ("all_users", "sales")
        assert other["id"] not in by_id
        deny = {"name": "closed", "effect": "deny", "resource_pattern": "orders:42", "actions": ["*"]}
        await company.admin.create(f"{company.path}/policies", deny)
        assert (await search(company.admin, company))["subjects"] == []

    async def test_the_context_counts(self, company: Company) -> None:
        user = await company.add_user()
        own = {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}}
        body = {"name": "own", "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}
        await company.admin.create(f"{company.path}/policies", {**body, "conditions": own})
        found, _ = await everybody(company.admin, company, context={"resource": {"owner_id": user["id"]}})
        assert user["id"] in found


class TestPages:
    async def test_all_of_them_once(self, company: Company) -> None:
        role = await company.add_role("orders:read")
        users = [await company.add_user(password=None) for _ in range(7)]
        for user in users:
            await company.give(user, role)
        found, pages = await everybody(company.admin, company, limit=3)
        assert {user["id"] for user in users} <= found
        assert pages == 3  # seven, and the administrator

    async def test_bad_input(self, company: Company, world: World) -> None:
        path = f"{company.path}/policies/subjects"
        for bad in ({"cursor": "x"}, {"cursor": "WyJ4Il0"}, {"limit": 0}, {"limit": 1000}, {"action": ""}):
            await company.admin.expect(422, "POST", path, json={**READ, **bad})
        await (await company.machine("policies:evaluate")).expect(403, "POST", path, json=READ)
        await (await company.machine("users:read")).expect(403, "POST", path, json=READ)
        both = await company.machine("users:read", "policies:evaluate")
        assert (await search(both, company))["subjects"]
        other = await world.add_company()
        await other.admin.expect(403, "POST", path, json=READ)
