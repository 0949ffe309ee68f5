"""Too much of everything gets a plain answer: policies, attributes, contradictions, strangers."""

import time
import uuid
from typing import Any

import pytest
from sqlalchemy import text

from tests.e2e.world import Api, Company, World
from vaultaris_kit.database import Database

MANY = text(
    """
INSERT INTO policy.policies (id, tenant_id, created_at, updated_at, version, name, effect, resource_pattern, actions,
    priority, conditions, status)
SELECT gen_random_uuid(), :tenant_id, now(), now(), 1, 'policy-' || n, 'allow', 'thing-' || n % 500 || ':*',
    '["read"]', 0,
    jsonb_build_object('attribute', 'subject.attributes.department', 'operator', 'eq', 'value', 'dept-' || n), 'active'
FROM generate_series(1, 10000) n
"""
)


LARGE = text(
    """
INSERT INTO policy.policies (id, tenant_id, created_at, updated_at, version, name, effect, resource_pattern, actions,
    priority, conditions, status)
SELECT gen_random_uuid(), :tenant_id, now(), now(), 1, 'policy-' || n, 'allow', 'thing',
    '["read"]', 0,
    jsonb_build_object('attribute', 'subject.attributes.department', 'operator', 'eq', 'value', repeat('x', 55080)),
    'active'
FROM generate_series(1, 304) n
"""
)
"""Sixteen mebibytes less some kilobytes."""


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"x": value}
    return value


BOMBS = {
    "deep": nested(100),
    "very deep": nested(900),
    "wide": {str(number): number for number in range(20_000)},
    "huge": {"x": "y" * 100_000},
}


class TestTenThousand:
    async def test_are_decided_on_and_one_more_is_refused(
        self, company: Company, checker: Api, database: Database
    ) -> None:
        async with database.tenant(uuid.UUID(company.id)) as session:
            await session.execute(MANY, {"tenant_id": uuid.UUID(company.id)})
        await company.admin.expect(
            409, "POST", f"{company.path}/policies",
            json={"name": "one more", "effect": "allow", "resource_pattern": "x", "actions": ["read"]},
        )  # fmt: skip
        (page,) = (await company.admin.get(f"{company.path}/policies", per_page=1))["data"]
        await company.admin.update(f"{company.path}/policies/{page['id']}", {"description": "so that all hear of it"})
        user = await company.add_user(metadata={"department": "dept-7"})
        assert await company.may(checker, user, "thing-7:1", "read")
        assert not await company.may(checker, user, "thing-8:1", "read")
        started = time.process_time()
        body = {"user_id": user["id"], "checks": [{"resource": f"thing-{n}:1", "action": "read"} for n in range(100)]}
        told = await checker.act(f"{company.path}/integration/batch-check-permissions", body)
        assert [at for at, each in enumerate(told["results"]) if each["allowed"]] == [7]
        assert time.process_time() - started < 5


class TestSixteenMebibytes:
    async def test_a_full_tenant_can_shorten_its_policies_and_no_more(
        self, company: Company, database: Database
    ) -> None:
        async with database.tenant(uuid.UUID(company.id)) as session:
            await session.execute(LARGE, {"tenant_id": uuid.UUID(company.id)})
        (policy,) = (await company.admin.get(f"{company.path}/policies", per_page=1))["data"]
        one = f"{company.path}/policies/{policy['id']}"
        longer = ["a" * 190 + str(number) for number in range(100)]
        for body in ({"conditions": {**policy["conditions"], "value": "x" * 64_000}}, {"actions": longer}):
            refused = await company.admin.expect(409, "PUT", one, json=body)
            assert refused["error"] == "limit_reached"
        shorter = {**policy["conditions"], "value": "x" * 40_000}
        assert (await company.admin.update(one, {"conditions": shorter}))["conditions"] == shorter
        await company.admin.update(one, {"actions": longer[:50]})


class TestContradictions:
    async def test_the_denial_wins_whatever_the_priorities(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        for effect, priority in (("allow", 100), ("deny", -100), ("allow", 2**31 - 1)):
            body = {
                "name": f"{effect}{priority}", "effect": effect, "resource_pattern": "orders:*", "actions": ["read"],
                "priority": priority,
            }  # fmt: skip
            await company.admin.create(f"{company.path}/policies", body)
        assert not await company.may(checker, user, "orders:1", "read")
        assert not await company.may(checker, user, "orders", "read")


class TestBombs:
    @pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
    async def test_every_way_in(self, company: Company, checker: Api, bomb: dict[str, Any]) -> None:
        user = company.admin_user["id"]
        asked = {"resource": "orders", "action": "read", "context": bomb}
        subject = {"type": "user", "id": user}
        conditions = {"attribute": "subject.attributes", "operator": "eq", "value": bomb}
        policy = {"name": "p", "effect": "allow", "resource_pattern": "x", "actions": ["read"]}
        evaluation = {"subject": subject, "action": {"name": "read"}, "resource": {"type": "orders", "id": "1"}}
        ways: list[tuple[Api, str, dict[str, Any]]] = [
            (checker, "/integration/check-permission", {"user_id": user, **asked}),
            (
                checker,
                "/integration/batch-check-permissions",
                {"user_id": user, "checks": [asked]},
            ),
            (company.admin, f"/users/{user}/check-access", asked),
            (company.admin, "/policies/subjects", asked),
            (
                company.admin,
                "/policies/simulate",
                {"draft": {}, "requests": [{"user_id": user, **asked}]},
            ),
            (company.admin, "/policies", {**policy, "conditions": conditions}),
            (company.admin, "/policies", {**policy, "conditions": bomb}),
        ]
        for api, path, body in ways:
            response = await api.call("POST", f"{company.path}{path}", json=body)
            assert response.status_code in (400, 422), (path, response.status_code, response.text[:200])
        for body in ({**evaluation, "context": bomb}, {**evaluation, "subject": {**subject, "properties": bomb}}):
            assert (await checker.call("POST", "/access/v1/evaluation", json=body)).status_code == 400

    async def test_more_than_a_request_may_hold(self, company: Company, checker: Api) -> None:
        body = b'{"x":"' + b"y" * 1_100_000 + b'"}'
        path = f"{company.path}/integration/check-permission"
        await checker.expect(413, "POST", path, content=body, headers={"Content-Type": "application/json"})


class TestStrangers:
    async def test_unknown_users_and_those_of_another_tenant(
        self, company: Company, checker: Api, world: World
    ) -> None:
        foreign = await (await world.add_company()).add_user()
        for user_id in (foreign["id"], str(uuid.uuid4())):
            body = {"user_id": user_id, "resource": "orders", "action": "read"}
            await checker.expect(404, "POST", f"{company.path}/integration/check-permission", json=body)
            many = {"user_id": user_id, "checks": [{"resource": "orders", "action": "read"}]}
            await checker.expect(404, "POST", f"{company.path}/integration/batch-check-permissions", json=many)
            await company.admin.expect(404, "GET", f"{company.path}/users/{user_id}/permissions")
            await company.admin.expect(404, "POST", f"{company.path}/users/{user_id}/check-access", json=body)
