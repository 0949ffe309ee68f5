"""A question that would keep everybody waiting is refused in every way of asking, and the next one is answered."""

from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from grpc import StatusCode, aio

from tests.e2e.world import Api, Company
from vaultaris.decisions.v1.decisions_pb2 import BatchCheckRequest, CheckRequest
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceStub

LONG = "a" * 60_000
NEEDLES = ["a" * 20 + f"{number:04}" + "a" * 20 for number in range(1_000)]
ASKED = {"resource": "orders:1", "action": "read", "context": {"text": LONG}}


@pytest.fixture
async def slow(company: Company) -> Company:
    """Some tenths of a second for each policy."""
    for attribute in ("environment.attributes.text", "environment.attributes.kubernetes.user"):
        conditions = {"attribute": attribute, "operator": "contains_any", "value": NEEDLES}
        for number in range(8):
            body = {
                "name": f"{attribute}-{number}", "effect": "deny", "resource_pattern": "*", "actions": ["*"],
                "conditions": conditions,
            }  # fmt: skip
            await company.admin.create(f"{company.path}/policies", body)
    return company


async def refused(api: Api, path: str, body: dict[str, Any], status: int = 422) -> dict[str, Any]:
    told: dict[str, Any] = await api.expect(status, "POST", path, json=body)
    assert told["message"].startswith("Deciding takes too long")
    return told


async def test_every_way(slow: Company, checker: Api) -> None:
    user = slow.admin_user
    one = {"user_id": user["id"], **ASKED}
    for api, path, body in (
        (checker, "integration/check-permission", one),
        (slow.admin, f"users/{user['id']}/check-access", ASKED),
        (slow.admin, "policies/subjects", ASKED),
        (slow.admin, "policies/simulate", {"draft": {}, "requests": [one]}),
    ):
        assert (await refused(api, f"{slow.path}/{path}", body))["error"] == "too_costly"
    evaluation = {
        "subject": {"type": "user", "id": user["id"]}, "action": {"name": "read"},
        "resource": {"type": "orders", "id": "1"}, "context": {"text": LONG},
    }  # fmt: skip
    await refused(checker, "/access/v1/evaluation", evaluation, 400)
    async with aio.insecure_channel(checker.url.removeprefix("http://")) as channel:
        with pytest.raises(aio.AioRpcError) as fault:
            await DecisionServiceStub(channel).Check(
                ParseDict({"userId": user["id"], **ASKED}, CheckRequest()),
                metadata=[("authorization", f"Bearer {checker.token}")],
            )
    assert fault.value.code() is StatusCode.INVALID_ARGUMENT
    assert await slow.may(checker, user, "orders:1", "read")


async def test_in_kubernetes_it_is_no_opinion(slow: Company) -> None:
    key = await slow.admin.create(f"{slow.path}/api-keys", {"name": "k8s", "scopes": ["kubernetes:review"]})
    spec = {"user": LONG, "uid": slow.admin_user["id"], "resourceAttributes": {"verb": "get", "resource": "pods"}}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    cluster = slow.admin.with_token(key["secret"])
    told = await cluster.expect(200, "POST", "/api/v1/kubernetes/subject-access-review", json=review)
    assert told["status"]["allowed"] is False
    assert told["status"]["evaluationError"].startswith("Deciding takes too long")


async def test_of_many_the_others_are_answered(slow: Company, checker: Api) -> None:
    user = await slow.add_user()
    await slow.give(user, await slow.add_role("invoices:read"))
    light = {"resource": "invoices:1", "action": "read"}
    body: dict[str, Any] = {"user_id": user["id"], "checks": [ASKED, light], "explain": True}
    told = await checker.act(f"{slow.path}/integration/batch-check-permissions", body)
    costly, other = told["results"]
    assert (costly["allowed"], costly["matched_policy"], other["allowed"]) == (False, None, True)
    assert costly["reason"].startswith("Deciding takes too long")
    assert costly["trace"] == {"decided_by": "nothing", "policies": [], "grants": [], "truncated": True}
    subject = {"subject": {"type": "user", "id": user["id"]}, "action": {"name": "read"}}
    evaluations = [
        {"resource": {"type": "orders", "id": "1"}, "context": {"text": LONG}},
        {"resource": {"type": "invoices", "id": "1"}},
    ]
    many = await checker.expect(200, "POST", "/access/v1/evaluations", json={**subject, "evaluations": evaluations})
    costly, other = many["evaluations"]
    assert costly["context"]["error"]["status"] == 400
    assert (costly["decision"], other["decision"]) == (False, True)
    async with aio.insecure_channel(checker.url.removeprefix("http://")) as channel:
        answer = await DecisionServiceStub(channel).BatchCheck(
            ParseDict({"userId": user["id"], "questions": [ASKED, light]}, BatchCheckRequest()),
            metadata=[("authorization", f"Bearer {checker.token}")],
        )
    assert [each.allowed for each in answer.results] == [False, True]
    assert answer.results[0].reason.startswith("Deciding takes too long")
