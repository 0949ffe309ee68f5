"""Figures as one aligned table of plain text."""

from collections.abc import Sequence

from bench.figures import Figures

_HEAD = ("case", "conns", "req/s", "p50 ms", "p95 ms", "p99 ms", "errors", "gen %", "others %", "CPU")
_MOST_FAULTS = 5
LEGEND = (
    "CPU and the columns after it: CPU seconds per 1,000 answers, in all and by process.  "
    "gen %: the load generator, of one core.  others %: everybody else on the machine, of all cores."
)


def render(rows: Sequence[Figures]) -> str:
    """A line a case, the processes that did anything as columns, the dearest first, then the notes."""
    processes = _processes(rows)
    cells = [(*_HEAD, *processes), *(_cells(row, processes) for row in rows)]
    lines = align(cells)
    notes = [f"{row.name}: {note}" for row in rows for note in (*_faults(row), *row.notes)]
    return "\n".join([*lines, LEGEND, *notes])


def _faults(row: Figures) -> list[str]:
    """What the errors were, the most frequent first."""
    kinds = sorted(row.faults.items(), key=lambda item: -item[1])[:_MOST_FAULTS]
    return ["errors: " + ", ".join(f"{count} x {kind}" for kind, count in kinds)] if kinds else []


def align(cells: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell, a rule below the first line; the first column left, the others right."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [_line(row, widths) for row in cells]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *numbers])


def _processes(rows: Sequence[Figures]) -> list[str]:
    """Processes that cost at least 0.005 somewhere, which two decimals can show."""
    names = {name for row in rows for name in row.used}
    dearest = {name: max(row.cost(name) for row in rows) for name in names}
    return sorted((name for name in names if dearest[name] >= 0.005), key=lambda name: -dearest[name])


def _cells(row: Figures, processes: Sequence[str]) -> tuple[str, ...]:
    latencies = (f"{seconds * 1000:.1f}" for seconds in (row.latencies.p50, row.latencies.p95, row.latencies.p99))
    return (
        row.name,
        str(row.connections),
        f"{row.rate:,.0f}",
        *latencies,
        str(row.errors),
        f"{row.processor.generator_share:.0%}".rstrip("%"),
        f"{row.processor.others_share:.0%}".rstrip("%"),
        f"{row.total_cost:.2f}",
        *(f"{row.cost(name):.2f}" for name in processes),
    )
