"""The example policies say what the cluster roles of the same names say, asked through the decision API."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.world import Api, Company, World

FOLDER = Path(__file__).parents[4] / "examples" / "kubernetes" / "policies"

EXPECTED = [
    # verb, group/resource, in which of view, edit and admin
    ("get", "/pods", "view edit admin"),
    ("watch", "/pods/log", "view edit admin"),
    ("list", "apps/deployments", "view edit admin"),
    ("list", "events.k8s.io/events", "view edit admin"),
    ("get", "resource.k8s.io/resourceclaims/status", "view edit admin"),
    ("create", "resource.k8s.io/resourceclaims", "edit admin"),
    ("get", "/secrets", "edit admin"),
    ("create", "/pods", "edit admin"),
    ("create", "/pods/exec", "edit admin"),
    ("get", "/pods/exec", "edit admin"),
    ("create", "/pods/eviction", "edit admin"),
    ("create", "/serviceaccounts/token", "edit admin"),
    ("get", "/serviceaccounts/token", ""),
    ("patch", "apps/deployments/scale", "edit admin"),
    ("deletecollection", "batch/jobs", "edit admin"),
    ("impersonate", "/serviceaccounts", "edit admin"),
    ("update", "coordination.k8s.io/leases", "edit admin"),
    ("get", "coordination.k8s.io/leases", "edit admin"),
    ("update", "networking.k8s.io/ingresses", "edit admin"),
    ("create", "rbac.authorization.k8s.io/rolebindings", "admin"),
    ("get", "rbac.authorization.k8s.io/roles", "admin"),
    ("create", "authorization.k8s.io/localsubjectaccessreviews", "admin"),
    ("update", "/resourcequotas", ""),
    ("delete", "/namespaces", ""),
    ("update", "/pods/status", ""),
    ("get", "/nodes", ""),
    ("*", "/pods", ""),
    ("get", "*/*", ""),
    ("escalate", "rbac.authorization.k8s.io/roles", ""),
]
LEVELS = ("view", "edit", "admin")


@pytest_asyncio.fixture(scope="module")
async def cluster(world: World) -> tuple[Company, Api]:
    """A tenant with the example policies and roles, and an application that may ask."""
    company = await world.add_company()
    for file in sorted(FOLDER.glob("*.json")):
        for policy in json.loads(file.read_text()):
            await company.admin.create(f"{company.path}/policies", policy)
    return company, await company.machine("integration:check")


async def answers(company: Company, checker: Api, user: dict[str, Any], namespace: str = "shop") -> list[bool]:
    attributes = {"resource": {"attributes": {"namespace": namespace}}}
    checks = [{"resource": f"k8s:{resource}", "action": verb, "context": attributes} for verb, resource, _ in EXPECTED]
    body = {"user_id": user["id"], "checks": checks}
    told = await checker.act(f"{company.path}/integration/batch-check-permissions", body)
    return [each["allowed"] for each in told["results"]]


class TestClusterRoles:
    @pytest.mark.parametrize("level", LEVELS)
    async def test_everywhere_by_a_role(self, cluster: tuple[Company, Api], level: str) -> None:
        company, checker = cluster
        role = await company.admin.create(f"{company.path}/roles", {"name": f"k8s-{level}"})
        user = await company.add_user()
        await company.give(user, role)
        expected = [level in levels.split() for _, _, levels in EXPECTED]
        assert await answers(company, checker, user) == expected

    @pytest.mark.parametrize("level", LEVELS)
    async def test_in_named_namespaces_by_metadata(self, cluster: tuple[Company, Api], level: str) -> None:
        company, checker = cluster
        user = await company.add_user(metadata={"kubernetes": {level: ["shop"]}})
        expected = [level in levels.split() for _, _, levels in EXPECTED]
        assert await answers(company, checker, user) == expected
        assert not any(await answers(company, checker, user, "other"))
