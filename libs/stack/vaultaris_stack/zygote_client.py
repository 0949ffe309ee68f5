"""The supervisor's side of the zygote: starts it, has it fork, learns how its children end."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from vaultaris_stack.errors import PartFailed, StackError
from vaultaris_stack.logs import Logs
from vaultaris_stack.paths import current_folder
from vaultaris_stack.process import Process, spawn

_LENGTH_BYTES = 4
_ORPHAN_SECONDS = 28.0  # a little more than a service may take to finish its requests


@dataclass
class Zygote:
    """The zygote as a part of the stack. `entries` are the `module:function` names that it loads."""

    entries: Sequence[str]
    environ: Mapping[str, str]
    logs: Logs
    name: str = "zygote"
    port: int | None = None
    end_within: float = 30.0
    _connection: "_Connection | None" = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def launch(self) -> Process:
        """Starts it; `is_ready` once everything is imported."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = spawn(
                # -P: the user's folder must not provide modules.
                [sys.executable, "-P", "-m", "vaultaris_stack.zygote", str(theirs.fileno()), *self.entries],
                environ=self.environ,
                output=await self.logs.pipe(self.name),
                folder=str(current_folder()),
                pass_fds=(theirs.fileno(),),
            )
        self._loaded.clear()
        self._connection = _Connection(ours, self._connected, self._loaded)
        self._connected.set()
        return process

    @property
    def load_failure(self) -> str | None:
        """Why it could not load something, once it has tried."""
        if self._connection is None or not self._connection.failures:
            return None
        entry, failure = next(iter(self._connection.failures.items()))
        return f"{entry.partition(':')[0]} cannot be loaded: {failure}"

    async def is_ready(self) -> bool:
        """Whether everything is imported. Raises StackError when something could not be."""
        if self.load_failure:
            raise StackError(self.load_failure)
        return self._loaded.is_set()

    async def ask_to_end(self, process: Process) -> None:
        """Ends it and every child that it still has."""
        process.send(signal.SIGTERM)

    async def until_loaded(self) -> None:
        """Waits until it can fork children that share everything."""
        await self._loaded.wait()

    async def fork(
        self, name: str, entry: str, *, environ: Mapping[str, str], arguments: Sequence[str] = ()
    ) -> Process:
        """Runs an entry point in a new child, whose output goes to the log of its name."""
        if self._connection is None or not self._connected.is_set():
            raise StackError("the zygote is not running")
        request = {"name": name, "entry": entry, "arguments": list(arguments), "environ": dict(environ)}
        output = await self.logs.pipe(name)
        try:
            answer = self._connection.request(json.dumps(request).encode(), output)
        finally:
            os.close(output)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            answer.add_done_callback(_kill_unwanted)
            raise

    async def run(
        self, name: str, entry: str, *, environ: Mapping[str, str], arguments: Sequence[str] = ()
    ) -> int | None:
        """Runs a function in a child to its end; its exit code. Need not wait until everything is imported.

        Raises PartFailed when the zygote cannot load everything: it then ends, and the job with it.
        """
        await self._connected.wait()
        try:
            code = await (await self.fork(name, entry, environ=environ, arguments=arguments)).finish()
        except StackError as failure:
            raise PartFailed(self.name, self.load_failure or str(failure)) from None
        if code != 0 and self.load_failure:
            raise PartFailed(self.name, self.load_failure)
        return code


class _Connection:
    """The socket to one zygote process, and the children that it forked."""

    def __init__(self, ours: socket.socket, connected: asyncio.Event, loaded: asyncio.Event) -> None:
        ours.setblocking(False)
        self.failures: dict[str, str] | None = None
        self._socket = ours
        self._connected = connected
        self._loaded = loaded
        self._requests: deque[asyncio.Future[Process]] = deque()
        self._children: dict[int, Process] = {}
        self._listener = asyncio.create_task(self._listen())

    def request(self, message: bytes, output: int) -> asyncio.Future[Process]:
        """Sends one request with its pipe; the process that will be forked. Raises StackError when that is impossible.

        Requests are small beside the socket's buffer, so one that does not fit at once never will.
        """
        framed = len(message).to_bytes(_LENGTH_BYTES) + message
        try:
            sent = socket.send_fds(self._socket, [framed], [output])
        except OSError as failure:
            raise StackError(f"the zygote does not answer: {failure.strerror}") from None
        if sent < len(framed):
            self._socket.shutdown(
                socket.SHUT_RDWR
            )  # half a request has been sent: nothing after it would be understood
            raise StackError(f"the environment is too large to hand over ({len(message)} bytes)")
        answer: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._requests.append(answer)
        return answer

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        with self._socket, contextlib.suppress(ConnectionResetError):
            while part := await loop.sock_recv(self._socket, 65_536):
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    self._take(json.loads(line))
        self._lose()

    def _take(self, message: dict[str, Any]) -> None:
        if "loaded" in message:
            self.failures = message["loaded"]
            self._loaded.set()
        elif "forked" in message:
            process = self._children[message["forked"]] = Process(message["forked"])
            self._requests.popleft().set_result(process)
        elif "refused" in message:
            self._requests.popleft().set_exception(StackError(f"cannot be forked: {message['refused']}"))
        else:
            self._children.pop(message["ended"]).ended(message["code"])

    def _lose(self) -> None:
        """The zygote is gone. Its children were told to end by the kernel; nobody is left to tell their exit codes."""
        self._connected.clear()
        self._loaded.clear()
        for request in self._requests:
            request.set_exception(StackError("the zygote ended"))
        for child in self._children.values():
            child.on_end(partial(child.ended, None))
            asyncio.get_running_loop().call_later(_ORPHAN_SECONDS, child.kill)
        self._children.clear()


def _kill_unwanted(answer: "asyncio.Future[Process]") -> None:
    """For a process that was forked after its requester had given up."""
    if not answer.cancelled() and answer.exception() is None:
        answer.result().kill()
