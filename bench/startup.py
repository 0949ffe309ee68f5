"""How long a stack takes from the command to ready, at first and later, and how much memory its Python processes use.

Run it with `python bench/startup.py` on an otherwise idle machine; it uses a folder and ports of its own, and takes
under a minute. Times are those of `vaultaris up --detach` as a user feels them, in seconds; memory is PSS.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from vaultaris_stack.local import LocalStack
from vaultaris_stack.status import Status

_MIB = 1024 * 1024
_EMBEDDED = frozenset({"envoy", "nats", "valkey", "postgres"})
_FIRST_TARGET, _LATER_TARGET, _MEMORY_TARGET = 20.0, 6.0, 400.0
_SETTLE_SECONDS = 3.0


def _timed_start(stack: LocalStack) -> float:
    began = time.monotonic()
    stack.start()
    return time.monotonic() - began


def _python_memory(status: Status) -> dict[str, float]:
    """MiB by process."""
    return {row.name: (row.memory or 0) / _MIB for row in status.processes if row.name not in _EMBEDDED}


def _measure(data: Path, topology: Path | None, later: int) -> tuple[float, list[float], dict[str, float]]:
    stack = LocalStack(data, topology=topology)
    try:
        first = _timed_start(stack)
        times = []
        for _ in range(later):
            stack.stop()
            times.append(_timed_start(stack))
        time.sleep(_SETTLE_SECONDS)  # until what is done lazily after the start has been done
        return first, times, _python_memory(stack.status())
    finally:
        stack.stop()


def _print(first: float, later: list[float], memory: dict[str, float]) -> None:
    table = Table("measure", "value", "target", "met")
    rows = (
        ("first start to ready", first, _FIRST_TARGET, "s"),
        (f"later start to ready (median of {len(later)})", statistics.median(later), _LATER_TARGET, "s"),
        (f"PSS of {len(memory)} Python processes", sum(memory.values()), _MEMORY_TARGET, "MiB"),
    )
    for name, value, target, unit in rows:
        table.add_row(name, f"{value:.1f} {unit}", f"{target:.0f} {unit}", "yes" if value <= target else "no")
    console = Console()
    console.print(table)
    console.print("  ".join(f"{name} {size:.0f}" for name, size in memory.items()), style="dim")


def main() -> None:
    """Measures on a new data directory, which is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--later", type=int, default=3, choices=range(1, 11), help="how many later starts")
    parser.add_argument("--topology", type=Path, help="a JSON file with other services than the product's")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="vaultaris-bench-"))
    try:
        _print(*_measure(folder / "data", options.topology, options.later))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
