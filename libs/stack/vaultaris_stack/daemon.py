"""The supervisor as a process of its own, for `vaultaris up --detach`.

It is forked from the command, which has everything loaded, and tells it what happens through a pipe, one JSON object a
line: an event, `{"ready": url}` or `{"failed": reason}`. With either of the last two the pipe closes, and the command
may go.
"""

import asyncio
import json
import os
import sys
import traceback
from dataclasses import asdict, dataclass
from typing import NoReturn, TextIO

from vaultaris_stack.assembly import Options
from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.events import Event
from vaultaris_stack.logs import log_path, open_log
from vaultaris_stack.run import run


@dataclass(frozen=True)
class Daemon:
    """A daemon that was just started: its pid, and what it reports."""

    pid: int
    reports: TextIO


def start_daemon(options: Options) -> Daemon:
    """Forks a daemon that runs a stack until it is told to stop. Call it from a process with one thread."""
    options.data.create()
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _become_daemon(options, _Report(writing))
    os.close(writing)
    return Daemon(pid, os.fdopen(reading, encoding="utf-8"))


class _Report:
    """The pipe to the waiting command. When nobody waits any more, nothing is reported; the log has it all."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def event(self, event: Event) -> None:
        self._write(asdict(event))

    def ready(self, environment: Environment) -> None:
        self._write({"ready": environment.url})
        self._close()

    def failed(self, reason: str) -> None:
        self._write({"failed": reason})
        self._close()

    def _write(self, message: dict[str, str]) -> None:
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, json.dumps(message).encode() + b"\n")
        except BrokenPipeError:
            self._close()

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _become_daemon(options: Options, report: _Report) -> NoReturn:
    """The rest of the child's life. Never returns, so that nothing of the command happens twice."""
    code = 1
    try:
        _leave_terminal(options)
        asyncio.run(run(options, report.event, None, report.ready))
        code = 0
    except StackError as failure:
        report.failed(str(failure))
    except BaseException as failure:
        traceback.print_exc()
        report.failed(f"{type(failure).__name__}: {failure} (`vaultaris logs supervisor` shows where)")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _leave_terminal(options: Options) -> None:
    """A session of its own; nothing to read, and the supervisor's log to write to."""
    os.setsid()
    with open(os.devnull, "rb") as nothing, open_log(log_path(options.data.logs, "supervisor")) as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
