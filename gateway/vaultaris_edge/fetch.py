"""One GET to a process of ours: bounded in time and size, one connection each."""

import asyncio
import time
from http import HTTPStatus
from typing import NamedTuple

import httptools

from vaultaris_gateway.settings import Address

_MAX_BYTES = 16 * 1024 * 1024
_CHUNK = 64 * 1024


class Answer(NamedTuple):
    """An HTTP answer, and how many seconds it took."""

    status: int
    body: bytes
    seconds: float

    @property
    def is_ok(self) -> bool:
        """True for status 200."""
        return self.status == HTTPStatus.OK


class FetchError(Exception):
    """No usable answer: the process is away, too slow, or does not speak HTTP."""


class _Reading:
    """What httptools' parser calls."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.complete = False

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


async def get(where: Address | str, path: str, *, seconds: float) -> Answer:
    """GET ``path`` from an address, or from the Unix socket of that path. Raises FetchError."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            status, body = await _exchange(where, path)
    except TimeoutError:
        raise FetchError(f"no answer within {seconds} s") from None
    except (OSError, httptools.HttpParserError) as fault:
        raise FetchError(type(fault).__name__) from fault
    return Answer(status, body, time.monotonic() - started)


async def _exchange(where: Address | str, path: str) -> tuple[int, bytes]:
    if isinstance(where, str):
        host = "localhost"
        reader, writer = await asyncio.open_unix_connection(where)
    else:
        host = str(where)
        reader, writer = await asyncio.open_connection(*where)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        return await _read(reader)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    reading = _Reading()
    parser = httptools.HttpResponseParser(reading)
    while not reading.complete:
        data = await reader.read(_CHUNK)
        if not data:
            raise FetchError("the connection was closed within the answer")
        parser.feed_data(data)
        if len(reading.body) > _MAX_BYTES:
            raise FetchError("the answer is too large")
    return parser.get_status_code(), bytes(reading.body)
