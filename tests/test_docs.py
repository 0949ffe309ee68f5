"""Pages written from the code say what the code says, and links between pages lead somewhere."""

import re
from pathlib import Path

import pytest

from docs.generate import FOLDER, PAGES

ROOT = FOLDER.parent
LINKED = [*ROOT.glob("*.md"), *FOLDER.rglob("*.md"), *ROOT.glob("examples/**/*.md"), *ROOT.glob("bench/*.md")]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run: python docs/generate.py"


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
