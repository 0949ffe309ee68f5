"""One question, asked in every way that there is: the same answer, decided by the same thing.

The tenant, its policies and the questions are made up at random, the same ones for the same seed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from grpc import aio

from tests.e2e.world import Api, Company
from vaultaris.decisions.v1.decisions_pb2 import BatchCheckRequest, CheckApiKeyRequest, CheckRequest
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceStub

RESOURCES = ["orders:1", "orders:2", "orders:1/lines", "k8s:apps/deployments", "k8s:/pods"]
PATTERNS = ["orders", "orders:*", "orders:1", "o*s:*", "*", "*:1", "k8s:*", "k8s:apps/*", "k8s:/pods", "*:*/*"]
ACTIONS = ["read", "write"]
ANYTHING = {"name": "shut", "effect": "deny", "resource_pattern": "*", "actions": ["*"], "priority": 2**31 - 1}


@dataclass(frozen=True)
class Told:
    """What every way tells of a decision."""

    allowed: bool
    reason: str
    policy: str | None

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "Told":
        return cls(answer["allowed"], answer["reason"], answer["matched_policy"])


@dataclass
class Scene:
    """A company, those who ask, and those who are asked about."""

    company: Company
    checker: Api
    cluster: Api
    users: list[dict[str, Any]]
    role_names: list[str]


@dataclass(frozen=True)
class Asked:
    """A question in the members of AuthZEN, which all other ways can express."""

    resource: str
    action: str
    properties: dict[str, Any]
    told: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """A check's resource, action and context."""
        resource: dict[str, Any] = {"attributes": self.properties}
        if "owner_id" in self.properties:
            resource["owner_id"] = self.properties["owner_id"]
        environment: dict[str, Any] = {
            name: self.told[name] for name in ("ip_address", "user_agent") if name in self.told
        }
        context = {
            "resource": resource,
            "environment": {**environment, "attributes": {**self.told, "action": {}}},
        }
        return {"resource": self.resource, "action": self.action, "context": context}

    @property
    def evaluation(self) -> dict[str, Any]:
        kind, _, ident = self.resource.partition(":")
        return {
            "action": {"name": self.action},
            "resource": {"type": kind, "id": ident, "properties": self.properties},
            "context": self.told,
        }


def conditions(chance: random.Random, names: list[str]) -> dict[str, Any]:
    """Always, or one to three comparisons with whatever a condition can look at."""
    kinds: list[dict[str, Any]] = [
        {"attribute": "subject.roles", "operator": "contains", "value": chance.choice(names)},
        {"attribute": "subject.roles", "operator": "eq", "value": sorted(names)},
        {"attribute": "subject.roles", "operator": "eq", "value": sorted(chance.sample(names, 2))},
        {"attribute": "subject.groups", "operator": "contains_any", "value": ["/north", "/none"]},
        {"attribute": "subject.permissions", "operator": "contains", "value": "orders:read"},
        {"attribute": "subject.attributes.department", "operator": "eq", "value": "sales"},
        {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}},
        {"attribute": "resource.owner_id", "operator": "not_exists"},
        {"attribute": "resource.id", "operator": "starts_with", "value": "1"},
        {"attribute": "resource.attributes.state", "operator": "in", "value": ["open", 1, True]},
        {"attribute": "resource.attributes.marks", "operator": "contains_all", "value": [1, "a"]},
        {"attribute": "environment.ip_address", "operator": "ip_in_range", "value": ["10.0.0.0/8"]},
        {"attribute": "environment.attributes.channel", "operator": "matches", "value": "^w.b$"},
        {"attribute": "environment.time", "operator": "after", "value": "2026-01-01T00:00:00Z"},
        {"attribute": "action", "operator": "ne", "value": "read"},
    ]
    chosen = [each if chance.random() < 0.7 else {"not": each} for each in chance.sample(kinds, chance.randrange(3))]
    return {chance.choice(["all", "any"]): chosen} if chosen else {}


def policies(chance: random.Random, names: list[str]) -> Iterator[dict[str, Any]]:
    for number in range(14):
        yield {
            "name": f"p{number}", "effect": chance.choice(["allow", "allow", "deny"]),
            "resource_pattern": chance.choice(PATTERNS),
            "actions": chance.choice([["read"], ["write"], ["re*"], ["*"], ["read", "w*e"]]),
            "priority": chance.randrange(-2, 3), "conditions": conditions(chance, names),
        }  # fmt: skip


def questions(chance: random.Random, owners: list[str]) -> list[Asked]:
    pairs = [(resource, action) for resource in RESOURCES for action in ACTIONS]
    return [
        Asked(
            resource, action,
            {
                name: chance.choice(values)
                for name, values in (("owner_id", owners), ("state", ["open", 1, 2, True, None]), ("marks", [["a", 1]]))
                if chance.random() < 0.6
            },
            {
                name: chance.choice(values)
                for name, values in (("ip_address", ["10.1.2.3", "::ffff:10.0.0.9", "192.0.2.1"]), ("channel", ["web"]))
                if chance.random() < 0.6
            },
        )
        for resource, action in pairs
    ]  # fmt: skip


@pytest.fixture(params=[1, 2, 3])
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)  # noqa: S311 - the same for the same seed


@pytest.fixture
async def scene(company: Company, checker: Api, chance: random.Random) -> Scene:
    roles = [await company.admin.create(f"{company.path}/roles", {"name": name}) for name in ("late", "in", "early")]
    for role in roles:
        for permission in ("orders:read", "orders:1:write", "k8s:*:read"):  # several roles hold the same ones
            if chance.random() < 0.6:
                await company.attach(role, permission)
    names = [role["name"] for role in roles]
    group = await company.admin.create(f"{company.path}/groups", {"name": "north"})
    await company.admin.assign(f"{company.path}/groups/{group['id']}/roles", {"role_id": roles[0]["id"]})
    users = [await company.add_user(password=None, metadata={"department": each}) for each in ("sales", "stock", "law")]
    for user in users:
        for role in chance.sample(roles, chance.randrange(4)):
            await company.give(user, role)
        if chance.random() < 0.5:
            await company.admin.assign(f"{company.path}/users/{user['id']}/groups", {"group_id": group["id"]})
    await company.admin.update(f"{company.path}/users/{users[2]['id']}", {"status": "inactive"})
    for body in policies(chance, names):
        await company.admin.create(f"{company.path}/policies", body)
    key = await company.admin.create(f"{company.path}/api-keys", {"name": "k8s", "scopes": ["kubernetes:review"]})
    return Scene(company, checker, company.admin.with_token(key["secret"]), users, names)


async def by_rest(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    path = f"{scene.company.path}/integration/check-permission"
    return [Told.of(await scene.checker.act(path, {"user_id": user["id"], **each.body})) for each in asked]


async def by_batch(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    body = {"user_id": user["id"], "checks": [each.body for each in asked], "explain": True}
    told = await scene.checker.act(f"{scene.company.path}/integration/batch-check-permissions", body)
    for each in told["results"]:
        fits(each, each["trace"])
    return [Told.of(each) for each in told["results"]]


def fits(answer: dict[str, Any], trace: dict[str, Any]) -> None:
    """A trace shows the decision that it is of."""
    matched = [each for each in trace["policies"] if each["matched"]]
    granted = [each for each in trace["grants"] if each["matched"]]
    match trace["decided_by"]:
        case "policy":
            assert trace["policies"][0]["policy_name"] == answer["matched_policy"]
            assert matched[0]["effect"] == ("allow" if answer["allowed"] else "deny")
        case "role":
            assert answer["allowed"]
            assert f"'{granted[0]['role']}'" in answer["reason"]
            assert "deny" not in [each["effect"] for each in matched]
        case _:
            assert not answer["allowed"]
            assert not matched
            assert not granted


async def by_check_access(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    found = []
    for each in asked:
        path = f"{scene.company.path}/users/{user['id']}/check-access"
        told = await scene.company.admin.act(path, {**each.body, "explain": True})
        decided = told["trace"]["policies"][:1] if told["trace"]["decided_by"] == "policy" else []
        found.append(Told(told["allowed"], told["reason"], decided[0]["policy_name"] if decided else None))
    return found


async def by_authzen(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    subject = {"type": "user", "id": user["username"]}
    body = {"subject": subject, "evaluations": [each.evaluation for each in asked]}
    told = await scene.checker.expect(200, "POST", "/access/v1/evaluations", json=body)
    return [
        Told(each["decision"], each["context"]["reason_admin"]["en"], each["context"].get("matched_policy"))
        for each in told["evaluations"]
    ]


async def by_grpc(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    metadata = [("authorization", f"Bearer {scene.checker.token}")]
    async with aio.insecure_channel(scene.checker.url.removeprefix("http://")) as channel:
        stub = DecisionServiceStub(channel)
        batch = ParseDict({"userId": user["id"], "questions": [each.body for each in asked]}, BatchCheckRequest())
        many = (await stub.BatchCheck(batch, metadata=metadata)).results
        for each, of_many in zip(asked, many, strict=True):
            request = ParseDict({"userId": user["id"], "explain": True, **each.body}, CheckRequest())
            one = await stub.Check(request, metadata=metadata)
            fits({"allowed": one.allowed, "reason": one.reason, "matched_policy": one.matched_policy},
                 MessageToDict(one.trace))  # fmt: skip
            one.ClearField("trace")
            assert one == of_many
    return [Told(each.allowed, each.reason, each.matched_policy or None) for each in many]


async def by_simulation(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    """What would be another answer if everything were shut: all of them."""
    body = {"draft": {"add": [ANYTHING]}, "requests": [{"user_id": user["id"], **each.body} for each in asked]}
    told = await scene.company.admin.act(f"{scene.company.path}/policies/simulate", body)
    return [Told.of(each["before"]) for each in told["changes"]]


async def by_search(scene: Scene, user: dict[str, Any], asked: list[Asked], expected: list[Told]) -> list[Told]:
    """Whoever may not do it isn't found, so that why is not known."""
    found = []
    for each, denial in zip(asked, expected, strict=True):
        body: dict[str, Any] = {**each.body, "limit": 1}
        subjects: dict[str, Told] = {}
        while True:
            page = await scene.company.admin.act(f"{scene.company.path}/policies/subjects", body)
            subjects |= {at["user_id"]: Told(True, at["reason"], at["matched_policy"]) for at in page["subjects"]}
            if page["next_cursor"] is None:
                break
            body["cursor"] = page["next_cursor"]
        found.append(subjects.get(user["id"], Told(False, denial.reason, denial.policy)))
    return found


async def by_key(scene: Scene, user: dict[str, Any], asked: list[Asked]) -> list[Told]:
    made = await scene.company.admin.create(f"{scene.company.path}/api-keys", {"name": "own", "user_id": user["id"]})
    found = []
    async with aio.insecure_channel(scene.checker.url.removeprefix("http://")) as channel:
        stub = DecisionServiceStub(channel)
        for each in asked:
            headers = {"X-Api-Key": made["secret"]}
            answer = await scene.company.admin.with_token(None).call(
                "POST", "/api/v1/api-keys/authorize", json=each.body, headers=headers
            )
            found.append(Told.of(answer.json()["data"]))
            one = await stub.CheckApiKey(
                ParseDict(each.body, CheckApiKeyRequest()), metadata=[("x-api-key", made["secret"])]
            )
            assert Told(one.allowed, one.reason, one.matched_policy or None) == found[-1]
    return found


async def by_kubernetes(scene: Scene, user: dict[str, Any]) -> tuple[list[bool], list[bool]]:
    """Reviews, and checks with the context that those stand for."""
    reviews, checks = [], []
    for group, resource in (("apps", "deployments"), ("", "pods")):
        for verb in ACTIONS:
            attributes = {"group": group, "resource": resource, "verb": verb, "namespace": "shop"}
            spec = {"user": user["username"], "uid": user["id"], "groups": [], "resourceAttributes": attributes}
            review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
            told = await scene.cluster.expect(200, "POST", "/api/v1/kubernetes/subject-access-review", json=review)
            reviews.append(told["status"]["allowed"])
            named = {name: value for name, value in attributes.items() if value and name != "verb"}
            context = {
                "resource": {"attributes": named},
                "kubernetes": {"user": user["username"], "uid": user["id"], "groups": [], "extra": {}},
            }  # fmt: skip
            body = {"user_id": user["id"], "resource": f"k8s:{group}/{resource}", "action": verb, "context": context}
            answer = await scene.checker.act(f"{scene.company.path}/integration/check-permission", body)
            checks.append(answer["allowed"])
            assert told["status"].get("denied", False) == (not answer["allowed"] and bool(answer["matched_policy"]))
    return reviews, checks


async def test_every_way_gives_the_same_answer(scene: Scene, chance: random.Random) -> None:
    asked = questions(chance, [user["id"] for user in scene.users])
    for user in scene.users:
        expected = await by_rest(scene, user, asked)
        assert await by_batch(scene, user, asked) == expected
        assert await by_check_access(scene, user, asked) == expected
        assert await by_authzen(scene, user, asked) == expected
        assert await by_grpc(scene, user, asked) == expected
        assert await by_simulation(scene, user, asked) == (expected if user is not scene.users[2] else [])
        assert await by_search(scene, user, asked, expected) == expected
        if user is not scene.users[2]:  # a key of somebody inactive is no credential
            assert await by_key(scene, user, asked) == expected
        reviews, checks = await by_kubernetes(scene, user)
        assert reviews == checks
