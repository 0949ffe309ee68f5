"""Programs that no Python package carries: from the PATH, or from `.tools`, where `make` puts them."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

_UNPACKED = Path(__file__).resolve().parents[1] / ".tools"


@dataclass(frozen=True)
class Tool:
    """Where a program is, and the environment that it needs to find its libraries."""

    path: Path
    environ: dict[str, str]


def tool(name: str, made_by: str = "make tools") -> Tool:
    """The program; without it the test is skipped, and says what would bring it."""
    if found := shutil.which(name):
        return Tool(Path(found), dict(os.environ))
    for folder in ("usr/bin", "usr/sbin"):
        path = _UNPACKED / folder / name
        if path.is_file():
            libraries = ":".join(str(each) for each in (_UNPACKED / "usr/lib").glob("*-linux-gnu*"))
            return Tool(path, os.environ | {"LD_LIBRARY_PATH": libraries})
    pytest.skip(f"{name} is not here; `{made_by}` brings it")
