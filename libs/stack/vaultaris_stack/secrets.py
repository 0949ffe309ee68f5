"""The secrets of a local stack: made on the first start, kept one a file, readable by their owner alone."""

import re
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from vaultaris_stack.errors import StackError
from vaultaris_stack.paths import DataDirectory, write_private

# 24 random bytes are exactly 32 of these characters, which is also what an AES-256 key must be long.
_RANDOM_BYTES = 24
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Secrets:
    """Every secret by the name of its file; each is 32 printable characters with 192 bits of chance."""

    database_admin_password: str
    database_owner_password: str
    database_service_password: str
    valkey_password: str
    nats_password: str
    jwt_secret: str
    encryption_key: str


NAMES = tuple(field.name for field in fields(Secrets))
# Data that exists cannot be read without these, so they are never made anew beside it.
BOUND_TO_DATA = frozenset(
    {"database_admin_password", "database_owner_password", "database_service_password", "encryption_key"}
)


def load_secrets(data: DataDirectory) -> Secrets:
    """Reads all secrets, making those that are missing. Raises StackError for one that is lost or garbled."""
    return Secrets(**{name: _load(data, name) for name in NAMES})


def read_secret(path: Path) -> str | None:
    """The secret in a file, or None when the file holds something else."""
    text = path.read_bytes().decode("ascii", errors="replace").rstrip("\n")
    return text if _WELL_FORMED.fullmatch(text) else None


def _load(data: DataDirectory, name: str) -> str:
    path = data.secrets / name
    try:
        value = read_secret(path)
    except FileNotFoundError:
        if name in BOUND_TO_DATA and data.postgres.exists():
            raise StackError(f"{path} is missing, and the data cannot be used without it.") from None
        value = secrets.token_urlsafe(_RANDOM_BYTES)
        write_private(path, value)
    if value is None:
        raise StackError(f"{path} does not hold a secret (32 letters, digits, - or _).")
    return value
