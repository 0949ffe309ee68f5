"""`vaultaris logs`: the ends of log files, and what is added to them. Works whether or not the stack runs."""

import os
import time
from pathlib import Path

from vaultaris_stack.console import Console
from vaultaris_stack.errors import StackError
from vaultaris_stack.logs import last_lines

_PAUSE = 0.2  # files have no portable event for an added line
_CHUNK = 64 * 1024


class Tail:
    """What is added to one log file, across its rotation."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._path = path
        self._file = path.open("rb")
        self._file.seek(0, 2)
        self._rest = b""

    def new_lines(self) -> list[str]:
        """The whole lines added since the last call."""
        chunk = self._file.read(_CHUNK)
        if not chunk and self._rotated():
            self._file.close()
            self._file = self._path.open("rb")
            chunk = self._file.read(_CHUNK)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def _rotated(self) -> bool:
        try:
            return self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
        except FileNotFoundError:
            return False


def show_logs(folder: Path, name: str | None, lines: int, console: Console, *, follow: bool) -> None:
    """Prints the last lines of one log or of all, and with `follow` goes on until Ctrl-C."""
    paths = sorted(folder.glob("*.log")) if name is None else [folder / f"{name}.log"]
    present = [path for path in paths if path.exists()]
    if not present:
        known = ", ".join(path.stem for path in sorted(folder.glob("*.log")))
        raise StackError(f"No log of {name or 'any process'} in {folder}" + (f"; there are {known}." if known else "."))
    tails = [Tail(path) for path in present] if follow else []
    for path in present:
        for line in last_lines(path, lines):
            console.line(path.stem, line)
    while tails:
        for tail in tails:
            for line in tail.new_lines():
                console.line(tail.name, line)
        time.sleep(_PAUSE)
