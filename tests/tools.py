"""Programs that no Python package carries: from the PATH, or from `.tools`, where `make` puts them."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_UNPACKED = Path(__file__).resolve().parents[1] / ".tools"
_END_SECONDS = 20.0


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


@contextlib.asynccontextmanager
async def program(which: Tool, flags: Sequence[str], log: Path) -> AsyncIterator[None]:
    """It runs meanwhile; what it says goes to ``log``."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            which.path, *flags, env=which.environ | {"HOME": str(log.parent)}, stdout=output, stderr=output
        )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
