"""Asking a process whether it is ready: small, bounded, over a TCP port or a Unix socket, without a client library."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from vaultaris_stack.ports import LOOPBACK

_ANSWER_LIMIT = 256 * 1024
_SECONDS = 2.0

Address = int | Path
"""A loopback port, or the path of a Unix socket."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: its status, and its body as text."""

    status: int
    body: str

    @property
    def ok(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.status == HTTPStatus.OK


async def exchange(address: Address, request: bytes, *, until: bytes | None = None) -> bytes:
    """Sends bytes and returns what comes back: up to and with `until`, or up to the end.

    Raises OSError when nobody answers, TimeoutError after two seconds.
    """
    async with asyncio.timeout(_SECONDS):
        reader, writer = await _connect(address)
        try:
            writer.write(request)
            await writer.drain()
            return await _read(reader, until)
        finally:
            writer.close()


async def http(address: Address, method: str, path: str) -> Answer | None:
    """One HTTP request; None when there is no answer in time."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    try:
        top, _, body = (await exchange(address, head.encode())).partition(b"\r\n\r\n")
        whole = _join_chunks(body) if b"transfer-encoding: chunked" in top.lower() else body
        return Answer(int(top.split(b" ", 2)[1]), whole.decode(errors="replace"))
    except (OSError, TimeoutError, ValueError, IndexError):
        return None


async def answers_ok(address: Address, path: str) -> bool:
    """Whether a GET is answered with 200."""
    answer = await http(address, "GET", path)
    return answer is not None and answer.ok


def _join_chunks(body: bytes) -> bytes:
    """The body without the lengths between its parts (RFC 9112, 7.1)."""
    parts = bytearray()
    while body:
        length, _, rest = body.partition(b"\r\n")
        size = int(length.partition(b";")[0], 16)
        parts += rest[:size]
        body = rest[size + 2 :]
    return bytes(parts)


async def _connect(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(address, Path):
        return await asyncio.open_unix_connection(address, limit=_ANSWER_LIMIT)
    return await asyncio.open_connection(LOOPBACK, address, limit=_ANSWER_LIMIT)


async def _read(reader: asyncio.StreamReader, until: bytes | None) -> bytes:
    if until is None:
        return await _read_all(reader)
    try:
        return await reader.readuntil(until)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as end:
        raise ConnectionError("the answer ended early") from end


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    parts = bytearray()
    while len(parts) < _ANSWER_LIMIT and (part := await reader.read(_ANSWER_LIMIT - len(parts))):
        parts += part
    return bytes(parts)
