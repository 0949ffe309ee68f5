"""The start of a stack as people see it: a line for every part that is ready, and which ones are awaited.

Draws only when something happens: a drawing thread would make forking unsafe where the supervisor is the terminal's
own process.
"""

from rich.console import Console
from rich.live import Live
from rich.text import Text

from vaultaris_stack.events import Event, State

_WIDTH = 16


class Progress:
    """Shows events between `start` and `stop`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._awaited: dict[str, None] = {}
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def start(self) -> None:
        """Begins to draw."""
        if self._live is not None:
            self._live.start()

    def stop(self) -> None:
        """Draws no more; what was printed stays. May be called twice."""
        if self._live is not None:
            self._live.update("")
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event.state:
            case State.STARTING:
                self._awaited[event.part] = None
            case State.READY:
                self._awaited.pop(event.part, None)
                self._print("✓", "green", event)
            case State.RESTARTING:
                self._print("!", "yellow", event)
            case State.STOPPING:
                self._print("◦", "dim", event)
            case State.STOPPED:
                self._awaited.pop(event.part, None)
        self._draw()

    def _print(self, mark: str, style: str, event: Event) -> None:
        detail = event.detail or event.state
        self._console.print(Text.assemble((f"{mark} ", style), event.part.ljust(_WIDTH), (detail, "dim")))

    def _draw(self) -> None:
        if self._live is not None:
            waiting = f"… waiting for {', '.join(self._awaited)}" if self._awaited else ""
            self._live.update(Text(waiting, style="dim"), refresh=True)
