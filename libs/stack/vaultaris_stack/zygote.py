"""The zygote: one process that imports every service once and forks them, so that they share that memory.

`python -m vaultaris_stack.zygote FD ENTRY...` imports the modules of the entries (`module:function`) and serves the
supervisor on the Unix socket FD until it closes. Each request is four bytes of length, with the pipe for the child's
output attached (SCM_RIGHTS), and that much JSON: `{"name", "entry", "arguments", "environ"}`. Each answer is a line:
`{"loaded": {entry: failure}}` once, `{"forked": pid}` or `{"refused": reason}`, `{"ended": pid, "code": n}`.

Whatever is imported here is shared by fork, so a module must not start threads, open connections or draw random
numbers when imported. When the supervisor goes, so do all children: asked first, killed after `_END_SECONDS`.
"""

import gc
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vaultaris_stack import kernel

_LENGTH_BYTES = 4
_END_SECONDS = 28.0  # a little more than a service may take to finish its requests


@dataclass(frozen=True)
class Work:
    """What a child is to run; `output` is the pipe for its standard output and error."""

    name: str
    entry: str
    arguments: list[str]
    environ: dict[str, str]
    output: int


def load(entries: Iterable[str]) -> dict[str, str]:
    """Imports the entries' modules; the failures, by entry. Their tracebacks go to standard error."""
    failures: dict[str, str] = {}
    for entry in entries:
        try:
            pkgutil.resolve_name(entry)
        except Exception as failure:
            traceback.print_exc()
            failures[entry] = f"{type(failure).__name__}: {failure}"
    gc.collect()
    gc.freeze()
    return failures


class Server:
    """Forks on request and reports how the children end."""

    def __init__(self, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._children: set[int] = set()
        self._ending = False
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)

    def serve(self) -> Work | None:
        """Returns None when all is over and, in each forked child, the work to do."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            selector.register(self._supervisor, selectors.EVENT_READ)
            while not self._ending:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wake in ready:
                    self._take_signals()
                if self._supervisor in ready and (work := self._take_request()):
                    return work
        self._end_children()
        return None

    def _take_signals(self) -> None:
        numbers = self._wake.recv(4096)
        self._ending |= signal.SIGTERM in numbers
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            self._answer(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _take_request(self) -> Work | None:
        """Forks for one request; in the child the work, in the parent None."""
        header, (*received,), _, _ = socket.recv_fds(self._supervisor, _LENGTH_BYTES, 1)
        if not header:
            self._ending = True
            return None
        request: dict[str, Any] = json.loads(self._receive(int.from_bytes(header)))
        work = Work(output=received[0], **request)
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as failure:
            self._answer(refused=failure.strerror)
            pid = -1
        if pid == 0:
            self._leave(parent)
            return work
        os.close(work.output)
        if pid > 0:
            self._children.add(pid)
            self._answer(forked=pid)
        return None

    def _leave(self, parent: int) -> None:
        """In the child: gives up everything that belongs to the zygote, and promises to end with it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        kernel.end_with_parent(parent, signal.SIGTERM)
        os.setsid()
        for each in (self._supervisor, self._wake, self._woken):
            each.close()

    def _receive(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            part = self._supervisor.recv(count - len(received))
            if not part:
                raise ConnectionError("the supervisor left in the middle of a request")
            received += part
        return bytes(received)

    def _answer(self, **message: object) -> None:
        try:
            self._supervisor.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            self._ending = True

    def _end_children(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _END_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            while self._children and (left := deadline - time.monotonic()) > 0:
                if selector.select(left):
                    self._take_signals()
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def run(work: Work) -> int:
    """Becomes the child: its output, its environment, its name, then its entry point. Returns the exit code."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (work.output, 1), (work.output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(work.output)
    os.environ.clear()
    os.environ.update(work.environ)
    time.tzset()
    kernel.name_process(work.name)
    code = pkgutil.resolve_name(work.entry)(*work.arguments)
    return code if isinstance(code, int) else 0


def main() -> int:
    """Loads, serves, and in a child runs its work; the exit code of either."""
    descriptor, *entries = sys.argv[1:]
    supervisor = socket.socket(fileno=int(descriptor))
    # Line by line, so that a log shows what a child printed before it hangs or crashes.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text streams here
    failures = load(entries)
    server = Server(supervisor)
    supervisor.sendall(json.dumps({"loaded": failures}).encode() + b"\n")
    work = server.serve()
    return run(work) if work is not None else 0


if __name__ == "__main__":
    sys.exit(main())
