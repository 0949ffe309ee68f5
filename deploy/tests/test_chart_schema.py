"""The chart lints strictly, refuses bad values, and every example is valid for every known Kubernetes."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from helm_python.chart import Chart, lint
from helm_python.errors import HelmError
from kubernetes_validate import utils as schemas
from packaging.version import Version

OLDEST = Version("1.28")
KNOWN = [str(version) for version in sorted(set(map(Version, schemas.all_versions()))) if version >= OLDEST]
# Resources of operators: Kubernetes has no schema of them. Their shape is checked in test_chart_extensions.py.
FOREIGN = {"Certificate", "Issuer", "Gateway", "HTTPRoute", "ServiceMonitor", "PodMonitor", "PrometheusRule"}


@pytest.fixture(scope="module", autouse=True)
def parsed_once() -> Iterator[None]:
    """The validator reads megabytes of definitions for every manifest; here it reads each file once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemas, "schema_contents", cache(schemas.schema_contents))
        yield


class TestLint:
    def test_every_example_is_clean(self, chart: Path, values: Callable[[str], Any], example: str) -> None:
        report = lint(chart, values(example), strict=True, kube_version="v1.28.0")
        assert report["errors"] == []
        assert [message for message in report["messages"] if message["severity"] > 1] == []


class TestKubernetesSchemas:
    def test_the_oldest_and_enough_newer_ones_are_known(self) -> None:
        assert KNOWN[0].startswith("1.28")
        assert len(KNOWN) >= 10

    @pytest.mark.parametrize("version", KNOWN)
    def test_every_manifest_of_every_example_is_valid(self, distinct: list[Any], version: str) -> None:
        for manifest in distinct:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as fault:
                path = ".".join(map(str, fault.path))
                pytest.fail(f"{manifest['kind']} {manifest['metadata']['name']}: {path}: {fault.message}")

    def test_a_wrong_field_would_be_found(self, distinct: list[Any]) -> None:
        manifest = next(each for each in distinct if each["kind"] == "Deployment")
        wrong = manifest | {"spec": manifest["spec"] | {"replica": 2}}
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, KNOWN[-1], strict=True)


@pytest.fixture(scope="module")
def distinct(render: Callable[..., Any], chart: Path) -> list[Any]:
    """One manifest of each shape: seven services in five examples differ in little that a schema sees."""
    shapes = {}
    for example in (chart / "examples").glob("*.yaml"):
        for manifest in render(example.stem):
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
