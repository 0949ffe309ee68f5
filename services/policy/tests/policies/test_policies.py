"""Policies through the gateway: beyond the contract that every resource keeps."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from tests.bad_conditions import BAD_IN_THE_WHOLE_LANGUAGE
from tests.e2e.world import Company, unique
from vaultaris_kit.database import Database
from vaultaris_policy.policies.operations import MAX_POLICIES

LEAF = {"attribute": "subject.id", "operator": "eq", "value": "7"}


def body(**fields: Any) -> dict[str, Any]:
    """A policy unlike all others."""
    return {"name": unique("policy"), "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"], **fields}


async def make(company: Company, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", body(**fields))
    return made


class TestCreate:
    async def test_defaults(self, company: Company) -> None:
        made = await make(company)
        assert (made["priority"], made["conditions"], made["status"]) == (0, {}, "active")
        assert (made["display_name"], made["description"]) == (None, None)

    async def test_a_bare_array_means_all(self, company: Company) -> None:
        assert (await make(company, conditions=[LEAF]))["conditions"] == {"all": [LEAF]}
        assert (await make(company, conditions=[]))["conditions"] == {}

    @pytest.mark.parametrize(
        ("wrong", "field", "code"),
        [
            *(({"conditions": raw}, path, code) for raw, path, code in BAD_IN_THE_WHOLE_LANGUAGE),
            ({"resource_pattern": "a b"}, "resource_pattern", "bad_pattern"),
            ({"actions": ["read", "*" * 11]}, "actions.1", "bad_pattern"),
        ],
    )  # fmt: skip
    async def test_what_is_wrong_is_told_with_its_place(
        self, company: Company, wrong: dict[str, Any], field: str, code: str
    ) -> None:
        refused = await company.admin.expect(422, "POST", f"{company.path}/policies", json=body(**wrong))
        assert [(each["field"], each["code"]) for each in refused["details"]] == [(field, code)]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"effect": "maybe"}, {"actions": []}, {"actions": ["a"] * 101}, {"priority": 2**31}, {"priority": True},
            {"priority": 1.5}, {"status": "x"}, {"resource_pattern": "x" * 201}, {"conditions": "all"},
            {"conditions": {"all": [{**LEAF, "value": "x" * 70_000}]}}, {"name": " "}, {"resource_pattern": ""},
        ],
    )  # fmt: skip
    async def test_bounds(self, company: Company, wrong: dict[str, Any]) -> None:
        refused = await company.admin.expect(422, "POST", f"{company.path}/policies", json=body(**wrong))
        assert {each["field"].split(".")[0] for each in refused["details"]} == set(wrong)

    async def test_a_bomb_of_conditions_gets_a_plain_answer(self, company: Company) -> None:
        deep: Any = LEAF
        for _ in range(60):
            deep = {"not": deep}
        wide = {"any": [LEAF] * 500}
        for bomb, code in ((deep, "too_deep"), (wide, "too_many")):
            refused = await company.admin.expect(422, "POST", f"{company.path}/policies", json=body(conditions=bomb))
            assert [each["code"] for each in refused["details"]] == [code]

    async def test_a_key_makes_it_once(self, company: Company) -> None:
        headers, sent = {"Idempotency-Key": unique("key")}, body()
        first, again = [
            await company.admin.expect(201, "POST", f"{company.path}/policies", json=sent, headers=headers)
            for _ in range(2)
        ]
        assert first == again

    async def test_a_full_tenant(self, company: Company, database: Database) -> None:
        fill = text(
            "INSERT INTO policies (id, tenant_id, created_at, updated_at, version, name, effect, resource_pattern,"
            " actions, priority, conditions, status) SELECT gen_random_uuid(), :tenant_id, now(), now(), 1,"
            """ 'filler-' || n, 'deny', 'filler:' || n, '["read"]', 0, '{}', 'active' FROM generate_series(1, :n) n"""
        )
        tenant_id = uuid.UUID(company.id)
        async with database.tenant(tenant_id) as session:
            await session.execute(fill, {"tenant_id": tenant_id, "n": MAX_POLICIES - 1})
        last = await make(company)
        refused = await company.admin.expect(409, "POST", f"{company.path}/policies", json=body())
        assert refused["message"] == "A tenant can have at most 10,000 policies."
        checker, user = await company.machine("integration:check"), await company.add_user()
        assert await company.may(checker, user, "orders:1", "read")
        assert not await company.may(checker, user, "filler:77", "read")
        await company.admin.delete(f"{company.path}/policies/{last['id']}")
        await make(company)


class TestList:
    async def test_filters_and_sorts(self, company: Company) -> None:
        for effect, status, priority in (("allow", "active", 5), ("deny", "inactive", -5), ("deny", "active", 0)):
            await make(company, effect=effect, status=status, priority=priority)
        path = f"{company.path}/policies"
        assert (await company.admin.get(path, effect="deny"))["total"] == 2
        assert (await company.admin.get(path, effect="deny", status="active"))["total"] == 1
        listed = (await company.admin.get(path, sort="priority", order="desc"))["data"]
        assert [each["priority"] for each in listed] == [5, 0, -5]
        await company.admin.expect(422, "GET", path, params={"effect": "maybe"})


class TestVersions:
    async def test_tell_what_a_policy_said_and_who_made_it_so(self, company: Company) -> None:
        made = await make(company, priority=1)
        path = f"{company.path}/policies/{made['id']}"
        await company.admin.update(path, {"priority": 2})
        await company.admin.update(path, {"priority": 2})
        await company.admin.update(path, {"conditions": [LEAF], "effect": None})
        told = (await company.admin.get(f"{path}/versions"))["data"]
        assert [(each["version"], each["policy"]["priority"]) for each in told] == [(3, 2), (2, 2), (1, 1)]
        assert told[0]["policy"]["conditions"] == {"all": [LEAF]}
        assert {(each["actor_type"], each["actor_id"]) for each in told} == {("user", company.admin_user["id"])}

    async def test_a_bad_change_changes_nothing(self, company: Company) -> None:
        made = await make(company)
        path = f"{company.path}/policies/{made['id']}"
        await company.admin.expect(422, "PUT", path, json={"actions": ["a b"], "priority": 9})
        assert (await company.admin.get(path))["data"] == made
        assert len((await company.admin.get(f"{path}/versions"))["data"]) == 1

    async def test_go_with_the_policy(self, company: Company) -> None:
        path = f"{company.path}/policies/{(await make(company))['id']}"
        await company.admin.delete(path)
        await company.admin.expect(404, "GET", f"{path}/versions")


class TestRowSecurity:
    async def test_every_table_is_isolated(self, database: Database) -> None:
        query = text(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'policy' AND c.relkind = 'r' AND c.relname <> 'schema_version'"
        )
        async with database.instance() as session:
            tables = {str(row[0]): bool(row[1]) for row in await session.execute(query)}
        assert len(tables) == 6
        assert all(tables.values())

    async def test_another_tenants_policy_is_not_there(self, company: Company, database: Database) -> None:
        made = await make(company)
        query = text("SELECT count(*) FROM policies WHERE id = :id")
        for scope, count in ((uuid.UUID(company.id), 1), (uuid.uuid4(), 0)):
            async with database.tenant(scope) as session:
                assert (await session.execute(query, {"id": made["id"]})).scalar_one() == count


class TestRestore:
    async def test_says_again_what_it_said(self, company: Company) -> None:
        body = {"name": "p", "effect": "allow", "resource_pattern": "orders", "actions": ["read"], "priority": 7}
        made = await company.admin.create(f"{company.path}/policies", body)
        path = f"{company.path}/policies/{made['id']}"
        await company.admin.update(path, {"priority": 9, "effect": "deny", "name": "q"})
        restored = await company.admin.act(f"{path}/versions/1/restore")
        assert {name: restored[name] for name in body} == body
        versions = (await company.admin.get(f"{path}/versions"))["data"]
        assert [each["version"] for each in versions] == [3, 2, 1]
        assert versions[0]["policy"] == versions[2]["policy"]

    async def test_refusals(self, company: Company) -> None:
        body = {"name": "p", "effect": "allow", "resource_pattern": "orders", "actions": ["read"]}
        made = await company.admin.create(f"{company.path}/policies", body)
        path = f"{company.path}/policies/{made['id']}"
        await company.admin.expect(404, "POST", f"{path}/versions/2/restore")
        await company.admin.expect(422, "POST", f"{path}/versions/0/restore")
        await company.admin.expect(422, "POST", f"{path}/versions/9999999999/restore")
        await company.admin.update(path, {"name": "q"})
        await company.admin.expect(412, "POST", f"{path}/versions/1/restore", headers={"If-Match": '"1"'})
        await company.admin.create(f"{company.path}/policies", body)
        await company.admin.expect(409, "POST", f"{path}/versions/1/restore")
        reader = await company.machine("policies:read")
        await reader.expect(403, "POST", f"{path}/versions/1/restore")
