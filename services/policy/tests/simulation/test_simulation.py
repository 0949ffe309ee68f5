"""What a draft would change, through the gateway."""

import uuid
from typing import Any

from tests.e2e.world import Api, Company
from vaultaris_kit.database import Database
from vaultaris_policy.policies.repository import Policies

ALLOW = {"name": "readers", "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}
DENY = {"name": "closed", "effect": "deny", "resource_pattern": "orders:*", "actions": ["*"]}


async def simulate(company: Company, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = await company.admin.act(f"{company.path}/policies/simulate", body)
    return told


def about(user: dict[str, Any], action: str = "read", **more: Any) -> dict[str, Any]:
    return {"user_id": user["id"], "resource": "orders:42", "action": action, **more}


async def add(company: Company, policy: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", policy)
    return made


class TestGiven:
    async def test_tells_what_would_change(self, company: Company) -> None:
        user = await company.add_user()
        told = await simulate(company, draft={"add": [ALLOW]}, requests=[about(user), about(user, "delete")])
        assert (told["evaluated"], told["newly_allowed"], told["newly_denied"]) == (2, 1, 0)
        (change,) = told["changes"]
        assert change == {
            "user_id": user["id"], "resource": "orders:42", "action": "read", "asked": 1, "context_omitted": False,
            "before": {
                "allowed": False, "reason": "No role grants it and no policy allows it.", "matched_policy": None,
            },
            "after": {"allowed": True, "reason": "The policy 'readers' allows it.", "matched_policy": "readers"},
        }  # fmt: skip
        assert (await company.admin.get(f"{company.path}/policies"))["total"] == 0

    async def test_replaced_removed_and_only(self, company: Company) -> None:
        user = await company.add_user()
        made = await add(company, ALLOW)
        for draft in (
            {"remove": [made["id"]]},
            {"replace": [{"id": made["id"], "status": "inactive"}]},
            {"replace": [{"id": made["id"], "actions": ["write"]}]},
            {"replace": [{"id": made["id"], "effect": "deny"}]},
            {"add": [DENY]},
            {"only": True},
        ):
            told = await simulate(company, draft=draft, requests=[about(user)])
            assert (told["newly_denied"], len(told["changes"])) == (1, 1), draft
        told = await simulate(company, draft={"replace": [{"id": made["id"], "priority": 7}]}, requests=[about(user)])
        assert told["changes"] == []

    async def test_an_inactive_policy_can_be_switched_on(self, company: Company) -> None:
        user = await company.add_user()
        made = await add(company, {**ALLOW, "status": "inactive"})
        draft = {"replace": [{"id": made["id"], "status": "active"}]}
        assert (await simulate(company, draft=draft, requests=[about(user)]))["newly_allowed"] == 1

    async def test_a_policy_stays_inactive_unless_the_draft_says_otherwise(self, company: Company) -> None:
        user = await company.add_user()
        made = await add(company, {**ALLOW, "status": "inactive"})
        told = await simulate(company, draft={"replace": [{"id": made["id"], "priority": 7}]}, requests=[about(user)])
        assert told["changes"] == []

    async def test_only_what_the_draft_names(self, company: Company) -> None:
        user = await company.add_user()
        made, closed = await add(company, ALLOW), await add(company, DENY)
        draft = {"only": True, "replace": [{"id": made["id"], "priority": 7}], "remove": [closed["id"]]}
        told = await simulate(company, draft=draft, requests=[about(user)])
        assert (told["newly_allowed"], told["changes"][0]["after"]["matched_policy"]) == (1, "readers")

    async def test_a_frozen_policy_can_be_removed_but_not_changed(self, company: Company, database: Database) -> None:
        user = await company.add_user()
        made = await add(company, ALLOW)
        tenant_id, policy_id = uuid.UUID(company.id), uuid.UUID(made["id"])
        async with database.tenant(tenant_id) as session:
            policy = await Policies(session, tenant_id).get(policy_id)
            policy.freeze_reason = "license_downgrade"
        told = await simulate(company, draft={"remove": [made["id"]]}, requests=[about(user)])
        assert told["changes"] == []
        body = {"draft": {"replace": [{"id": made["id"], "priority": 7}]}, "requests": [about(user)]}
        refused = await company.admin.expect(422, "POST", f"{company.path}/policies/simulate", json=body)
        assert [(each["field"], each["code"]) for each in refused["details"]] == [("draft.replace.0.id", "frozen")]

    async def test_contexts_count(self, company: Company) -> None:
        user = await company.add_user()
        own = {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}}
        requests = [about(user), about(user, context={"resource": {"owner_id": user["id"]}})]
        told = await simulate(company, draft={"add": [{**ALLOW, "conditions": own}]}, requests=requests)
        assert told["newly_allowed"] == 1


class TestRecorded:
    async def test_questions_asked_lately(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        path = f"{company.path}/integration/check-permission"
        for _ in range(3):
            await checker.act(path, {**about(user), "context": {"channel": "web"}})
        told = await simulate(company, draft={"add": [ALLOW]}, recorded=100)
        (change,) = told["changes"]
        assert (change["user_id"], change["asked"], change["context_omitted"]) == (user["id"], 3, True)
        await company.admin.delete(f"{company.path}/users/{user['id']}")
        told = await simulate(company, draft={"add": [ALLOW]}, recorded=100)
        assert (told["evaluated"], told["skipped"], told["changes"]) == (0, 1, [])


class TestBadInput:
    async def test_what_is_wrong_is_told_with_its_place(self, company: Company) -> None:
        user, gone = await company.add_user(), str(uuid.uuid4())
        path = f"{company.path}/policies/simulate"
        bad_leaf = {"attribute": "subject.id", "operator": "sounds_like", "value": "x"}
        made = await add(company, ALLOW)
        drafts = {
            "draft.add.0.conditions.operator": {"add": [{**ALLOW, "conditions": bad_leaf}]},
            "draft.add.0.effect": {"add": [{**ALLOW, "effect": "maybe"}]},
            "draft.replace.0.resource_pattern": {"replace": [{"id": made["id"], "resource_pattern": "a b"}]},
            "draft.replace.0.id": {"replace": [{"id": gone}]},
            "draft.remove.0": {"remove": [gone]},
        }
        for field, draft in drafts.items():
            refused = await company.admin.expect(422, "POST", path, json={"draft": draft, "requests": [about(user)]})
            assert [each["field"] for each in refused["details"]] == [field]
        refused = await company.admin.expect(
            422, "POST", path, json={"draft": {}, "requests": [about(user), about({"id": gone})]}
        )
        assert refused["details"][0]["field"] == "requests.1.user_id"

    async def test_bounds(self, company: Company) -> None:
        path = f"{company.path}/policies/simulate"
        user = company.admin_user
        bad: list[dict[str, Any]] = [
            {"draft": {}},
            {"draft": {}, "recorded": 10, "requests": [about(user)]},
            {"draft": {}, "recorded": 501},
            {"draft": {}, "requests": [about(user)] * 501},
            {"draft": {"add": [ALLOW] * 201}, "requests": [about(user)]},
            {"draft": {}, "requests": [about({"id": str(uuid.uuid4())}) for _ in range(101)]},
        ]
        for body in bad:
            await company.admin.expect(422, "POST", path, json=body)

    async def test_callers(self, company: Company) -> None:
        body = {"draft": {}, "requests": [about(company.admin_user)]}
        reader = await company.machine("policies:read")
        await reader.expect(403, "POST", f"{company.path}/policies/simulate", json=body)
