"""Every test that the security page calls as a witness exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/security/oauth.md"
NEAR = Path("services/auth/tests")
WITNESS = re.compile(r"`([\w/]+\.py(?:::\w+)+)`")
CITED = sorted(set(WITNESS.findall(PAGE.read_text(encoding="utf-8"))))


def _named(node: str) -> list[str]:
    """What is missing of a test's name: nothing, when it exists."""
    path, *names = node.split("::")
    file = ROOT / path if "/" in path else ROOT / NEAR / path
    if not file.is_file():
        return [path]
    body: list[ast.stmt] = ast.parse(file.read_text(encoding="utf-8")).body
    for name in names:
        found = [each for each in body if getattr(each, "name", None) == name]
        if not found:
            return [name]
        body = getattr(found[0], "body", [])
    return []


@pytest.mark.parametrize("node", CITED)
def test_witness_exists(node: str) -> None:
    assert _named(node) == []


def test_every_item_has_one() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| (\d|10)", line)]
    met = [row for row in rows if "| met |" in row or "| partly |" in row]
    assert len(met) > 40
    assert [row for row in met if not WITNESS.search(row)] == []
