"""Where the processes' output goes: a file a process, bounded in size, and whoever watches."""

import asyncio
import contextlib
import io
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

Watcher = Callable[[str, str], None]
"""Called with a process's name and one line of its output, without the newline."""

_FILE_LIMIT = 10 * 1024 * 1024
_LINE_LIMIT = 64 * 1024


def log_path(folder: Path, name: str) -> Path:
    """The log file of a process; the older half is beside it as `NAME.log.1`."""
    return folder / f"{name}.log"


def open_log(path: Path) -> io.FileIO:
    """A log file to append to; only its owner may read it."""
    return io.FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a")


class LogFile:
    """Appends to NAME.log; once it is full it becomes NAME.log.1, in place of the one before."""

    def __init__(self, path: Path, limit: int = _FILE_LIMIT) -> None:
        self._path = path
        self._limit = limit
        self._open()

    def write(self, chunk: bytes) -> None:
        """Appends bytes, at once visible to readers. A full disk loses them, but never stops the writing process."""
        with contextlib.suppress(OSError):
            self._file.write(chunk)
        self._size += len(chunk)
        if self._size >= self._limit:
            self._file.close()
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            self._open()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _open(self) -> None:
        self._file = open_log(self._path)
        self._size = os.fstat(self._file.fileno()).st_size


class _Pump(asyncio.Protocol):
    """Carries one pipe into a log file, and line by line to the watcher."""

    def __init__(self, name: str, log: LogFile, watcher: Watcher | None) -> None:
        self._name = name
        self._log = log
        self._watcher = watcher
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        self._log.write(data)
        if self._watcher is None:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._watcher(self._name, line.decode(errors="replace"))
        if len(self._rest) > _LINE_LIMIT:
            self._watcher(self._name, self._rest.decode(errors="replace"))
            self._rest = b""


class Logs:
    """The log files of one run. Use within a running loop."""

    def __init__(self, folder: Path, watcher: Watcher | None = None) -> None:
        self._folder = folder
        self._watcher = watcher
        self._files: dict[str, LogFile] = {}

    async def pipe(self, name: str) -> int:
        """The writing end of a new pipe into the log `name`; the caller closes it once the child has it."""
        reading, writing = os.pipe()
        pump = _Pump(name, self._file(name), self._watcher)
        await asyncio.get_running_loop().connect_read_pipe(lambda: pump, os.fdopen(reading, "rb", buffering=0))
        return writing

    def note(self, name: str, line: str) -> None:
        """Writes a line of the supervisor's own into a log."""
        self._file(name).write(f"{line}\n".encode())

    def close(self) -> None:
        """Closes all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _file(self, name: str) -> LogFile:
        if name not in self._files:
            self._files[name] = LogFile(log_path(self._folder, name))
        return self._files[name]


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log file, at most 64 KiB of them; none when there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LINE_LIMIT))
            return [line.decode(errors="replace").rstrip("\r\n") for line in deque(file, maxlen=count)]
    except FileNotFoundError:
        return []
