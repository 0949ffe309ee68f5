"""Checks with policies, through the gateway and over gRPC."""

import asyncio
from typing import Any

import grpc
import pytest

from tests.e2e.world import Api, Company, World, unique
from vaultaris.policy.v1.policy_pb2 import BatchCheckPermissionsRequest, CheckPermissionRequest
from vaultaris.policy.v1.policy_pb2_grpc import PolicyServiceStub
from vaultaris_kit.rpc.client import Peers
from vaultaris_policy.settings import PolicySettings
from vaultaris_stack.local import LocalStack

OFFICE = {"attribute": "environment.ip_address", "operator": "ip_in_range", "value": ["10.0.0.0/8"]}
FROM_OFFICE = {"environment": {"ip_address": "10.1.2.3"}}


async def policy(company: Company, effect: str, **fields: Any) -> dict[str, Any]:
    body = {"name": unique(effect), "effect": effect, "resource_pattern": "orders:*", "actions": ["read"], **fields}
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", body)
    return made


async def check(company: Company, checker: Api, user: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"user_id": user["id"], "resource": "orders:42", "action": "read", **fields}
    answer: dict[str, Any] = await checker.act(f"{company.path}/integration/check-permission", body)
    return answer


class TestCheck:
    async def test_a_policy_decides_and_is_named(self, company: Company, checker: Api) -> None:
        user, made = await company.add_user(), await policy(company, "allow", conditions=OFFICE)
        told = await check(company, checker, user, context=FROM_OFFICE)
        assert (told["allowed"], told["matched_policy"]) == (True, made["name"])
        told = await check(company, checker, user)
        assert told == {
            "allowed": False,
            "reason": "No role grants it and no policy allows it.",
            "matched_policy": None,
        }

    async def test_a_change_counts_at_once(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        for _ in range(10):
            made = await policy(company, "allow")
            path = f"{company.path}/policies/{made['id']}"
            assert (await check(company, checker, user))["allowed"]
            await company.admin.update(path, {"status": "inactive"})
            assert not (await check(company, checker, user))["allowed"]
            await company.admin.update(path, {"status": "active"})
            assert (await check(company, checker, user))["allowed"]
            await company.admin.delete(path)
            assert not (await check(company, checker, user))["allowed"]

    async def test_policies_of_another_tenant_do_not_count(self, company: Company, checker: Api, world: World) -> None:
        other, user = await world.add_company(), await company.add_user()
        made = await policy(other, "allow")
        await company.admin.expect(403, "GET", f"{other.path}/policies/{made['id']}")
        await company.admin.expect(404, "GET", f"{company.path}/policies/{made['id']}")
        assert not (await check(company, checker, user))["allowed"]

    async def test_a_permission_with_conditions(self, company: Company, checker: Api) -> None:
        user = await company.add_user()
        role = await company.add_role()
        body = {"name": "orders:read", "resource": "orders", "action": "read", "conditions": OFFICE}
        made = await company.admin.create(f"{company.path}/permissions", body)
        await company.admin.assign(f"{company.path}/roles/{role['id']}/permissions", {"permission_id": made["id"]})
        await company.give(user, role)
        assert not (await check(company, checker, user))["allowed"]
        assert (await check(company, checker, user, context=FROM_OFFICE))["allowed"]

    async def test_metadata_of_the_user_and_its_change(self, company: Company, checker: Api) -> None:
        user = await company.add_user(metadata={"level": 3})
        await policy(
            company, "allow", conditions={"attribute": "subject.attributes.level", "operator": "gte", "value": 5}
        )
        assert not (await check(company, checker, user))["allowed"]
        await company.admin.update(f"{company.path}/users/{user['id']}", {"metadata": {"level": 5}})
        assert (await check(company, checker, user))["allowed"]

    async def test_deep_attributes_get_a_plain_answer(self, company: Company, checker: Api) -> None:
        deep: Any = {}
        for _ in range(200):
            deep = {"x": deep}
        body = {"user_id": (await company.add_user())["id"], "resource": "orders", "action": "read", "context": deep}
        await checker.expect(422, "POST", f"{company.path}/integration/check-permission", json=body)


class TestExplain:
    @pytest.mark.parametrize("where", ["query", "body"])
    async def test_tells_conditions_and_roles(self, company: Company, checker: Api, where: str) -> None:
        user, made = await company.add_user(), await policy(company, "deny", conditions=OFFICE)
        role = await company.add_role("orders:read")
        await company.give(user, role)
        body = {"user_id": user["id"], "resource": "orders:42", "action": "read"}
        path = f"{company.path}/integration/check-permission"
        asked: dict[str, Any] = {"params": {"explain": "true"}} if where == "query" else {}
        if where == "body":
            body["explain"] = True
        trace = (await checker.expect(200, "POST", path, json=body, **asked))["data"]["trace"]
        assert trace["decided_by"] == "role"
        assert [each["role"] for each in trace["grants"]] == [role["name"]]
        (told,) = trace["policies"]
        assert (told["policy_id"], told["matched"]) == (made["id"], False)
        assert told["conditions"] == {**OFFICE, "result": False, "missing": True}

    async def test_of_a_batch_is_bounded(self, company: Company, checker: Api) -> None:
        user, path = await company.add_user(), f"{company.path}/integration/batch-check-permissions"
        checks = [{"resource": "orders", "action": f"a{number}"} for number in range(11)]
        body = {"user_id": user["id"], "checks": checks, "explain": True}
        await checker.expect(422, "POST", path, json=body)
        told = await checker.act(path, {**body, "checks": checks[:10]})
        assert all(each["trace"]["decided_by"] == "nothing" for each in told["results"])

    async def test_must_be_true_or_false(self, company: Company, checker: Api) -> None:
        body = {"user_id": (await company.add_user())["id"], "resource": "orders", "action": "read"}
        path = f"{company.path}/integration/check-permission"
        await checker.expect(422, "POST", path, json=body, params={"explain": "maybe"})


class TestBatch:
    async def test_each_check_has_its_context(self, company: Company, checker: Api) -> None:
        user, _ = await company.add_user(), await policy(company, "allow", conditions=OFFICE)
        asked = {"resource": "orders:1", "action": "read"}
        body = {"user_id": user["id"], "checks": [{**asked, "context": FROM_OFFICE}, asked]}
        told = await checker.act(f"{company.path}/integration/batch-check-permissions", body)
        assert [each["allowed"] for each in told["results"]] == [True, False]
        assert told["all_allowed"] is False


class TestGrpc:
    async def test_decides_the_same(self, company: Company, settings: PolicySettings) -> None:
        user, made = await company.add_user(), await policy(company, "allow", conditions=OFFICE)
        peers = Peers(settings)
        try:
            stub = PolicyServiceStub(peers.channel("policy"))
            ids = {"tenant_id": company.id, "user_id": user["id"]}
            context = '{"environment":{"ip_address":"10.1.2.3"}}'
            one = CheckPermissionRequest(**ids, resource="orders:1", action="read", context=context)
            answer = await stub.CheckPermission(one, timeout=5)
            assert (answer.allowed, answer.matched_policy) == (True, made["name"])
            check = BatchCheckPermissionsRequest.Check(resource="orders:1", action="read")
            batch = await stub.BatchCheckPermissions(BatchCheckPermissionsRequest(**ids, checks=[check]), timeout=5)
            assert [each.allowed for each in batch.results] == [False]
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                one.context = "[]"
                await stub.CheckPermission(one, timeout=5)
            assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        finally:
            await peers.close()


class TestWithoutNats:
    async def test_checks_stay_right(self, company: Company, checker: Api, stack: LocalStack) -> None:
        user = await company.add_user()
        made = await policy(company, "allow")
        assert (await check(company, checker, user))["allowed"]
        await asyncio.to_thread(stack.stop_part, "nats")
        try:
            await company.admin.update(f"{company.path}/policies/{made['id']}", {"effect": "deny"})
            assert not (await check(company, checker, user))["allowed"]
        finally:
            await asyncio.to_thread(stack.start_part, "nats")
