"""What the tests of the deployment share: the repository, the chart, and rendered manifests."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python.chart import Chart

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/vaultaris"
EXAMPLES = tuple(sorted(path.stem for path in (CHART / "examples").glob("*.yaml")))

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for ``example`` run once per file of the chart's examples."""
    if "example" in metafunc.fixturenames:
        metafunc.parametrize("example", EXAMPLES)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def chart() -> Path:
    """The chart's folder."""
    return CHART


@pytest.fixture(scope="session")
def values() -> Callable[[str], Manifest]:
    """The values of an example by its name."""
    return _example


@pytest.fixture(scope="session")
def render() -> Render:
    """``render(example, upgrade=False, **more values)``: the manifests, as release ``id`` in namespace ``identity``."""

    def render(example: str, *, upgrade: bool = False, **more: Any) -> list[Manifest]:
        if more:
            return _render(_example(example) | more, upgrade=upgrade)
        return _render_example(example, upgrade=upgrade)

    return render


@cache
def _render_example(example: str, *, upgrade: bool) -> list[Manifest]:
    return _render(_example(example), upgrade=upgrade)


def _render(values: Manifest, *, upgrade: bool) -> list[Manifest]:
    with Chart.load(CHART) as loaded:
        files = loaded.render(values, name="id", namespace="identity", is_install=not upgrade, is_upgrade=upgrade)
    return list(_documents(text for name, text in files.items() if name.endswith(".yaml")))


def _documents(texts: Iterable[str]) -> Iterable[Manifest]:
    for text in texts:
        yield from (document for document in yaml.safe_load_all(text) if document)


def _example(name: str) -> Manifest:
    loaded: Manifest = yaml.safe_load((CHART / f"examples/{name}.yaml").read_text(encoding="utf-8"))
    return loaded
