"""That a data directory has one supervisor at a time, and how others find it."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from vaultaris_stack.errors import StackError
from vaultaris_stack.paths import DataDirectory, write_private


@dataclass(frozen=True)
class Record:
    """A supervisor that runs, or ran and did not end properly. `control` is the path of its socket."""

    pid: int
    url: str
    control: Path


def read_record(data: DataDirectory) -> Record | None:
    """What the last supervisor wrote about itself; None after a clean end."""
    try:
        fields = json.loads(data.record.read_text(encoding="utf-8"))
        return Record(pid=int(fields["pid"]), url=str(fields["url"]), control=Path(fields["control"]))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


class Tenure:
    """The right to supervise a data directory, held from creation until `end` (or until the process dies)."""

    def __init__(self, data: DataDirectory) -> None:
        """Raises StackError when somebody else has it."""
        self._data = data
        self._lock = os.open(data.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise StackError(_describe_running(data)) from None

    def announce(self, url: str, control: Path) -> None:
        """Tells others where to find this supervisor."""
        record = Record(os.getpid(), url, control)
        write_private(self._data.record, json.dumps(asdict(record) | {"control": str(control)}))

    def end(self) -> None:
        """Gives the directory back."""
        self._data.record.unlink(missing_ok=True)
        os.close(self._lock)


def _describe_running(data: DataDirectory) -> str:
    record = read_record(data)
    where = f" at {record.url} (supervisor {record.pid})" if record else ""
    return f"A stack already runs on {data.root}{where}. `vaultaris status` shows it, `vaultaris down` stops it."
