"""Reviews as an API server sends them, through the gateway."""

import uuid
from typing import Any

import pytest

from conftest import K8S_SERVICE_TOKEN
from tests.e2e.world import Api, Company, World

TOKENS = "/api/v1/kubernetes/token-review"
ACCESS = "/api/v1/kubernetes/subject-access-review"


@pytest.fixture
def cluster(world: World) -> Api:
    """An API server with the instance's service token."""
    return world.public.with_token(K8S_SERVICE_TOKEN)


async def key_of(company: Company, *scopes: str) -> Api:
    """An API server with a key of the tenant; it sends every token as Bearer."""
    made = await company.admin.create(f"{company.path}/api-keys", {"name": "cluster", "scopes": list(scopes)})
    return company.admin.with_token(made["secret"])


async def review(api: Api, token: str, version: str = "v1", **spec: Any) -> dict[str, Any]:
    """The status of a TokenReview."""
    body = {
        "apiVersion": f"authentication.k8s.io/{version}",
        "kind": "TokenReview",
        "metadata": {"creationTimestamp": None},
        "spec": {"token": token, **spec},
        "status": {"user": {}},
    }
    told = await api.expect(200, "POST", TOKENS, json=body)
    assert (told["apiVersion"], told["kind"]) == (body["apiVersion"], "TokenReview")
    status: dict[str, Any] = told["status"]
    return status


async def may(api: Api, user: dict[str, Any], version: str = "v1", **asked: Any) -> dict[str, Any]:
    """The status of a SubjectAccessReview for ``user``, the ``status.user`` of a TokenReview."""
    groups = "groups" if version == "v1" else "group"
    spec = {
        "resourceAttributes": {"namespace": "shop", "verb": "get", "resource": "pods"},
        "user": user["username"],
        "uid": user.get("uid", ""),
        groups: user.get("groups", []),
        "extra": user.get("extra", {}),
        **asked,
    }
    body = {"apiVersion": f"authorization.k8s.io/{version}", "kind": "SubjectAccessReview", "spec": spec, "status": {}}
    told = await api.expect(200, "POST", ACCESS, json=body)
    assert (told["apiVersion"], told["kind"]) == (body["apiVersion"], "SubjectAccessReview")
    status: dict[str, Any] = told["status"]
    return status


async def person(company: Company, *permissions: str) -> tuple[dict[str, Any], str]:
    """Somebody signed in who holds ``permissions``, and their token."""
    user = await company.add_user()
    if permissions:
        await company.give(user, await company.add_role(*permissions))
    return user, (await company.sign_in(user["username"]))["access_token"]


class TestTokenReview:
    @pytest.mark.parametrize("version", ["v1", "v1beta1"])
    async def test_a_live_token(self, company: Company, cluster: Api, version: str) -> None:
        user, _ = await person(company)
        role = await company.add_role()
        await company.give(user, role)
        group = await company.admin.create(f"{company.path}/groups", {"name": "platform"})
        await company.admin.assign(f"{company.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        token = (await company.sign_in(user["username"]))["access_token"]
        assert await review(cluster, token, version) == {
            "authenticated": True,
            "user": {
                "username": user["username"],
                "uid": user["id"],
                "groups": ["/platform", f"role:{role['name']}"],
                "extra": {"tenant_id": [company.id]},
            },
        }

    async def test_audiences_are_intersected(self, company: Company, cluster: Api, world: World) -> None:
        _, token = await person(company)
        issuer = (await world.public.get("/.well-known/openid-configuration"))["issuer"]
        told = await review(cluster, token, audiences=["https://kubernetes.default.svc", issuer])
        assert (told["authenticated"], told["audiences"]) == (True, [issuer])
        told = await review(cluster, token, audiences=["https://kubernetes.default.svc"])
        assert told["authenticated"] is False
        assert "user" not in told

    async def test_what_is_no_live_token(self, company: Company, cluster: Api) -> None:
        user, token = await person(company)
        for bad in ("", "x", "a.b.c", token[:-4] + "AAAA", "x" * 9000, f"vk_live_{'0' * 49}"):
            assert await review(cluster, bad) == {"authenticated": False, "error": "The token is not valid."}
        await company.admin.update(f"{company.path}/users/{user['id']}", {"status": "inactive"})
        assert (await review(cluster, token))["authenticated"] is False

    async def test_a_client(self, company: Company, cluster: Api) -> None:
        machine = await company.machine("orders:read")
        assert machine.token
        told = (await review(cluster, machine.token))["user"]
        assert told["username"].startswith("client:")
        assert (await may(cluster, told))["allowed"] is False

    async def test_a_key_knows_its_own_tenant_only(self, company: Company, world: World) -> None:
        other = await world.add_company()
        key = await key_of(company, "kubernetes:review")
        assert (await review(key, (await person(company))[1]))["authenticated"] is True
        assert await review(key, (await person(other))[1]) == {
            "authenticated": False,
            "error": "The token is not valid.",
        }

    async def test_a_third_partys_token_needs_the_persons_word(self, company: Company, cluster: Api) -> None:
        _, token = await person(company)
        refused = await review(cluster, await company.lent(token, "openid"))
        assert refused == {"authenticated": False, "error": "The token's scope lacks kubernetes:access."}
        assert (await review(cluster, await company.lent(token, "openid", "kubernetes:access")))["authenticated"]

    @pytest.mark.parametrize("name", ["system:kube-scheduler", "System:Admin", "client:shop"])
    async def test_nobody_is_a_component_or_a_client(self, company: Company, cluster: Api, name: str) -> None:
        await company.add_user(username=name)
        token = (await company.sign_in(name))["access_token"]
        assert await review(cluster, token) == {"authenticated": False, "error": "The token is not valid."}


class TestAccessReview:
    @pytest.mark.parametrize("version", ["v1", "v1beta1"])
    async def test_a_role_allows(self, company: Company, cluster: Api, version: str) -> None:
        _, token = await person(company, "k8s:/pods:get")
        user = (await review(cluster, token))["user"]
        assert (await may(cluster, user, version))["allowed"] is True
        told = await may(cluster, user, version, resourceAttributes={"verb": "delete", "resource": "pods"})
        assert told == {"allowed": False, "reason": "No role grants it and no policy allows it."}

    async def test_lists_that_an_api_server_left_empty(self, company: Company, cluster: Api) -> None:
        _, token = await person(company, "k8s:/pods:get")
        user = (await review(cluster, token))["user"]
        extra = {**user["extra"], "scopes.authorization.openshift.io": None}
        assert (await may(cluster, {**user, "groups": None, "extra": extra}))["allowed"] is True

    async def test_only_a_policy_denies(self, company: Company, cluster: Api) -> None:
        production = {"attribute": "resource.attributes.namespace", "operator": "eq", "value": "production"}
        body = {
            "name": "hands-off", "effect": "deny", "resource_pattern": "k8s:*", "actions": ["delete"],
            "conditions": production,
        }  # fmt: skip
        await company.admin.create(f"{company.path}/policies", body)
        _, token = await person(company, "k8s:*:*")
        user = (await review(cluster, token))["user"]
        asked = {"verb": "delete", "resource": "pods", "namespace": "production"}
        assert await may(cluster, user, resourceAttributes=asked) == {
            "allowed": False, "denied": True, "reason": "The policy 'hands-off' denies it.",
        }  # fmt: skip
        assert (await may(cluster, user, resourceAttributes={**asked, "namespace": "shop"}))["allowed"] is True

    async def test_paths_and_selectors(self, company: Company, cluster: Api) -> None:
        own_node = {"attribute": "resource.attributes.field_selector", "operator": "contains", "value": "spec.node=a"}
        body = {
            "name": "own", "effect": "allow", "resource_pattern": "k8s:/pods", "actions": ["list"],
            "conditions": own_node,
        }  # fmt: skip
        await company.admin.create(f"{company.path}/policies", body)
        _, token = await person(company, "k8s-url:/metrics*:get")
        user = (await review(cluster, token))["user"]
        path: dict[str, Any] = {
            "resourceAttributes": None,
            "nonResourceAttributes": {"path": "/metrics", "verb": "get"},
        }
        assert (await may(cluster, user, **path))["allowed"] is True
        selector = {"requirements": [{"key": "spec.node", "operator": "In", "values": ["a"]}]}
        asked = {"verb": "list", "resource": "pods"}
        assert (await may(cluster, user, resourceAttributes=asked))["allowed"] is False
        assert (await may(cluster, user, resourceAttributes={**asked, "fieldSelector": selector}))["allowed"] is True

    async def test_strangers_get_no_opinion(self, company: Company, cluster: Api, world: World) -> None:
        other = await world.add_company()
        _, token = await person(other, "k8s:*:*")
        foreign = (await review(cluster, token))["user"]
        key = await key_of(company, "kubernetes:review")
        for api, user in (
            (cluster, {"username": "system:serviceaccount:a:b", "uid": str(uuid.uuid4())}),
            (cluster, {"username": "ada"}),
            (cluster, {"username": "ada", "uid": "7", "extra": {"tenant_id": [company.id]}}),
            (cluster, {"username": "ada", "uid": str(uuid.uuid4()), "extra": {"tenant_id": [company.id]}}),
            (key, foreign),
            (key, {**foreign, "extra": {}}),
            (key, {"username": "nobody"}),
        ):
            told = await may(api, user)
            assert told == {"allowed": False, "reason": "Vaultaris does not know this user."}, user

    async def test_by_name_in_a_cluster_of_one_tenant(self, company: Company, cluster: Api) -> None:
        user, _ = await person(company, "k8s:/pods:get")
        key = await key_of(company, "kubernetes:review")
        assert (await may(key, {"username": user["username"]}))["allowed"] is True
        assert (await may(key, {"username": user["email"]}))["allowed"] is False
        assert (await may(cluster, {"username": user["username"]}))["allowed"] is False

    async def test_an_id_alone_makes_nobody_that_person(self, company: Company, cluster: Api) -> None:
        _, token = await person(company, "k8s:*:*")
        user = (await review(cluster, token))["user"]
        for name in ("system:kube-scheduler", "mallory", user["username"].upper(), ""):
            told = await may(cluster, {**user, "username": name})
            assert told == {"allowed": False, "reason": "Vaultaris does not know this user."}

    async def test_a_star_asks_for_everything(self, company: Company, cluster: Api) -> None:
        _, token = await person(company, "k8s:*:*")
        user = (await review(cluster, token))["user"]
        everything = [
            {"verb": "*", "resource": "secrets"},
            {"verb": "delete", "resource": "*"},
            {"verb": "*", "group": "*", "resource": "*"},
        ]
        for asked in everything:
            assert (await may(cluster, user, resourceAttributes=asked))["allowed"] is True
        body = {"name": "kept", "effect": "deny", "resource_pattern": "k8s:/secrets", "actions": ["delete"]}
        await company.admin.create(f"{company.path}/policies", body)
        for asked in everything:
            told = await may(cluster, user, resourceAttributes=asked)
            assert told == {"allowed": False, "reason": "The policy 'kept' denies a part of it."}
        for asked in ({"verb": "*", "resource": "pods"}, {"verb": "get", "resource": "*"}):
            assert (await may(cluster, user, resourceAttributes=asked))["allowed"] is True

    async def test_what_makes_no_sense_is_told(self, company: Company, cluster: Api) -> None:
        _, token = await person(company, "k8s:*:*")
        user = (await review(cluster, token))["user"]
        senseless: list[dict[str, Any]] = [
            {"resourceAttributes": None},
            {"nonResourceAttributes": {"path": "/", "verb": "get"}},
            {"resourceAttributes": {"resource": "pods"}},
            {"resourceAttributes": {"resource": "p" * 600, "verb": "get"}},
        ]
        for spec in senseless:
            told = await may(cluster, user, **spec)
            assert told["allowed"] is False
            assert told["evaluationError"]


class TestCallers:
    @pytest.mark.parametrize("path", [TOKENS, ACCESS])
    async def test_strangers(self, company: Company, world: World, path: str) -> None:
        assert company.admin.token
        await world.public.expect(401, "POST", path, json={})
        await world.public.with_token("x" * 40).expect(401, "POST", path, json={})
        await world.public.with_token(K8S_SERVICE_TOKEN[:-1]).expect(401, "POST", path, json={})
        await company.admin.expect(403, "POST", path, json={})
        await (await key_of(company, "users:read")).expect(403, "POST", path, json={})

    async def test_what_is_no_review(self, cluster: Api) -> None:
        for path in (TOKENS, ACCESS):
            await cluster.expect(400, "POST", path, content=b"{")
            await cluster.expect(422, "POST", path, json=[])
            await cluster.expect(422, "POST", path, json={"apiVersion": "v1", "kind": "Pod", "spec": {}})
            await cluster.expect(415, "POST", path, content=b"x", headers={"Content-Type": "application/yaml"})
        bomb = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": ["x"] * 1000}}
        await cluster.expect(422, "POST", TOKENS, json=bomb)
