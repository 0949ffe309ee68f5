"""Evaluation, the user's check and the editor's vocabulary, through the gateway."""

import uuid
from typing import Any

import pytest

from tests.e2e.world import Company, unique
from vaultaris_kit.conditions.operators import OPERATORS

OWNER = {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}}


async def policy(company: Company, effect: str, **fields: Any) -> dict[str, Any]:
    body = {"name": unique(effect), "effect": effect, "resource_pattern": "orders:*", "actions": ["read"], **fields}
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", body)
    return made


def supplied(company: Company, **fields: Any) -> dict[str, Any]:
    return {
        "subject": {"id": str(uuid.uuid4()), "tenant_id": company.id, "attributes": {"clearance": 3}},
        "resource": {"resource_type": "orders", "resource_id": str(uuid.uuid4())},
        "action": "read",
        **fields,
    }


async def evaluate(company: Company, body: dict[str, Any], **query: str) -> dict[str, Any]:
    answer = await company.admin.expect(200, "POST", f"{company.path}/policies/evaluate", json=body, params=query)
    data: dict[str, Any] = answer["data"]
    return data


class TestEvaluate:
    async def test_nothing_matches(self, company: Company) -> None:
        assert await evaluate(company, supplied(company)) == {
            "allowed": False, "effect": "not_applicable", "matched_policies": [], "reason": "No policy applies.",
            "trace": None,
        }  # fmt: skip

    async def test_deny_wins_and_everything_that_matched_is_told(self, company: Company) -> None:
        cleared = {"attribute": "subject.attributes.clearance", "operator": "gte", "value": 3}
        allow = await policy(company, "allow", priority=10, conditions=cleared)
        deny = await policy(company, "deny", conditions={"attribute": "environment.ip_address", "operator": "exists"})
        told = await evaluate(company, supplied(company))
        assert (told["allowed"], told["effect"]) == (True, "allow")
        told = await evaluate(company, supplied(company, environment={"ip_address": "192.0.2.7"}))
        assert (told["allowed"], told["effect"]) == (False, "deny")
        assert told["reason"] == f"The policy '{deny['name']}' denies it."
        assert told["matched_policies"] == [
            {
                "policy_id": each["id"],
                "policy_name": each["name"],
                "effect": each["effect"],
                "priority": each["priority"],
            }
            for each in (allow, deny)
        ]

    async def test_a_subject_of_another_tenant_gets_nothing(self, company: Company) -> None:
        await policy(company, "allow")
        body = supplied(company)
        body["subject"]["tenant_id"] = str(uuid.uuid4())
        assert (await evaluate(company, body))["effect"] == "not_applicable"

    async def test_a_trace_when_asked(self, company: Company) -> None:
        await policy(company, "allow", conditions=OWNER)
        told = await evaluate(company, supplied(company), explain="true")
        assert told["trace"]["decided_by"] == "nothing"
        assert told["trace"]["policies"][0]["conditions"] == {**OWNER, "result": False, "missing": True}

    @pytest.mark.parametrize("gone", ["subject", "resource", "action"])
    async def test_what_is_missing_is_named(self, company: Company, gone: str) -> None:
        body = {name: value for name, value in supplied(company).items() if name != gone}
        refused = await company.admin.expect(422, "POST", f"{company.path}/policies/evaluate", json=body)
        assert [each["field"] for each in refused["details"]] == [gone]

    async def test_bombs_get_a_plain_answer(self, company: Company) -> None:
        deep: dict[str, Any] = {}
        for _ in range(200):
            deep = {"x": deep}
        for bomb in (deep, {"x": "y" * 70_000}):
            body = supplied(company, environment={"attributes": bomb})
            await company.admin.expect(422, "POST", f"{company.path}/policies/evaluate", json=body)


class TestUserCheck:
    async def test_roles_and_policies_together(self, company: Company) -> None:
        user = await company.add_user()
        path = f"{company.path}/users/{user['id']}/policies/check"
        asked = {"resource": "orders", "action": "read", "resource_id": "42"}
        assert (await company.admin.get(path, **asked))["data"]["effect"] == "not_applicable"
        await company.give(user, await company.add_role("orders:read"))
        told = (await company.admin.get(path, **asked))["data"]
        assert (told["allowed"], told["effect"], told["matched_policies"]) == (True, "allow", [])
        made = await policy(company, "deny")
        told = (await company.admin.get(path, **asked))["data"]
        assert (told["allowed"], told["effect"]) == (False, "deny")
        assert [each["policy_id"] for each in told["matched_policies"]] == [made["id"]]

    async def test_the_owner_and_attributes_of_the_query(self, company: Company) -> None:
        user = await company.add_user()
        red = {"attribute": "resource.attributes.colour", "operator": "eq", "value": "red"}
        await policy(company, "allow", conditions={"all": [OWNER, red]})
        path = f"{company.path}/users/{user['id']}/policies/check"
        asked = {"resource": "orders:1", "action": "read", "owner_id": user["id"], "attr.colour": "red"}
        assert (await company.admin.get(path, **asked))["data"]["allowed"]
        assert not (await company.admin.get(path, **{**asked, "attr.colour": "blue"}))["data"]["allowed"]
        await company.admin.expect(422, "GET", path, params={**asked, "attr.colour": "x" * 2000})
        await company.admin.expect(422, "GET", path, params={"resource": "orders"})

    async def test_the_alias_takes_a_body(self, company: Company) -> None:
        user = await company.add_user(metadata={"department": "sales"})
        in_sales = {"attribute": "subject.attributes.department", "operator": "eq", "value": "sales"}
        await policy(company, "allow", conditions={"all": [OWNER, in_sales]})
        path = f"{company.path}/users/{user['id']}/check-access"
        body = {"resource": "orders", "action": "read", "resource_id": "42"}
        assert not (await company.admin.act(path, body))["allowed"]
        assert (await company.admin.act(path, {**body, "context": {"resource": {"owner_id": user["id"]}}}))["allowed"]
        told = await company.admin.act(path, {**body, "explain": True})
        assert told["trace"]["decided_by"] == "nothing"

    async def test_unknown_users(self, company: Company) -> None:
        asked = {"resource": "orders", "action": "read"}
        path = f"{company.path}/users/{uuid.uuid4()}"
        await company.admin.expect(404, "GET", f"{path}/policies/check", params=asked)
        await company.admin.expect(404, "POST", f"{path}/check-access", json=asked)

    async def test_needs_the_right(self, company: Company) -> None:
        reader, user = await company.machine("policies:read"), await company.add_user()
        path = f"{company.path}/users/{user['id']}/policies/check"
        await reader.expect(403, "GET", path, params={"resource": "orders", "action": "read"})
        await reader.expect(403, "POST", f"{company.path}/policies/evaluate", json=supplied(company))


class TestVocabulary:
    async def test_offers_every_operator_and_what_the_policies_name(self, company: Company) -> None:
        await policy(company, "allow", resource_pattern="invoices:*", actions=["approve", "re*"])
        told = (await company.admin.get(f"{company.path}/policies/conditions-schema"))["data"]
        assert [each["name"] for each in told["operators"]] == list(OPERATORS)
        assert told["combinators"] == ["all", "any", "not"]
        assert (told["resource_types"], told["actions"]) == (["invoices"], ["approve"])
        paths = {each["path"] for each in told["attributes"]}
        assert {"environment.ip_address", "subject.api_key.name", "subject.properties"} <= paths
