"""Under which account PostgreSQL runs: it refuses root, so root lends it the account `nobody`."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from vaultaris_stack import kernel
from vaultaris_stack.errors import StackError

_READ_AND_RUN = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class Account:
    """An unprivileged account to run a program under.

    `capability` is the single Linux capability that it keeps, or None. It keeps one only where the program or its
    data lies below a folder closed to others (a checkout in `/root`, say): then it may pass such folders, no more.
    """

    name: str
    uid: int
    gid: int
    capability: int | None = None

    def assume(self) -> None:
        """Becomes this account for good. Call it in a child, between fork and exec."""
        if self.capability is not None:
            kernel.keep_capabilities_over_setuid()
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.capability is not None:
            kernel.keep_only(self.capability)

    def give(self, path: Path) -> None:
        """Makes this account the owner of a file or folder."""
        os.chown(path, self.uid, self.gid)


def database_account(data: Path, program: Path) -> Account | None:
    """The account under which `program` may work on the folder `data`; None means: the one we run under.

    Raises StackError when there is none.
    """
    if os.geteuid() != 0:
        _require_known_user()
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StackError(
            "PostgreSQL refuses to run as root, and this machine has no account `nobody` to lend it. "
            "Start the stack as another user, or set DATABASE_URL."
        ) from None
    return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid, _capability_to_reach(data, program))


def _require_known_user() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise StackError(
            f"PostgreSQL refuses to run under user id {os.geteuid()}, which has no name on this machine. "
            "Start the stack as a user that /etc/passwd knows, or set DATABASE_URL."
        ) from None


def _capability_to_reach(data: Path, program: Path) -> int | None:
    """None where others may enter the folders and run the program, else the least capability that helps."""
    folders = {folder for path in (data, program) for folder in path.parents if folder.exists()}
    entered = all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    runnable = program.stat().st_mode & _READ_AND_RUN == _READ_AND_RUN
    if entered and runnable:
        return None
    helpful = (kernel.CAP_DAC_READ_SEARCH, kernel.CAP_DAC_OVERRIDE) if runnable else (kernel.CAP_DAC_OVERRIDE,)
    for capability in helpful:
        if kernel.held_capabilities() & 1 << capability:
            return capability
    raise StackError(
        f"PostgreSQL runs as `nobody`, which cannot reach {data} or {program}. Keep both in folders that "
        "others may enter, or start the stack as another user."
    )
