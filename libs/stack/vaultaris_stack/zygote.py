"""The zygote: one process that imports every service once and forks them, so that they share that memory.

`python -m vaultaris_stack.zygote FD ENTRY...` imports the modules of the entries (`module:function`) and serves the
supervisor on the Unix socket FD until it closes, also between two imports. Each request is four bytes of length, with
the pipe for the child's output attached (SCM_RIGHTS), and that much JSON: `{"name", "entry", "arguments", "environ"}`.
Each answer is a line: `{"loaded": {entry: failure}}` once, `{"forked": pid}` or `{"refused": reason}`, and
`{"ended": pid, "code": n}`.

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
_HANDLED = (signal.SIGCHLD, signal.SIGTERM)
_END_SECONDS = 28.0  # a little more than a service may take to finish its requests


@dataclass(frozen=True)
class Work:
    """What a child is to run; `output` is the pipe for its standard output and error."""

    name: str
    entry: str
    arguments: list[str]
    environ: dict[str, str]
    output: int


def load(entry: str) -> str | None:
    """Imports the module of an entry; why that failed, if it did. The traceback goes to standard error."""
    try:
        pkgutil.resolve_name(entry)
    except Exception as failure:
        traceback.print_exc()
        return f"{type(failure).__name__}: {failure}"
    # A lock that another thread holds at a fork is never released in the child.
    return "it started a thread, and forking would not be safe" if len(os.listdir("/proc/self/task")) > 1 else None


class Server:
    """Forks on request and reports how the children end."""

    def __init__(self, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._children: set[int] = set()
        self._ending = False
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(self._supervisor, selectors.EVENT_READ)
        for number in _HANDLED:
            signal.signal(number, lambda *_: None)  # the wake-up socket tells which one came
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)

    def load(self, entries: Iterable[str]) -> Work | None:
        """Imports everything and tells the supervisor. What it asks for meanwhile is forked between two imports."""
        failures: dict[str, str] = {}
        gc.disable()  # imports make much, and little of it is garbage
        for entry in entries:
            if failure := load(entry):
                failures[entry] = failure
            while ready := self._selector.select(0):
                if work := self._handle(ready):
                    return work
                if self._ending:
                    return None
        gc.enable()
        gc.collect()
        gc.freeze()
        self._answer(loaded=failures)
        return None

    def serve(self) -> Work | None:
        """Returns None when all is over and, in each forked child, the work to do; so does `load`."""
        while not self._ending:
            if work := self._handle(self._selector.select()):
                return work
        self._end_children()
        return None

    def _handle(self, ready: list[tuple[selectors.SelectorKey, int]]) -> Work | None:
        sources = {key.fileobj for key, _ in ready}
        if self._wake in sources:
            self._take_signals()
        return self._take_request() if self._supervisor in sources else None

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
        # Held back over the fork: one for the child must not reach the handlers that it still shares with us.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        try:
            if self._fork() == 0:
                return work
        except OSError as failure:
            self._answer(refused=failure.strerror)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        os.close(work.output)
        return None

    def _fork(self) -> int:
        """Forks; 0 in the child, which then has nothing of the zygote any more."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave(parent)
        else:
            self._children.add(pid)
            self._answer(forked=pid)
        return pid

    def _leave(self, parent: int) -> None:
        """Gives up everything that belongs to the zygote, and promises to end with it."""
        signal.set_wakeup_fd(-1)
        for number in _HANDLED:
            signal.signal(number, signal.SIG_DFL)
        kernel.end_with_parent(parent, signal.SIGTERM)
        os.setsid()
        for each in (self._selector, self._supervisor, self._wake, self._woken):
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
        self._selector.unregister(self._supervisor)
        deadline = time.monotonic() + _END_SECONDS
        while self._children and (left := deadline - time.monotonic()) > 0:
            if self._selector.select(left):
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
    gc.enable()
    code = pkgutil.resolve_name(work.entry)(*work.arguments)
    return code if isinstance(code, int) else 0


def main() -> int:
    """Loads, serves, and in a child runs its work; the exit code of either."""
    descriptor, *entries = sys.argv[1:]
    supervisor = socket.socket(fileno=int(descriptor))
    # Line by line, so that a log shows what a child printed before it hangs or crashes.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text streams here
    server = Server(supervisor)
    work = server.load(entries) or server.serve()
    return run(work) if work is not None else 0


if __name__ == "__main__":
    sys.exit(main())
