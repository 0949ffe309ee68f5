"""The bill of materials that `make sbom` writes names exactly what is locked, hashes included."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def bill(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Made anew, by the recipe of the Makefile."""
    target = tmp_path_factory.mktemp("sbom") / "sbom.json"
    make = shutil.which("make")
    assert make is not None
    subprocess.run([make, "--silent", "sbom", f"SBOM={target}"], cwd=root, check=True, capture_output=True)
    made: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return made


def _locked(root: Path) -> dict[str, set[str]]:
    """Name and version of every locked package, with the hashes that it may have."""
    lock = (root / "requirements/runtime.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in lock.splitlines() if re.match(r"\w", line)]
    return {line.split()[0]: set(re.findall(r"--hash=sha256:(\w+)", line)) for line in lines}


class TestBill:
    def test_names_what_is_locked_and_nothing_else(self, root: Path, bill: dict[str, Any]) -> None:
        named = {f"{each['name']}=={each['version']}": _hashes(each) for each in bill["components"]}
        assert named == _locked(root)

    def test_is_of_this_version(self, bill: dict[str, Any]) -> None:
        product = bill["metadata"]["component"]
        assert (product["name"], product["version"]) == ("vaultaris", "0.1.0")
        assert bill["bomFormat"] == "CycloneDX"


def _hashes(component: dict[str, Any]) -> set[str]:
    references = component.get("externalReferences", [])
    return {each["content"] for reference in references for each in reference.get("hashes", [])}
