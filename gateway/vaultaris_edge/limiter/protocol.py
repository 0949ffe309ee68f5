"""Just enough HTTP/1.1 to be asked by Envoy: no routing, no parsing beyond two headers, no bodies.

Only Envoy may reach this port. Its requests have no body, come one at a time per connection, and carry the
client's address in a header that Envoy itself sets.
"""

import asyncio
from typing import cast

from vaultaris_edge.limiter.client import client_of
from vaultaris_edge.limiter.limiter import UNAVAILABLE, Limiter
from vaultaris_edge.limiter.window import Asked
from vaultaris_gateway.limits import CLASS_HEADER, CLIENT_HEADER, CREDENTIAL

_CLIENT = f"\r\n{CLIENT_HEADER}: ".encode()
_CREDENTIAL = f"\r\n{CLASS_HEADER}: {CREDENTIAL}\r\n".encode()
_END = b"\r\n\r\n"
_PROBE = b"GET /livez "
_ALIVE = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
_MALFORMED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_MAX_HEAD = 128 * 1024


class LimiterProtocol(asyncio.Protocol):
    """One connection of Envoy."""

    __slots__ = ("_head", "_limiter", "_transport")

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._transport: asyncio.Transport | None = None
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._transport = None

    def data_received(self, data: bytes) -> None:
        head = self._head + data if self._head else data
        if not head.endswith(_END):
            self._head = head
            if len(head) > _MAX_HEAD:
                self._refuse()
            return
        self._head = b""
        start = head.find(_CLIENT)
        if start >= 0:
            start += len(_CLIENT)
            client = client_of(head[start : head.index(b"\r\n", start)])
            self._limiter.ask(Asked(client, _CREDENTIAL in head), self._write)
        elif head.startswith(_PROBE):
            self._write(UNAVAILABLE if self._limiter.draining else _ALIVE)
        else:
            self._refuse()

    def _write(self, response: bytes) -> None:
        """Does nothing when Envoy has gone away meanwhile."""
        if self._transport is not None:
            self._transport.write(response)

    def _refuse(self) -> None:
        self._write(_MALFORMED)
        if self._transport is not None:
            self._transport.close()
