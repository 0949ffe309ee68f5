"""Policies from an older version whose conditions mean nothing today: decided on, explained, read, switched off."""

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict, ParseDict
from grpc import aio
from sqlalchemy import update

from tests.e2e.world import Api, Company
from vaultaris.decisions.v1.decisions_pb2 import CheckRequest
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceStub
from vaultaris_kit.database import Database
from vaultaris_policy.policies.models import Policy

PATTERN = {"attribute": "subject.username", "operator": "matches", "value": "(?=a)"}
ZONE = {"attribute": "environment.time", "operator": "time_between", "value": ["09:00", "17:00", "Mars/Olympus"]}
BODY = {"effect": "deny", "resource_pattern": "orders:*", "actions": ["read"]}


@pytest_asyncio.fixture(params=[PATTERN, ZONE], ids=["pattern", "zone"])
async def old(company: Company, database: Database, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A policy that nobody could write today."""
    made: dict[str, Any] = await company.admin.create(f"{company.path}/policies", {"name": "old", **BODY})
    async with database.tenant(UUID(company.id)) as session:
        await session.execute(update(Policy).where(Policy.id == UUID(made["id"])).values(conditions=request.param))
    await company.admin.update(f"{company.path}/policies/{made['id']}", {"description": "so that all hear of it"})
    return {**made, "conditions": request.param}


async def test_it_denies_and_says_why(company: Company, checker: Api, old: dict[str, Any]) -> None:
    user = await company.add_user()
    allow = {**BODY, "name": "all", "effect": "allow", "resource_pattern": "*"}
    await company.admin.create(f"{company.path}/policies", allow)
    assert await company.may(checker, user, "invoices:1", "read")
    asked = {"resource": "orders:1", "action": "read", "explain": True}
    told = await checker.act(f"{company.path}/integration/check-permission", {"user_id": user["id"], **asked})
    assert (told["allowed"], told["matched_policy"]) == (False, "old")
    conditions = told["trace"]["policies"][0]["conditions"]
    assert conditions["result"] is None
    assert conditions["error"]
    async with aio.insecure_channel(checker.url.removeprefix("http://")) as channel:
        answer = await DecisionServiceStub(channel).Check(
            ParseDict({"userId": user["id"], **asked}, CheckRequest()),
            metadata=[("authorization", f"Bearer {checker.token}")],
        )
    assert not answer.allowed
    assert MessageToDict(answer.trace)["policies"][0]["conditions"]["error"] == conditions["error"]


async def test_it_can_be_read_switched_off_and_removed(company: Company, checker: Api, old: dict[str, Any]) -> None:
    user = await company.add_user()
    path = f"{company.path}/policies/{old['id']}"
    assert (await company.admin.get(path))["data"]["conditions"] == old["conditions"]
    assert len((await company.admin.get(f"{company.path}/policies"))["data"]) == 1
    await company.admin.get(f"{company.path}/policies/conditions-schema")
    await company.admin.update(path, {"status": "inactive", "display_name": "Of old"})
    refused = await company.admin.expect(422, "PUT", path, json={"status": "active"})
    assert refused["details"][0]["field"] == "conditions.value"
    assert not await company.may(checker, user, "orders:1", "read")
    await company.admin.delete(path)
