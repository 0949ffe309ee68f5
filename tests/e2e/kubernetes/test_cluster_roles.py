"""The example policies grant exactly what the cluster roles view, edit and admin of a real API server grant."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api_server import ApiServer, running
from tests.e2e.kubernetes.webhooks import add_example_policies
from tests.e2e.world import Company, World

# What the aggregated roles are made of: a controller, which does not run here, would put them together.
PARTS = {
    "view": ("view",),
    "edit": ("view", "edit"),
    "admin": ("view", "edit", "admin"),
}
Rule = dict[str, Any]
Asked = tuple[str, str]
"""A resource as Vaultaris names it, and a verb."""


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiServer]:
    async with running(tmp_path_factory.mktemp("cluster"), "--authorization-mode=RBAC") as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def firm(world: World) -> Company:
    company = await world.add_company()
    await add_example_policies(company)
    return company


async def _rules(cluster: ApiServer, part: str) -> list[Rule]:
    path = f"/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregate-to-{part}"
    answer = await cluster.ask(cluster.admin_token, "GET", path)
    assert answer.status_code == 200, answer.text
    rules: list[Rule] = answer.json()["rules"]
    return rules


def _granted(rules: list[Rule]) -> set[Asked]:
    return {
        (f"k8s:{group}/{resource}", verb)
        for rule in rules for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]
    }  # fmt: skip


async def _allowed(firm: Company, checker: Any, user_id: str, questions: list[Asked]) -> set[Asked]:
    allowed = set()
    for begin in range(0, len(questions), 100):
        asked = questions[begin : begin + 100]
        body = {
            "user_id": user_id,
            "checks": [
                {"resource": resource, "action": verb, "context": {"resource": {"attributes": {"namespace": "shop"}}}}
                for resource, verb in asked
            ],
        }
        told = await checker.act(f"{firm.path}/integration/batch-check-permissions", body)
        allowed |= {each for each, answer in zip(asked, told["results"], strict=True) if answer["allowed"]}
    return allowed


@pytest.mark.parametrize("name", PARTS)
async def test_grants_the_same(cluster: ApiServer, firm: Company, name: str) -> None:
    all_rules = {part: _granted(await _rules(cluster, part)) for part in ("view", "edit", "admin")}
    wanted = set().union(*(all_rules[part] for part in PARTS[name]))
    resources = {resource for granted in all_rules.values() for resource, _ in granted} | {"k8s:/nodes", "k8s:/secrets"}
    verbs = {verb for granted in all_rules.values() for _, verb in granted} | {"escalate", "bind", "approve"}
    questions = sorted((resource, verb) for resource in resources for verb in verbs)
    role = await firm.admin.create(f"{firm.path}/roles", {"name": f"k8s-{name}"})
    user = await firm.add_user()
    await firm.give(user, role)
    checker = await firm.machine("integration:check")
    allowed = await _allowed(firm, checker, user["id"], questions)
    assert (sorted(wanted - allowed), sorted(allowed - wanted)) == ([], [])
