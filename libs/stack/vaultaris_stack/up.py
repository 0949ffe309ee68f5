"""`vaultaris up`: in this terminal, or as a daemon that is waited for until it is ready."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console as Terminal

from vaultaris_stack.assembly import Options
from vaultaris_stack.console import terminal_console
from vaultaris_stack.daemon import start_daemon
from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.events import Event, State
from vaultaris_stack.progress import Progress
from vaultaris_stack.run import run
from vaultaris_stack.welcome import show_welcome


class Foreground:
    """What the terminal shows of a stack that runs in it: the start, what to do next, then the log."""

    def __init__(self, terminal: Terminal, options: Options) -> None:
        self._terminal = terminal
        self._data = options.data
        self._lines = terminal_console("NO_COLOR" in options.user)
        self._progress = Progress(terminal)
        self._began = time.monotonic()
        self._ready = False

    def show_start(self) -> contextlib.AbstractContextManager[None]:
        """Draws the progress of the start until the stack is ready or fails."""
        return _drawing(self._progress)

    def event(self, event: Event) -> None:
        """A part changed its state."""
        if self._ready:
            self._lines.line("supervisor", f"{event.part} {event.state} {event.detail}".rstrip())
        else:
            self._progress(event)

    def ready(self, environment: Environment) -> None:
        """Everything runs."""
        self._progress.stop()
        self._ready = True
        show_welcome(self._terminal, environment.url, time.monotonic() - self._began, self._data, detached=False)

    def line(self, name: str, line: str) -> None:
        """A process wrote a line. Those of the start are in the log files only."""
        if self._ready:
            self._lines.line(name, line)


def up_here(options: Options) -> None:
    """Runs the stack in this process until Ctrl-C. Raises StackError when it cannot be started."""
    view = Foreground(Terminal(highlight=False), options)
    with view.show_start():
        asyncio.run(run(options, view.event, view.line, view.ready))


def up_detached(options: Options) -> None:
    """Starts a daemon and returns when the stack is ready. Raises StackError with the reason when it is not."""
    terminal = Terminal(highlight=False)
    progress = Progress(terminal)
    began = time.monotonic()
    daemon = start_daemon(options)
    try:
        with _drawing(progress), daemon.reports:
            url = _follow(daemon.reports, progress)
    except KeyboardInterrupt:
        os.kill(daemon.pid, signal.SIGTERM)
        os.waitpid(daemon.pid, 0)
        raise
    except StackError:
        os.waitpid(daemon.pid, 0)
        raise
    show_welcome(terminal, url, time.monotonic() - began, options.data, detached=True)


@contextlib.contextmanager
def _drawing(progress: Progress) -> Iterator[None]:
    progress.start()
    try:
        yield
    finally:
        progress.stop()


def _follow(reports: TextIO, progress: Progress) -> str:
    """Shows what the daemon reports; the address once it is ready. Raises StackError with the reason otherwise."""
    for line in reports:
        message = json.loads(line)
        if "ready" in message:
            return str(message["ready"])
        if "failed" in message:
            raise StackError(message["failed"])
        progress(Event(message["part"], State(message["state"]), message["detail"]))
    raise StackError("The supervisor ended unexpectedly; `vaultaris logs supervisor` shows its last words.")
