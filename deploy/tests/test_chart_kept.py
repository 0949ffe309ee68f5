"""What the cluster already holds is taken over: an upgrade never makes a key anew.

There is no cluster here, so in a copy of the chart `lookup` is replaced by a value that plays the cluster's part.
"""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python.chart import Chart

DAY = 86400

Secrets = dict[str, dict[str, Any]]
Upgrade = Callable[[Secrets], Secrets]


@pytest.fixture
def upgrade(chart: Path, tmp_path: Path, values: Callable[[str], Any]) -> Upgrade:
    """``upgrade(held)``: the Secrets of a release that finds ``held`` in the cluster, by name."""
    copy = tmp_path / "vaultaris"
    shutil.copytree(chart, copy)
    (copy / "values.schema.json").unlink()
    generated = copy / "templates/_generated.tpl"
    text, count = re.subn(
        r'lookup "v1" "Secret" \$?\.Release\.Namespace (\([^()]*(?:\([^()]*\))*[^()]*\))',
        r"index $.Values.cluster \1 | default dict",
        generated.read_text(encoding="utf-8"),
    )
    assert count == 3
    generated.write_text(text, encoding="utf-8")

    def render(held: Secrets) -> Secrets:
        with Chart.load(copy) as loaded:
            given = values("trial-bundled") | {"cluster": held}
            files = loaded.render(given, name="id", namespace="identity", is_upgrade=bool(held))
        manifests = (text for name, text in files.items() if name.endswith(".yaml"))
        found = (each for text in manifests for each in yaml.safe_load_all(text) if each)
        return {each["metadata"]["name"]: each for each in found if each["kind"] == "Secret"}

    return render


def _aged(secrets: Secrets, days: int) -> Secrets:
    """The same, with certificates issued so many days ago."""
    for name, secret in secrets.items():
        if name.endswith("-tls"):
            secret["metadata"]["annotations"]["vaultaris/issued"] = str(int(time.time()) - days * DAY)
    return secrets


class TestUpgrade:
    def test_changes_no_secret(self, upgrade: Upgrade) -> None:
        first = upgrade({})
        assert len(first) == 8
        assert {name: each["data"] for name, each in upgrade(first).items()} == {n: e["data"] for n, e in first.items()}

    def test_adds_a_key_that_is_missing_and_keeps_the_others(self, upgrade: Upgrade) -> None:
        held = upgrade({})
        removed = held["id-vaultaris-keys"]["data"].pop("nats-password")
        held["id-vaultaris-keys"]["data"]["of-the-operator"] = "a2VlcA=="
        later = upgrade(held)["id-vaultaris-keys"]["data"]
        assert later.pop("nats-password") != removed
        assert later == held["id-vaultaris-keys"]["data"]

    def test_keeps_young_certificates_and_renews_old_ones_under_the_same_authority(self, upgrade: Upgrade) -> None:
        first = upgrade({})
        young = upgrade(_aged(first, days=364))
        assert young["id-vaultaris-auth-tls"] == first["id-vaultaris-auth-tls"]
        old = upgrade(_aged(first, days=366))
        assert old["id-vaultaris-ca"]["data"] == first["id-vaultaris-ca"]["data"]
        assert old["id-vaultaris-auth-tls"]["data"]["tls.crt"] != first["id-vaultaris-auth-tls"]["data"]["tls.crt"]
        issued = int(old["id-vaultaris-auth-tls"]["metadata"]["annotations"]["vaultaris/issued"])
        assert abs(issued - time.time()) < DAY

    def test_a_lost_authority_signs_everybody_anew(self, upgrade: Upgrade) -> None:
        held = upgrade({})
        del held["id-vaultaris-ca"]
        later = upgrade(held)
        authority = later["id-vaultaris-ca"]["data"]["tls.crt"]
        assert {each["data"]["ca.crt"] for name, each in later.items() if name.endswith("-tls")} == {authority}
