"""`vaultaris status`: every process with what the supervisor knows of it, and its memory."""

from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaultaris_stack import control
from vaultaris_stack.errors import StackError
from vaultaris_stack.memory import pss, pss_with_children
from vaultaris_stack.paths import DataDirectory

_MIB = 1024 * 1024
# Their children have rows of their own.
_COUNTED_ALONE = frozenset({"supervisor", "zygote"})


@dataclass(frozen=True)
class Row:
    """One process. `pid` is None while it does not run; `memory` is its PSS in bytes, None where unknown."""

    name: str
    pid: int | None
    port: int | None
    state: str
    ready: bool
    restarts: int
    memory: int | None


@dataclass(frozen=True)
class Status:
    """A stack at one moment. Without a supervisor `running` is false and there is no process."""

    running: bool
    ready: bool
    url: str | None
    data: str
    processes: tuple[Row, ...]

    def row(self, name: str) -> Row:
        """One process by its name. Raises StackError when the stack has none of this name, or does not run."""
        for row in self.processes:
            if row.name == name:
                return row
        raise StackError(f"No process is named {name!r}.")

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        return asdict(self)


def read_status(data: DataDirectory) -> Status:
    """Asks the supervisor, and measures."""
    try:
        answer = control.ask(data, "status", seconds=15.0)
    except control.NotRunning:
        return Status(running=False, ready=False, url=None, data=str(data.root), processes=())
    rows = tuple(Row(**row, memory=_memory(row["name"], row["pid"])) for row in answer.pop("processes"))
    return Status(**answer, processes=rows)


def show_status(console: Console, status: Status) -> None:
    """Prints a table."""
    if not status.running:
        console.print(f"Nothing runs on {status.data}. `vaultaris up` starts it.", soft_wrap=True)
        return
    head = Text.assemble((status.url or "", "bold"), "  all ready: ", _mark(status.ready), "  ", (status.data, "dim"))
    console.print(head, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("process", "state", "ready"):
        table.add_column(title)
    for title in ("pid", "port", "memory", "restarts"):
        table.add_column(title, justify="right")
    for row in status.processes:
        table.add_row(
            row.name,
            row.state,
            _mark(row.ready),
            str(row.pid or "-"),
            str(row.port or "-"),
            _size(row.memory),
            Text(str(row.restarts), style="yellow" if row.restarts else "dim"),
        )
    table.add_section()
    table.add_row("all", "", "", "", "", _size(sum(row.memory or 0 for row in status.processes)), "")
    console.print(table)


def _memory(name: str, pid: int | None) -> int | None:
    if pid is None:
        return None
    return pss(pid) if name in _COUNTED_ALONE else pss_with_children(pid)


def _mark(ready: bool) -> Text:
    return Text("yes", style="green") if ready else Text("no", style="red")


def _size(size: int | None) -> str:
    return "-" if size is None else f"{size / _MIB:.1f} MB"
