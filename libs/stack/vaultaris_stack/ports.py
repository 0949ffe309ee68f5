"""Which ports a stack listens on: the gateway's is chosen by the user, every other one is found free at each start."""

import contextlib
import errno
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

from vaultaris_stack.errors import StackError
from vaultaris_stack.paths import write_private

LOOPBACK = "127.0.0.1"

# Below the range from which Linux takes the ports of outgoing connections, so that none of those gets in between.
_RANGE = range(20_000, 32_000)
_ATTEMPTS = 500


class Ports:
    """The ports of one run by name. Each is held until `release`, so that stacks started together don't collide."""

    def __init__(self, numbers: dict[str, int], held: dict[str, socket.socket]) -> None:
        self._numbers = numbers
        self._held = held

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]

    def release(self, name: str) -> int:
        """Lets go of a port for the process that is about to listen on it."""
        if holder := self._held.pop(name, None):
            holder.close()
        return self._numbers[name]

    def release_all(self) -> None:
        """Lets go of all ports."""
        for name in list(self._held):
            self.release(name)


def choose_ports(names: Iterable[str], remembered: Path) -> Ports:
    """Finds a free port for every name, preferably the one of the last run, and remembers the choice."""
    earlier = _read(remembered)
    held = {name: _hold(earlier.get(name)) for name in names}
    numbers = {name: int(holder.getsockname()[1]) for name, holder in held.items()}
    write_private(remembered, json.dumps(numbers, indent=2))
    return Ports(numbers, held)


def free_port() -> int:
    """A port that nobody listens on right now."""
    with contextlib.closing(_hold(None)) as holder:
        return int(holder.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier run may linger
        try:
            probe.bind((LOOPBACK, port))
        except OSError as refusal:
            if refusal.errno == errno.EACCES:
                raise StackError(f"Port {port} is reserved for root. Choose one above 1023 with --port.") from None
            return False
        return True


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {name: port for name, port in found.items() if port in _RANGE} if isinstance(found, dict) else {}


def _hold(preferred: int | None) -> socket.socket:
    """A socket on a free port. It listens, which keeps others away but not lingering connections of an earlier run."""
    candidates = random.sample(_RANGE, _ATTEMPTS)
    for port in candidates if preferred is None else (preferred, *candidates):
        with contextlib.suppress(OSError):
            return socket.create_server((LOOPBACK, port))
    raise StackError(f"No free port between {_RANGE.start} and {_RANGE.stop} on {LOOPBACK}.")
