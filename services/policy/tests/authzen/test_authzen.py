"""AuthZEN through the gateway."""

from typing import Any

import pytest

from tests.e2e.world import Api, Company, World

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"


def request(user: dict[str, Any], action: str = "read", **more: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": user["id"]},
        "action": {"name": action},
        "resource": {"type": "orders", "id": "42"},
        **more,
    }


async def ask(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = await api.expect(200, "POST", path, json=body)
    return told


async def reader(company: Company) -> dict[str, Any]:
    """Somebody who may read orders."""
    user = await company.add_user()
    await company.give(user, await company.add_role("orders:read"))
    return user


def decisions(told: dict[str, Any]) -> list[bool]:
    return [each["decision"] for each in told["evaluations"]]


class TestEvaluation:
    async def test_by_role_and_by_any_name_of_the_user(self, company: Company, checker: Api) -> None:
        user = await reader(company)
        for ident in (user["id"], user["username"], user["email"]):
            body = request(user, subject={"type": "user", "id": ident})
            told = await ask(checker, ONE, body)
            assert told["decision"] is True
            assert told["context"]["reason_admin"]["en"].startswith("The permission orders:read is held")
        assert (await ask(checker, ONE, request(user, "delete")))["decision"] is False

    async def test_properties_are_attributes(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        conditions = [
            {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}},
            {"attribute": "resource.attributes.state", "operator": "eq", "value": "open"},
            {"attribute": "environment.attributes.channel", "operator": "eq", "value": "web"},
            {"attribute": "environment.attributes.action.method", "operator": "eq", "value": "GET"},
            {"attribute": "environment.ip_address", "operator": "ip_in_range", "value": "10.0.0.0/8"},
            {"attribute": "subject.properties.device", "operator": "eq", "value": "known"},
        ]
        body = {"name": "p", "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}
        await company.admin.create(f"{company.path}/policies", {**body, "conditions": {"all": conditions}})
        asked = {
            "subject": {"type": "user", "id": user["id"], "properties": {"device": "known", "id": "x"}},
            "action": {"name": "read", "properties": {"method": "GET"}},
            "resource": {"type": "orders", "id": "1", "properties": {"owner_id": user["id"], "state": "open"}},
            "context": {"channel": "web", "ip_address": "10.0.0.1", "time": "1985-10-26T01:22-07:00"},
        }
        assert await ask(checker, ONE, asked) == {
            "decision": True,
            "context": {"reason_admin": {"en": "The policy 'p' allows it."}, "matched_policy": "p"},
        }

    async def test_a_context_can_not_stand_for_the_resource(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        own = {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}}
        body = {"name": "own", "effect": "allow", "resource_pattern": "orders:*", "actions": ["*"], "conditions": own}
        await company.admin.create(f"{company.path}/policies", body)
        spoof = {"resource": {"owner_id": user["id"]}, "environment": {"resource": {"owner_id": user["id"]}}}
        assert (await ask(checker, ONE, request(user, context=spoof)))["decision"] is False

    async def test_a_subject_of_another_type_is_as_told(self, company: Company, checker: Api) -> None:
        is_robot = {"attribute": "subject.type", "operator": "eq", "value": "robot"}
        body = {"name": "robots", "effect": "allow", "resource_pattern": "*", "actions": ["*"], "conditions": is_robot}
        await company.admin.create(f"{company.path}/policies", body)
        user = await company.add_user()
        assert (await ask(checker, ONE, request(user, subject={"type": "robot", "id": "r2"})))["decision"] is True
        assert (await ask(checker, ONE, request(user)))["decision"] is False

    async def test_strangers(self, company: Company, checker: Api, world: World) -> None:
        foreign = await (await world.add_company()).add_user()
        for ident in (foreign["id"], foreign["email"], "nobody"):
            told = await ask(checker, ONE, request(foreign, subject={"type": "user", "id": ident}))
            assert (told["decision"], told["context"]["error"]["status"]) == (False, 404)


class TestEvaluations:
    async def test_defaults_and_order(self, company: Company, checker: Api) -> None:
        user = await reader(company)
        evaluations: list[dict[str, Any]] = [
            {},
            {"action": {"name": "delete"}},
            {"resource": {"type": "orders", "id": "7"}},
            {"subject": {"type": "user", "id": "nobody"}},
        ]
        told = await ask(checker, MANY, {**request(user), "evaluations": evaluations})
        assert decisions(told) == [True, False, True, False]
        assert told["evaluations"][3]["context"]["error"]["status"] == 404

    @pytest.mark.parametrize(
        ("semantic", "expected"),
        [
            ("execute_all", [True, False, True]),
            ("deny_on_first_deny", [True, False]),
            ("permit_on_first_permit", [True]),
        ],
    )
    async def test_semantics(self, company: Company, checker: Api, semantic: str, expected: list[bool]) -> None:
        user = await reader(company)
        evaluations = [{"action": {"name": name}} for name in ("read", "delete", "read")]
        body = {**request(user), "evaluations": evaluations, "options": {"evaluations_semantic": semantic}}
        assert decisions(await ask(checker, MANY, body)) == expected

    @pytest.mark.parametrize("more", [{}, {"evaluations": []}])
    async def test_without_evaluations_it_is_a_single_one(
        self, company: Company, checker: Api, more: dict[str, Any]
    ) -> None:
        user = await reader(company)
        assert (await ask(checker, MANY, {**request(user), **more}))["decision"] is True

    async def test_what_is_wrong_is_told(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        body = {"subject": {"type": "user", "id": user["id"]}, "evaluations": [{"action": {"name": "read"}}]}
        refused = await checker.expect(400, "POST", MANY, json=body)
        assert [each["field"] for each in refused["details"]] == ["evaluations.0.resource"]
        bad: list[Any] = [
            {**request(user), "options": {"evaluations_semantic": "maybe"}},
            {**request(user), "evaluations": [{}] * 101},
            {**request(user), "evaluations": [{"context": {"x": "y" * 70_000}}]},
            [],
        ]
        for each in bad:
            await checker.expect(400, "POST", MANY, json=each)
        await checker.expect(400, "POST", ONE, json={"subject": {"type": "user"}})
        await checker.expect(400, "POST", ONE, content=b"{")


class TestAround:
    async def test_metadata(self, world: World) -> None:
        told = await world.public.get("/.well-known/authzen-configuration")
        assert told["access_evaluation_endpoint"] == f"{told['policy_decision_point']}{ONE}"
        assert told["access_evaluations_endpoint"] == f"{told['policy_decision_point']}{MANY}"

    async def test_callers(self, company: Company, world: World) -> None:
        powerless = await company.machine("users:read")
        for path in (ONE, MANY):
            await world.public.expect(401, "POST", path, json={})
            await powerless.expect(403, "POST", path, json={})

    async def test_the_request_id_comes_back(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        for given in ("pep-1", "urn:pep:1/a+b=="):
            answer = await checker.call("POST", ONE, json=request(user), headers={"X-Request-ID": given})
            assert answer.headers.get_list("x-request-id") == [given]
        refused = await checker.call("POST", ONE, json={}, headers={"X-Request-ID": given})
        assert (refused.status_code, refused.headers["x-request-id"]) == (400, given)
        assert len(refused.json()["request_id"]) == 36
