"""Decisions on API keys, through the gateway."""

from typing import Any

from tests.e2e.world import Api, Company, World
from tests.eventually import eventually

ROW = "/api/v1/api-keys/authorize"
READ = {"resource": "orders:42", "action": "read"}
IN_SALES = {"attribute": "subject.groups", "operator": "contains", "value": "/sales"}


class KeyApi(Api):
    """Calls with an API key."""

    def _headers(self) -> dict[str, str]:
        return {"X-Api-Key": str(self.token)}


async def make(company: Company, path: str | None = None, **fields: Any) -> KeyApi:
    made = await company.admin.create(path or f"{company.path}/api-keys", {"name": "ci", **fields})
    return KeyApi(company.admin.url, made["secret"])


async def ask(key: Api, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await key.act(ROW, {**READ, **fields})
    return answer


async def add_policy(company: Company, effect: str, **fields: Any) -> dict[str, Any]:
    body = {"name": f"{effect}-orders", "effect": effect, "resource_pattern": "orders:*", "actions": ["read"], **fields}
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", body)
    return made


class TestOwners:
    async def test_a_tenants_key_may_everything_within_its_scopes(self, company: Company) -> None:
        whole = await ask(await make(company))
        assert (whole["allowed"], whole["reason"]) == (True, "The API key's owner holds the permission *:*.")
        narrow = await make(company, scopes=["orders:read", "invoices:*"])
        assert (await ask(narrow))["allowed"]
        told = await ask(narrow, action="delete")
        assert (told["allowed"], told["reason"]) == (False, "It is beyond the scopes of the API key.")
        assert (await ask(narrow, resource="invoices", action="delete"))["allowed"]

    async def test_a_persons_key_may_what_the_person_may(self, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read", "orders:delete")
        key = await make(company, user_id=user["id"], scopes=["*:read"])
        assert not (await ask(key))["allowed"]
        await company.give(user, role)
        assert await eventually(lambda: ask(key), lambda told: told["allowed"])
        assert not (await ask(key, action="delete"))["allowed"]
        await company.admin.update(f"{company.path}/users/{user['id']}", {"status": "inactive"})

        async def status() -> int:
            return (await key.call("POST", ROW, json=READ)).status_code

        assert await eventually(status, lambda seen: seen == 401) == 401

    async def test_a_groups_key_may_what_the_group_confers(self, company: Company) -> None:
        group = await company.admin.create(f"{company.path}/groups", {"name": "sales"})
        path = f"{company.path}/groups/{group['id']}"
        key = await make(company, f"{path}/api-keys")
        assert not (await ask(key))["allowed"]
        role = await company.add_role("orders:read")
        await company.admin.assign(f"{path}/roles", {"role_id": role["id"]})
        told = await eventually(lambda: ask(key), lambda told: told["allowed"])
        assert told["reason"] == f"The permission orders:read is held through the role '{role['name']}'."


class TestPolicies:
    async def test_a_deny_wins_and_scopes_bound_an_allow(self, company: Company) -> None:
        group = await company.admin.create(f"{company.path}/groups", {"name": "sales"})
        key = await make(company, f"{company.path}/groups/{group['id']}/api-keys", scopes=["orders:read"])
        await add_policy(company, "allow", conditions=IN_SALES, actions=["*"])
        assert (await ask(key))["matched_policy"] == "allow-orders"
        assert not (await ask(key, action="delete"))["allowed"]
        by_key = {"attribute": "subject.api_key.owner_type", "operator": "eq", "value": "group"}
        await add_policy(company, "deny", conditions=by_key)
        assert (await ask(key))["matched_policy"] == "deny-orders"

    async def test_explained(self, company: Company) -> None:
        key = await make(company, scopes=["orders:read"])
        told = await ask(key, explain=True)
        assert told["trace"]["decided_by"] == "role"
        assert (await ask(key, action="delete", explain=True))["trace"]["decided_by"] == "scopes"

    async def test_explained_with_the_ways_of_its_owner(self, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("orders:read")
        await company.give(user, role)
        (grant,) = (await ask(await make(company, user_id=user["id"]), explain=True))["trace"]["grants"]
        assert grant["paths"] == [[{"kind": "role", "id": role["id"], "name": role["name"]}]]


class TestBadInput:
    async def test_only_keys(self, company: Company, checker: Api, world: World) -> None:
        await checker.expect(403, "POST", ROW, json=READ)
        await world.public.expect(401, "POST", ROW, json=READ)

    async def test_what_is_wrong_is_told(self, company: Company) -> None:
        key = await make(company)
        await key.expect(400, "POST", ROW, content=b"{")
        refused = await key.expect(422, "POST", ROW, json={"resource": "", "context": []})
        assert {each["field"] for each in refused["details"]} == {"resource", "action", "context"}
        await key.expect(422, "POST", ROW, json={**READ, "context": {"x": "y" * 70_000}})

    async def test_a_revoked_key(self, company: Company) -> None:
        made = await company.admin.create(f"{company.path}/api-keys", {"name": "ended"})
        key = KeyApi(company.admin.url, made["secret"])
        assert (await ask(key))["allowed"]
        await company.admin.act(f"{company.path}/api-keys/{made['api_key']['id']}/revoke")
        await key.expect(401, "POST", ROW, json=READ)
