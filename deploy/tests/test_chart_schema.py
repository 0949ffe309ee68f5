"""The chart lints strictly, refuses bad values, and every example is valid for every known Kubernetes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from helm_python.chart import Chart, lint
from helm_python.errors import HelmError
from packaging.version import Version

OLDEST = Version("1.28")
KUBERNETES = [
    version for version in kubernetes_validate.utils.all_versions()
    if Version(version) >= OLDEST and not version.endswith("strict")
]  # fmt: skip
# Resources of operators: Kubernetes has no schema of them. Their shape is checked in test_chart_extensions.py.
FOREIGN = {"Certificate", "Issuer", "Gateway", "HTTPRoute", "ServiceMonitor", "PodMonitor", "PrometheusRule"}


class TestLint:
    def test_every_example_is_clean(self, chart: Path, values: Callable[[str], Any], example: str) -> None:
        report = lint(chart, values(example), strict=True, kube_version="v1.28.0")
        assert report["errors"] == []
        assert [message for message in report["messages"] if message["severity"] > 1] == []


class TestKubernetesSchemas:
    def test_newest_and_oldest_are_known(self) -> None:
        assert Version(KUBERNETES[0]).minor == OLDEST.minor
        assert len(KUBERNETES) >= 10

    def test_every_manifest_is_valid_everywhere(self, render: Callable[..., Any], example: str) -> None:
        for manifest in _distinct(render(example)):
            for version in KUBERNETES:
                try:
                    kubernetes_validate.validate(manifest, version, strict=True)
                except kubernetes_validate.ValidationError as fault:
                    where = f"{manifest['kind']} {manifest['metadata']['name']} for {version}"
                    pytest.fail(f"{where}: {'.'.join(map(str, fault.path))}: {fault.message}")


def _distinct(manifests: list[Any]) -> list[Any]:
    """Without operators' resources, and one of each shape: seven services differ in nothing that a schema sees."""
    shapes = {}
    for manifest in manifests:
        if manifest["kind"] not in FOREIGN:
            shapes[json.dumps(_shape(manifest), sort_keys=True)] = manifest
    return list(shapes.values())


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(_shape(item), sort_keys=True) for item in value})
    return value if isinstance(value, bool) else type(value).__name__


class TestBadValues:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("externalUrl", "id.example.com"),
            ("trustedProxies", ["everything"]),
            ("replicaCount", 3),
            ("defaults.replicas", 0),
            ("defaults.resource", {}),
            ("services.mailer", {}),
            ("services.auth.replica", 2),
            ("gateway.service.type", "ExternalName"),
            ("image.digest", "sha256:abc"),
            ("config.DEV", "true"),
            ("config.JWT_SECRET", "in the open"),
            ("config.lower", "x"),
            ("secretConfig.SMTP_PASSWORD", "in the open"),
            ("tls.mode", "none"),
            ("tls.existingSecretPattern", "no-name"),
            ("valkey.mode", "cluster"),
            ("nats.mode", "none"),
            ("ingress.enabled", True),
            ("drainSeconds", 0),
        ],
    )
    def test_is_refused(self, chart: Path, values: Callable[[str], Any], path: str, value: Any) -> None:
        bad: Any = value
        for key in reversed(path.split(".")):
            bad = {key: bad}
        with Chart.load(chart) as loaded, pytest.raises(HelmError):
            loaded.render(_merged(values("minimal"), bad), name="id", namespace="identity")

    @pytest.mark.parametrize("store", ["postgresql", "valkey", "nats"])
    def test_a_store_without_an_address_is_refused(self, render: Callable[..., Any], store: str) -> None:
        with pytest.raises(HelmError, match=f"{store}.external"):
            render("minimal", **{store: {}})


def _merged(base: Any, over: Any) -> Any:
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {key: _merged(base.get(key), value) for key, value in over.items()}
    return over
