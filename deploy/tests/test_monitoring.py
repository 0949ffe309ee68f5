"""Alerts and dashboards: expressions that parse, on metrics that exist. promtool's tests: alerts.test.yaml."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import promql_parser
import pytest
import yaml

from tests.tools import tool
from vaultaris_kit.metrics import REGISTRY

# What Envoy 1.40 and Prometheus themselves offer, of all that alerts and dashboards use.
FOREIGN = {
    "up",
    "envoy_cluster_membership_healthy",
    "envoy_http_downstream_cx_active",
    "envoy_http_downstream_rq_time_bucket",
    "envoy_http_downstream_rq_xx",
    "envoy_http_ext_authz_denied",
    "envoy_http_ext_authz_failure_mode_allowed",
    "envoy_server_days_until_first_cert_expiring",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_resident_memory_bytes",
}


def _ours() -> set[str]:
    """Every series of the kit: counters end in _total, histograms have three."""
    names: set[str] = set()
    for metric in REGISTRY.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(metric.type, ("",))
        names |= {metric.name + suffix for suffix in suffixes}
    return names


def _dashboards(chart: Path) -> Iterator[tuple[str, str]]:
    for path in (chart / "files/dashboards").glob("*.json"):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", []):
                yield f"{path.stem}: {panel['title']}", target["expr"]


def _alerts(chart: Path) -> Iterator[tuple[str, str]]:
    rules = yaml.safe_load((chart / "files/alerts.yaml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


class TestExpressions:
    def test_parse_and_use_metrics_that_exist(self, chart: Path) -> None:
        known = _ours() | FOREIGN
        for where, expression in (*_alerts(chart), *_dashboards(chart)):
            query = expression.replace("$__rate_interval", "5m")
            promql_parser.parse(query)
            used = set(re.findall(r"\b(?:vaultaris|envoy|process)_[a-z_]+(?=[{\[)\s])|^up\b", query))
            assert used, where
            assert used - known - {"envoy_cluster_name", "envoy_response_code_class"} == set(), where


class TestAlerts:
    def test_say_how_bad_and_what_to_do(self, chart: Path) -> None:
        rules = yaml.safe_load((chart / "files/alerts.yaml").read_text(encoding="utf-8"))
        for rule in (rule for group in rules["groups"] for rule in group["rules"]):
            assert rule["labels"]["severity"] in {"info", "warning", "critical"}
            assert set(rule["annotations"]) == {"summary", "description"}

    def test_each_has_a_unit_test(self, chart: Path) -> None:
        tests = yaml.safe_load(Path(__file__).with_name("alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
        fired = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}
        assert fired == {name for name, _ in _alerts(chart)}

    def test_promtool_is_content(self) -> None:
        promtool, cases = tool("promtool"), Path(__file__).with_name("alerts.test.yaml")
        done = subprocess.run(
            [str(promtool.path), "test", "rules", str(cases)],
            env=promtool.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


class TestDashboards:
    @pytest.mark.parametrize("name", ["overview", "service"])
    def test_can_be_imported(self, chart: Path, name: str) -> None:
        board = json.loads((chart / f"files/dashboards/{name}.json").read_text(encoding="utf-8"))
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids)
        assert board["uid"] == f"vaultaris-{name}"
        assert all(target["datasource"]["uid"] == "${datasource}"
                   for panel in board["panels"] for target in panel.get("targets", []))  # fmt: skip
