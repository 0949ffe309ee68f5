"""One keep-alive HTTP/1.1 connection, as cheap as Python makes it: the load generator shares the cores.

Requests are bytes that were composed beforehand; of an answer only the status and the body are looked at.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_CLOSE = b"\r\nconnection: close\r\n"
_STATUS = slice(9, 12)
_NO_BODY = frozenset({204, 304})
_MAX_ANSWER = 8 * 1024 * 1024


class BrokenAnswer(Exception):
    """The peer closed the connection, or answered in a way that this client does not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the body that came with it."""

    status: int
    body: bytes

    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        return msgspec.json.decode(self.body, type=dict[str, object])


class Connection(asyncio.Protocol):
    """One request at a time: `await connection.ask(request)`. Connects when it is asked, and again after a loss."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._loop = asyncio.get_running_loop()
        self._read = bytearray()
        self._waiter: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer to a request. Raises :class:`BrokenAnswer`, and OSError when nobody listens."""
        transport = self._transport
        if transport is None or transport.is_closing():
            transport = await self._connect()
        self._waiter = self._loop.create_future()
        transport.write(request)
        return await self._waiter

    async def _connect(self) -> asyncio.Transport:
        host, _, port = self.address.rpartition(":")
        self._read = bytearray()
        self._transport, _ = await self._loop.create_connection(lambda: self, host, int(port))
        return self._transport

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._read += data
        try:
            answer = _complete(self._read)
        except ValueError as fault:
            self._fail(str(fault))
            return
        if answer is None:
            return
        if _CLOSE in self._read and self._transport is not None:
            self._transport.close()
        self._read = bytearray()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is None or self._transport.is_closing():  # else it was one that we have left
            self._fail(f"the peer closed the connection ({exc})")

    def _fail(self, reason: str) -> None:
        self.close()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(BrokenAnswer(reason))


def _complete(read: bytearray) -> Answer | None:
    """The answer once all of it is there. Raises ValueError for what this client does not read."""
    end = read.find(_END_OF_HEAD)
    if len(read) > _MAX_ANSWER:
        raise ValueError("the answer is too long")
    if end < 0:
        return None
    status = int(read[_STATUS])
    if status in _NO_BODY:
        return Answer(status, b"")
    begin = end + len(_END_OF_HEAD)
    finish = begin + _length(bytes(read[: end + 2]).lower())
    return Answer(status, bytes(read[begin:finish])) if len(read) >= finish else None


def _length(head: bytes) -> int:
    at = head.find(_LENGTH)
    if at < 0:
        raise ValueError("the answer has no Content-Length")
    at += len(_LENGTH)
    return int(head[at : head.index(b"\r\n", at)])


def compose(method: str, address: str, path: str, *, token: str | None = None, body: object = None) -> bytes:
    """A request with a JSON body (or none), ready to be sent again and again."""
    content = b"" if body is None else msgspec.json.encode(body)
    return _compose(method, address, path, token, "application/json", content)


def compose_form(address: str, path: str, fields: Mapping[str, str]) -> bytes:
    """A form post, as the OAuth endpoints take it."""
    return _compose("POST", address, path, None, "application/x-www-form-urlencoded", urlencode(fields).encode())


def _compose(method: str, address: str, path: str, token: str | None, kind: str, content: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"host: {address}"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    if content:
        lines += [f"content-type: {kind}", f"content-length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content
