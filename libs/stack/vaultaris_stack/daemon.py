"""The supervisor as a process of its own, for `vaultaris up --detach`.

`python -m vaultaris_stack.daemon DATA PORT REPORT [TOPOLOGY]` writes what happens to the pipe REPORT, one JSON object
a line: an event, `{"ready": url}` or `{"failed": reason}`, and closes it with the last two. Whoever started it may
then go.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from vaultaris_stack.assembly import Options
from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.events import Event
from vaultaris_stack.externals import user_environ
from vaultaris_stack.paths import DataDirectory, current_folder
from vaultaris_stack.run import run
from vaultaris_stack.topology import read_topology


class Report:
    """The pipe to the waiting command. When nobody waits any more, nothing is reported; the log has it all."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def event(self, event: Event) -> None:
        """Reports one event of the start."""
        self._write(asdict(event))

    def last(self, **message: str) -> None:
        """Reports how the start ended, and closes."""
        self._write(message)
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


def main() -> int:
    """Runs a stack until it is told to stop; exit code 1 when it cannot be started."""
    data, port, descriptor, *topology = sys.argv[1:]
    report = Report(int(descriptor))

    def on_ready(environment: Environment) -> None:
        report.last(ready=environment.url)

    try:
        options = Options(
            data=DataDirectory(Path(data)),
            port=int(port),
            user=user_environ(current_folder()),
            topology=read_topology(Path(topology[0]) if topology else None),
        )
        asyncio.run(run(options, report.event, None, on_ready))
    except StackError as failure:
        report.last(failed=str(failure))
        return 1
    except Exception as failure:
        report.last(failed=f"{type(failure).__name__}: {failure} (`vaultaris logs supervisor` shows where)")
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
