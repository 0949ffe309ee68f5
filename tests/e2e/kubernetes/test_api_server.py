"""A real API server asks both webhooks: who somebody is, and what they may do.

kube-apiserver and etcd are no packages: `make gotools` builds them, and the tests are skipped without.
"""

import shutil
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from libs.kit.tests.authority import make_authority, tls_before
from tests.api_server import ApiServer, running
from tests.e2e.kubernetes.webhooks import CACHE_SECONDS, OWN_CACHE_SECONDS, add_example_policies, flags_for
from tests.e2e.world import Company, World
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack
from vaultaris_stack.ports import LOOPBACK

PODS = "/api/v1/namespaces/shop/pods"
CONFIG_MAPS = "/api/v1/namespaces/{namespace}/configmaps"


@pytest_asyncio.fixture(scope="module")
async def firm(world: World) -> Company:
    """The tenant whose people use the cluster, with the policies of the examples."""
    company = await world.add_company()
    await add_example_policies(company)
    return company


@pytest_asyncio.fixture(scope="module", params=["v1", "v1beta1", None])
async def cluster(
    request: pytest.FixtureRequest, firm: Company, stack: LocalStack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ApiServer]:
    """A cluster of the firm, with two namespaces."""
    body = {"name": f"cluster {request.param}", "scopes": ["kubernetes:review"]}
    key = (await firm.admin.create(f"{firm.path}/api-keys", body))["secret"]
    issuer = (await firm.admin.get("/.well-known/openid-configuration"))["issuer"]
    folder = tmp_path_factory.mktemp("cluster")
    authority = make_authority(folder / "authority")
    shutil.copy(authority.ca, folder / "ca.crt")
    async with (
        tls_before(int(urlsplit(stack.url).port or 0), authority) as port,
        running(folder, *flags_for(folder, f"https://{LOOPBACK}:{port}", issuer, key, request.param)) as server,
    ):
        for namespace in ("shop", "office"):
            await server.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
        yield server


class Person:
    """Somebody of the firm with an access token."""

    def __init__(self, user: dict[str, Any], token: str) -> None:
        self.user, self.token = user, token


async def _person(firm: Company, *roles: str, **fields: Any) -> Person:
    user = await firm.add_user(**fields)
    for name in roles:
        await firm.give(user, await _role(firm, name))
    return Person(user, (await firm.sign_in(user["username"]))["access_token"])


async def _role(firm: Company, name: str) -> dict[str, Any]:
    if name not in firm.roles:
        firm.roles[name] = (await firm.admin.create(f"{firm.path}/roles", {"name": name}))["id"]
    return {"id": firm.roles[name]}


async def _status(server: ApiServer, person: Person, method: str, path: str, body: Any = None) -> int:
    return (await server.ask(person.token, method, path, body)).status_code


class TestWho:
    async def test_the_cluster_knows_them_as_documented(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm, "k8s-view")
        answer = await cluster.ask(
            person.token, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        seen = answer.json()["status"]["userInfo"]
        assert (seen["username"], seen["uid"]) == (person.user["username"], person.user["id"])
        assert set(seen["groups"]) == {"role:k8s-view", "system:authenticated"}
        assert seen["extra"] == {"tenant_id": [firm.id]}

    async def test_nobody_else(self, cluster: ApiServer) -> None:
        for token in ("no.token.at-all", "x" * 4000):
            assert (await cluster.ask(token, "GET", PODS)).status_code == 401

    async def test_a_token_that_was_revoked_is_refused_when_the_cache_has_forgotten(
        self, firm: Company, cluster: ApiServer
    ) -> None:
        person = await _person(firm, "k8s-view")
        assert await _status(cluster, person, "GET", PODS) == 200
        await firm.admin.expect(200, "POST", "/oauth/revoke", data={"token": person.token, "client_id": firm.client_id})
        await eventually(
            lambda: _status(cluster, person, "GET", PODS),
            lambda seen: seen == 401,
            within=CACHE_SECONDS + OWN_CACHE_SECONDS + 5,
        )


class TestMay:
    async def test_nothing_without_a_role(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm)
        answer = await cluster.ask(person.token, "GET", PODS)
        assert answer.status_code == 403
        assert person.user["username"] in answer.json()["message"]

    async def test_who_views_reads_and_does_not_write(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm, "k8s-view")
        assert await _status(cluster, person, "GET", PODS) == 200
        assert await _status(cluster, person, "GET", f"{PODS}?watch=true&timeoutSeconds=1") == 200
        made = CONFIG_MAPS.format(namespace="shop")
        assert await _status(cluster, person, "POST", made, {"metadata": {"name": "theirs"}}) == 403
        assert await _status(cluster, person, "GET", "/api/v1/namespaces/shop/secrets") == 403

    async def test_who_edits_in_one_namespace_edits_there(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm, metadata={"kubernetes": {"edit": ["shop"]}})
        body = {"metadata": {"name": person.user["username"]}}
        assert await _status(cluster, person, "POST", CONFIG_MAPS.format(namespace="shop"), body) == 201
        assert await _status(cluster, person, "POST", CONFIG_MAPS.format(namespace="office"), body) == 403
        assert await _status(cluster, person, "DELETE", CONFIG_MAPS.format(namespace="shop")) == 200

    async def test_a_policy_that_denies_is_told_and_ends_it(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm, "k8s-view")
        policy = {
            "name": f"no config maps for {person.user['username']}", "effect": "deny",
            "resource_pattern": "k8s:/configmaps", "actions": ["list"],
            "conditions": {"attribute": "subject.id", "operator": "eq", "value": person.user["id"]},
        }  # fmt: skip
        await firm.admin.create(f"{firm.path}/policies", policy)
        answer = await cluster.ask(person.token, "GET", CONFIG_MAPS.format(namespace="shop"))
        assert answer.status_code == 403
        assert f"The policy '{policy['name']}' denies it." in answer.json()["message"]
        assert await _status(cluster, person, "GET", PODS) == 200

    async def test_selectors_reach_the_policies(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm)
        policy = {
            "name": f"own pods of {person.user['username']}", "effect": "allow",
            "resource_pattern": "k8s:/pods", "actions": ["list"],
            "conditions": {"all": [
                {"attribute": "subject.id", "operator": "eq", "value": person.user["id"]},
                {"attribute": "resource.attributes.label_selector", "operator": "contains", "value": "app in (a,b)"},
                {"attribute": "resource.attributes.field_selector", "operator": "contains",
                 "value": "spec.nodeName=node-1"},
            ]},
        }  # fmt: skip
        await firm.admin.create(f"{firm.path}/policies", policy)
        selected = f"{PODS}?labelSelector=app%20in%20(a,b)&fieldSelector=spec.nodeName%3Dnode-1"
        assert await _status(cluster, person, "GET", selected) == 200
        assert await _status(cluster, person, "GET", f"{PODS}?labelSelector=app%20in%20(a,b)") == 403

    async def test_paths_that_are_no_resources(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm)
        assert await _status(cluster, person, "GET", "/metrics") == 403
        role = await firm.add_role("k8s-url:/metrics:get")
        await firm.give(person.user, role)
        await eventually(
            lambda: _status(cluster, person, "GET", "/metrics"), lambda seen: seen == 200, within=CACHE_SECONDS + 5
        )

    async def test_everything_at_once_and_what_somebody_else_may(self, firm: Company, cluster: ApiServer) -> None:
        person = await _person(firm, "k8s-admin")
        asked = {"spec": {"resourceAttributes": {"namespace": "shop", "verb": "*", "group": "*", "resource": "*"}}}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = await cluster.ask(person.token, "POST", path, asked)
        assert answer.status_code == 201, answer.text
        assert not answer.json()["status"]["allowed"]
        seen = await cluster.ask(cluster.admin_token, "GET", PODS, as_user=person.user["username"])
        assert seen.status_code == 200
        unknown = await cluster.ask(cluster.admin_token, "GET", PODS, as_user="nobody-of-this-name")
        assert unknown.status_code == 403
