"""The chart's promises about a release: what exists per service, what is made once, what runs in which order."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from vaultaris_gateway.render import render as render_envoy
from vaultaris_kit.rpc.server import SERVICES
from vaultaris_kit.settings import Settings

Render = Callable[..., list[dict[str, Any]]]
Manifests = list[dict[str, Any]]


def _named(manifests: Manifests, kind: str, name: str) -> dict[str, Any]:
    (found,) = [m for m in manifests if m["kind"] == kind and m["metadata"]["name"] == f"id-vaultaris-{name}"]
    return found


def _decoded(secret: dict[str, Any], key: str) -> bytes:
    return base64.b64decode(secret["data"][key])


def _environment(container: dict[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable.get("value", "") for variable in container["env"]}


class TestPerService:
    @pytest.mark.parametrize("service", sorted(SERVICES | {"gateway"}))
    def test_has_everything_of_its_own(self, render: Render, service: str) -> None:
        manifests = render("production-external")
        for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy"):
            _named(manifests, kind, service)
        scaled = [m["metadata"]["name"] for m in manifests if m["kind"] == "HorizontalPodAutoscaler"]
        assert (f"id-vaultaris-{service}" in scaled) is (service != "plugins")

    @pytest.mark.parametrize("service", sorted(SERVICES))
    def test_probes_and_drain(self, render: Render, service: str) -> None:
        deployment = _named(render("minimal"), "Deployment", service)["spec"]
        assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert deployment["minReadySeconds"] >= 10
        pod = deployment["template"]["spec"]
        (container,) = pod["containers"]
        assert container["command"] == ["python", "-m", f"vaultaris_{service}"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        drain = float(_environment(container)["DRAIN_SECONDS"])
        grace = Settings.model_fields["shutdown_grace_seconds"].default
        assert pod["terminationGracePeriodSeconds"] > drain + grace

    def test_gateway_outlives_its_drain(self, render: Render) -> None:
        pod = _named(render("minimal"), "Deployment", "gateway")["spec"]["template"]["spec"]
        companion = next(c for c in pod["containers"] if c["name"] == "companion")
        assert pod["terminationGracePeriodSeconds"] > float(_environment(companion)["DRAIN_LIMIT_SECONDS"])
        assert "livenessProbe" not in companion


class TestEnvoy:
    def test_the_renderer_takes_the_environment(self, render: Render, example: str) -> None:
        pod = _named(render(example), "Deployment", "gateway")["spec"]["template"]["spec"]
        (renderer,) = pod["initContainers"]
        config = render_envoy(_environment(renderer))
        assert "id-vaultaris-auth.identity.svc.cluster.local" in config
        assert "/run/gateway/admin.sock" in config


class TestKeys:
    def test_are_made_well_and_kept(self, render: Render) -> None:
        secret = _named(render("trial-bundled"), "Secret", "keys")
        assert secret["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        assert len(_decoded(secret, "encryption-key")) == 32
        assert len(set(secret["data"].values())) == len(secret["data"]) == 7

    def test_the_hook_and_the_release_agree(self, render: Render) -> None:
        manifests = render("minimal")
        kept, passing = _named(manifests, "Secret", "keys"), _named(manifests, "Secret", "migration")
        assert kept["data"]["database-service-password"] == passing["data"]["database-service-password"]
        assert list(passing["data"]) == ["database-service-password"]

    def test_an_existing_secret_replaces_all(self, render: Render) -> None:
        manifests = render("production-external")
        assert [m["metadata"]["name"] for m in manifests if m["kind"] == "Secret"] == []


class TestCertificates:
    def test_carry_the_services_names(self, render: Render) -> None:
        manifests = render("minimal")
        authority = x509.load_pem_x509_certificate(_decoded(_named(manifests, "Secret", "ca"), "tls.crt"))
        for service in SERVICES - {"edge"}:
            secret = _named(manifests, "Secret", f"{service}-tls")
            certificate = x509.load_pem_x509_certificate(_decoded(secret, "tls.crt"))
            certificate.verify_directly_issued_by(authority)
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            assert names.get_values_for_type(x509.DNSName) == [service, "localhost"]
            assert certificate.subject.rfc4514_string() == f"CN={service}"
            key = serialization.load_pem_private_key(_decoded(secret, "tls.key"), password=None)
            assert key.public_key() == certificate.public_key()
            assert _decoded(secret, "ca.crt") == _decoded(_named(manifests, "Secret", "ca"), "tls.crt")

    def test_are_mounted_so_that_new_ones_arrive(self, render: Render, example: str) -> None:
        """A Secret mounted by ``subPath`` never changes in a running pod."""
        for manifest in render(example):
            if manifest["kind"] == "Deployment":
                pod = manifest["spec"]["template"]["spec"]
                mounts = [mount for container in pod["containers"] for mount in container["volumeMounts"]]
                assert all("subPath" not in mount for mount in mounts if mount["name"] == "tls")


class TestMigration:
    def test_runs_before_everything_with_an_external_database(self, render: Render) -> None:
        job = _named(render("minimal"), "Job", "migration")
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"

    def test_an_upgrade_reads_the_kept_password(self, render: Render) -> None:
        manifests = render("minimal", upgrade=True)
        assert not [m for m in manifests if m["metadata"]["name"] == "id-vaultaris-migration" and m["kind"] == "Secret"]
        (container,) = _named(manifests, "Job", "migration")["spec"]["template"]["spec"]["containers"]
        password = next(v for v in container["env"] if v["name"] == "DATABASE_SERVICE_PASSWORD")
        assert password["valueFrom"]["secretKeyRef"]["name"] == "id-vaultaris-keys"

    def test_comes_with_a_bundled_database_and_before_its_upgrades(self, render: Render) -> None:
        first = _named(render("trial-bundled"), "Job", "migration-1")
        assert "annotations" not in first["metadata"]
        later = _named(render("trial-bundled", upgrade=True), "Job", "migration")
        assert "pre-upgrade" in later["metadata"]["annotations"]["helm.sh/hook"]

    def test_goes_where_the_others_may_go(self, render: Render) -> None:
        """So does the release's test."""
        placed = {"nodeSelector": {"pool": "identity"}, "tolerations": [{"key": "identity", "operator": "Exists"}]}
        common = {"sidecar.istio.io/inject": "false"}
        manifests = render(
            "minimal", defaults={**placed, "podAnnotations": common}, migration={"podAnnotations": {"own": "yes"}}
        )
        template = _named(manifests, "Job", "migration")["spec"]["template"]
        assert template["metadata"]["annotations"] == {**common, "own": "yes"}
        for pod in (template["spec"], _named(manifests, "Pod", "test")["spec"]):
            assert {name: pod[name] for name in placed} == placed

    def test_its_network_policy_comes_before_it(self, render: Render) -> None:
        """A namespace may deny everything by default."""
        for manifests in (render("minimal"), render("trial-bundled", upgrade=True)):
            policy = _named(manifests, "NetworkPolicy", "migration")["metadata"]["annotations"]
            job = _named(manifests, "Job", "migration")["metadata"]["annotations"]
            assert policy["helm.sh/hook"] == job["helm.sh/hook"]
            assert int(policy["helm.sh/hook-weight"]) < int(job["helm.sh/hook-weight"])
        assert "annotations" not in _named(render("trial-bundled"), "NetworkPolicy", "migration")["metadata"]
