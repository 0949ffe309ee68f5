"""What every rendered workload must hold: restricted Pod Security, no secret in the open, no way around a policy."""

import re
from collections.abc import Callable, Iterator
from typing import Any

WORKLOADS = {"Deployment", "StatefulSet", "Job", "Pod"}
SERVICES = {"auth", "directory", "policy", "sessions", "plugins", "audit", "edge"}
Render = Callable[..., list[dict[str, Any]]]


def _pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Labels and specification of every pod."""
    for manifest in manifests:
        if manifest["kind"] == "Pod":
            yield manifest["metadata"]["labels"], manifest["spec"]
        elif manifest["kind"] in WORKLOADS:
            template = manifest["spec"]["template"]
            yield template["metadata"]["labels"], template["spec"]


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def _of(manifests: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


class TestPods:
    def test_follow_the_restricted_standard(self, render: Render, example: str) -> None:
        for _, pod in _pods(render(example)):
            assert pod["automountServiceAccountToken"] is False
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert not any({"hostPath", "hostNetwork"} & set(volume) for volume in pod.get("volumes", []))
            for container in _containers(pod):
                context = container["securityContext"]
                assert context["allowPrivilegeEscalation"] is False
                assert context["readOnlyRootFilesystem"] is True
                assert context["capabilities"] == {"drop": ["ALL"]}

    def test_have_limits_and_requests(self, render: Render, example: str) -> None:
        for _, pod in _pods(render(example)):
            for container in _containers(pod):
                assert {"cpu", "memory"} <= set(container["resources"]["requests"])
                assert "memory" in container["resources"]["limits"]

    def test_hold_no_secret_in_the_open(self, render: Render, example: str) -> None:
        for _, pod in _pods(render(example)):
            for variable in (each for container in _containers(pod) for each in container.get("env", [])):
                if re.search(r"PASSWORD|SECRET|TOKEN|KEY$|REDIS_URL|DATABASE_URL|NATS_URL", variable["name"]):
                    by_reference = "secretKeyRef" in variable.get("valueFrom", {})
                    by_name = re.search(r"://[^@]*:\$\([A-Z_]+\)@", variable.get("value", ""))
                    by_file = variable["name"].endswith(("_FILE", "_TLS_KEY"))
                    assert by_reference or by_name or by_file, variable["name"]

    def test_are_pinned_by_digest_when_asked(self, render: Render) -> None:
        images = {c["image"] for _, pod in _pods(render("production-external")) for c in _containers(pod)}
        assert all("@sha256:" in image for image in images)


class TestNetworkPolicies:
    def test_cover_every_pod_but_the_test(self, render: Render, example: str) -> None:
        manifests = render(example)
        covered = {p["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                   for p in _of(manifests, "NetworkPolicy")}  # fmt: skip
        components = {labels["app.kubernetes.io/component"] for labels, _ in _pods(manifests)}
        assert components - {"test"} == covered
        assert all(p["spec"]["policyTypes"] == ["Ingress", "Egress"] for p in _of(manifests, "NetworkPolicy"))

    def test_stores_are_reached_by_their_users_alone(self, render: Render) -> None:
        policy = next(
            p for p in _of(render("trial-bundled"), "NetworkPolicy") if p["metadata"]["name"].endswith("-nats")
        )
        (rule,) = policy["spec"]["ingress"]
        (peer,) = rule["from"]
        assert "gateway" not in peer["podSelector"]["matchExpressions"][0]["values"]

    def test_all_ports_of_a_store_in_several_pieces_are_open(self, render: Render) -> None:
        sentinels = {"url": {"secret": "vaultaris-valkey"}, "port": 26379, "morePorts": [6379, 6380]}
        for policy in _of(render("minimal", valkey={"external": sentinels}), "NetworkPolicy"):
            opened = [{each["port"] for each in rule["ports"]} for rule in policy["spec"]["egress"]]
            component = policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
            assert ({26379, 6379, 6380} in opened) == (component in SERVICES), component

    def test_grpc_is_closed_to_gateway_and_edge(self, render: Render) -> None:
        for policy in _of(render("minimal"), "NetworkPolicy"):
            for rule in policy["spec"].get("ingress", []):
                if {"port": "grpc"} in rule.get("ports", []):
                    callers = rule["from"][0]["podSelector"]["matchExpressions"][0]["values"]
                    assert set(callers) == SERVICES - {"edge"}


class TestStoresOverTls:
    def test_whoever_reaches_a_store_knows_its_authority(self, render: Render) -> None:
        """Services, edge and the migration; Envoy reaches none."""
        for labels, pod in _pods(render("production-external")):
            container = pod["containers"][0]
            named = {each["name"]: each.get("value") for each in container.get("env", [])}.get("STORES_TLS_CA")
            if labels["app.kubernetes.io/component"] not in SERVICES | {"migration"}:
                assert named is None
                continue
            (mount,) = [each for each in container["volumeMounts"] if each["name"] == "stores-tls"]
            (volume,) = [each for each in pod["volumes"] if each["name"] == "stores-tls"]
            assert named == f"{mount['mountPath']}/{volume['secret']['items'][0]['path']}"
            assert volume["secret"]["secretName"] == "stores-authority"

    def test_without_an_authority_nothing_is_mounted(self, render: Render) -> None:
        assert "stores-tls" not in str(render("minimal"))


class TestEdge:
    def test_holds_no_key_and_no_certificate(self, render: Render) -> None:
        (edge,) = [
            pod for labels, pod in _pods(render("trial-bundled")) if labels["app.kubernetes.io/component"] == "edge"
        ]
        names = {variable["name"] for variable in edge["containers"][0]["env"]}
        assert names.isdisjoint({"JWT_SECRET", "ENCRYPTION_KEY", "DATABASE_URL", "NATS_URL", "GRPC_TLS_KEY"})
        assert "REDIS_URL" in names


class TestExposure:
    def test_only_the_gateway_can_be_reached_by_a_cluster_address(self, render: Render, example: str) -> None:
        reachable = {
            s["metadata"]["name"] for s in _of(render(example), "Service") if s["spec"].get("clusterIP") != "None"
        }
        assert reachable == {"id-vaultaris-gateway"}
