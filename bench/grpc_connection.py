"""One HTTP/2 connection for unary gRPC calls, as cheap as Python makes it: the load generator shares the cores.

Requests are bytes that were composed beforehand, headers included; of an answer only its message is looked at. Without
one the call has failed (gRPC over HTTP/2, "Responses": an error comes as trailers alone).
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from bench.connection import BrokenAnswer

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_HEAD = Struct(">BHBBI")  # length (24 bits in two parts), type, flags, stream
_HEAD_BYTES = 9
_MESSAGE_HEAD = Struct(">BI")  # compressed or not, length
_LARGEST_WINDOW = 2**31 - 1
_FIRST_WINDOW = 65_535


@dataclass(frozen=True, slots=True)
class Call:
    """A method with its request, ready to be sent again and again."""

    headers: bytes
    message: bytes


def compose_call(authority: str, path: str, request: bytes) -> Call:
    """A call of ``path`` (`/package.Service/Method`) with an encoded message."""
    headers = b"".join((
        b"\x83\x87",  # :method POST, :scheme https, both from HPACK's static table
        b"\x04" + _text(path), b"\x01" + _text(authority),
        b"\x0f\x10" + _text("application/grpc"),  # content-type
        b"\x00" + _text("te") + _text("trailers"),
    ))  # fmt: skip
    return Call(headers, _MESSAGE_HEAD.pack(0, len(request)) + request)


class GrpcConnection(asyncio.Protocol):
    """Any number of calls at a time: `await connection.ask(call)`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._read = bytearray()
        self._waiters: dict[int, asyncio.Future[bytes]] = {}
        self._messages: dict[int, bytes] = {}
        self._stream = -1
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def open(cls, address: str, name: str, tls: Mapping[str, str]) -> "GrpcConnection":
        """Connects with mutual TLS: ``tls`` has the files `ca`, `cert` and `key`; ``name`` is the peer's."""
        context = ssl.create_default_context(cafile=tls["ca"])
        context.load_cert_chain(tls["cert"], tls["key"])
        context.set_alpn_protocols(["h2"])
        host, _, port = address.rpartition(":")
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(cls, host, int(port), ssl=context, server_hostname=name)
        return made

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()

    async def ask(self, call: Call) -> bytes:
        """The answer's message. Raises :class:`BrokenAnswer`."""
        if self._transport is None or self._transport.is_closing():
            raise BrokenAnswer("the connection is closed")
        self._stream += 2
        waiter = self._waiters[self._stream] = self._loop.create_future()
        self._transport.write(
            _frame(_HEADERS, _END_HEADERS, self._stream, call.headers)
            + _frame(_DATA, _END_STREAM, self._stream, call.message)
        )
        message: bytes = await waiter
        return message

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # asyncio promises no more than a BaseTransport
        window = (_LARGEST_WINDOW - _FIRST_WINDOW).to_bytes(4, "big")
        self._write(_PREFACE + _frame(_SETTINGS, 0, 0, b"") + _frame(_WINDOW, 0, 0, window))

    def connection_lost(self, exc: Exception | None) -> None:
        for waiter in self._waiters.values():
            if not waiter.done():
                waiter.set_exception(BrokenAnswer(f"the peer closed the connection ({exc})"))
        self._waiters.clear()

    def data_received(self, data: bytes) -> None:
        self._read += data
        read, at = self._read, 0
        while len(read) - at >= _HEAD_BYTES:
            high, low, kind, flags, stream = _HEAD.unpack_from(read, at)
            end = at + _HEAD_BYTES + (high << 16 | low)
            if end > len(read):
                break
            self._take(kind, flags, stream, bytes(read[at + _HEAD_BYTES : end]))
            at = end
        del read[:at]

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self._messages[stream] = self._messages.get(stream, b"") + payload
        elif kind == _SETTINGS and not flags & _ACK:
            self._write(_frame(_SETTINGS, _ACK, 0, b""))
        elif kind == _PING and not flags & _ACK:
            self._write(_frame(_PING, _ACK, 0, payload))
        elif kind == _GOAWAY:
            self.close()
        if (kind in (_DATA, _HEADERS) and flags & _END_STREAM) or kind == _RESET:
            self._end(stream)

    def _end(self, stream: int) -> None:
        message, waiter = self._messages.pop(stream, None), self._waiters.pop(stream, None)
        if waiter is None or waiter.done():
            return
        if message is None:
            waiter.set_exception(BrokenAnswer("the call failed"))
        else:
            waiter.set_result(message[_MESSAGE_HEAD.size :])

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    length = len(payload)
    return _HEAD.pack(length >> 16, length & 0xFFFF, kind, flags, stream) + payload


def _text(value: str) -> bytes:
    """A string of HPACK, at most 126 bytes, as it is (RFC 7541 section 5.2)."""
    return bytes((len(value),)) + value.encode()
