"""The supervisor's control socket: one JSON line asks, one JSON line answers. Only its owner can reach it."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from vaultaris_stack.errors import StackError
from vaultaris_stack.instance import read_record
from vaultaris_stack.paths import DataDirectory

SOCKET_NAME = "control.sock"
_LINE_LIMIT = 1024 * 1024
_CONNECT_SECONDS = 5.0
_CLOSE_SECONDS = 2.0

Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""Answers one request `{"command": ..., ...}`. A StackError becomes the answer's `error`."""


class ControlServer:
    """Answers requests on a Unix socket."""

    def __init__(self, path: Path, handle: Handler) -> None:
        self._path = path
        self._handle = handle
        self._answering: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begins to listen; only our own user may connect."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._accept, self._path, limit=_LINE_LIMIT)
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Takes no more requests, and lets those under way have their answers."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        if self._answering:
            await asyncio.wait(self._answering, timeout=_CLOSE_SECONDS)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):  # whoever asked may have left
            reply = await self._reply_to(await reader.readline())
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()

    async def _reply_to(self, line: bytes) -> dict[str, Any]:
        try:
            return await self._handle(json.loads(line))
        except StackError as failure:
            return {"error": str(failure)}
        except (ValueError, KeyError, TypeError):
            return {"error": "not a request of this supervisor; is the command of another version?"}


def ask(data: DataDirectory, command: str, *, seconds: float = 90.0, **fields: str) -> dict[str, Any]:
    """Sends one request to the supervisor of a data directory; its answer.

    Raises NotRunning when there is no supervisor, StackError with its reason when it refuses.
    """
    record = read_record(data)
    if record is None:
        raise NotRunning(data)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(str(record.control))
            connection.settimeout(seconds)
            connection.sendall(json.dumps({"command": command, **fields}).encode() + b"\n")
            line = _read_line(connection)
        except (FileNotFoundError, ConnectionError):
            raise NotRunning(data) from None
        except TimeoutError:
            raise StackError(f"The supervisor ({record.pid}) does not answer.") from None
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise StackError(answer["error"])
    return answer


class NotRunning(StackError):
    """Nothing runs on this data directory."""

    def __init__(self, data: DataDirectory) -> None:
        super().__init__(f"Nothing runs on {data.root}. `vaultaris up` starts it.")


def _read_line(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        part = connection.recv(65_536)
        if not part or len(received) > _LINE_LIMIT:
            raise ConnectionResetError
        received += part
    return bytes(received)
