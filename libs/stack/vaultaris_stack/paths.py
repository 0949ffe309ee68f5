"""The layout of a data directory, and the modes that keep its secrets private."""

import os
import tempfile
from pathlib import Path

from vaultaris_stack.errors import StackError

DEFAULT_NAME = ".vaultaris"

# A Unix socket's path has room for 107 bytes; the longest name that we put behind a folder is this one.
_LONGEST_SOCKET = "envoy-8-admin.sock"
_SOCKET_PATH_LIMIT = 107
_PRIVATE = 0o700
_PASSABLE = 0o711


class DataDirectory:
    """Where one stack keeps everything: `postgres`, `nats`, `secrets`, `logs`, and `run` for what lives a run long."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.normpath(current_folder() / root))
        self.postgres = self.root / "postgres"
        self.nats = self.root / "nats"
        self.secrets = self.root / "secrets"
        self.certificates = self.secrets / "tls"
        self.logs = self.root / "logs"
        self.run = self.root / "run"
        self.lock = self.run / "lock"
        self.record = self.run / "stack.json"
        self.ports = self.run / "ports.json"
        self.processes = self.run / "processes.json"
        self.envoy_config = self.run / "envoy.yaml"

    def create(self) -> None:
        """Makes the folders that are missing. Raises StackError where a file is in the way.

        Root's PostgreSQL runs as `nobody`, which must be able to pass through the top.
        """
        if not self.root.is_dir():
            if self.root.exists():
                raise StackError(f"{self.root} is not a folder. Name another one with --data.")
            self.root.mkdir(parents=True)
            self.root.chmod(_PASSABLE if os.geteuid() == 0 else _PRIVATE)
        for folder in (self.nats, self.secrets, self.certificates, self.logs, self.run):
            if not folder.is_dir():
                folder.mkdir(mode=_PRIVATE)

    def socket_folder(self) -> Path:
        """A private folder for Unix sockets: `run`, or a new short one where `run` is too long for a socket's path."""
        if len(os.fsencode(self.run / _LONGEST_SOCKET)) <= _SOCKET_PATH_LIMIT:
            return self.run
        return Path(tempfile.mkdtemp(prefix="vaultaris-"))


def current_folder() -> Path:
    """The folder that we are in. Raises StackError when it was removed meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise StackError("The current folder no longer exists; change into another one.") from None


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
