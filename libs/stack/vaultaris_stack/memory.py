"""How much memory processes use, each shared page counted in parts (PSS), from /proc."""

from collections import defaultdict
from pathlib import Path

_KIB = 1024


def pss(pid: int) -> int | None:
    """Bytes of one process; None when it is gone or may not be looked at."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith("Pss:")), None)


def pss_with_children(pid: int) -> int | None:
    """The same with everything that it started, such as PostgreSQL's backends."""
    children = _children_by_parent()
    total, waiting = pss(pid), [pid]
    while waiting:
        for child in children[waiting.pop()]:
            total = (total or 0) + (pss(child) or 0)
            waiting.append(child)
    return total


def _children_by_parent() -> defaultdict[int, list[int]]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        children[int(fields[1])].append(int(stat.parent.name))
    return children
