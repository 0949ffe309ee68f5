"""A relying party's back channel: takes logout tokens, as long as it is told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs


@dataclass
class BackChannel:
    """``statuses`` are what it answers, one after the other, and 200 from then on."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/backchannel-logout"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        form = parse_qs((await reader.readexactly(length)).decode())
        self.tokens += form["logout_token"]
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        if status == 200:
            self.told.set()


@contextlib.asynccontextmanager
async def back_channel(*statuses: int) -> AsyncIterator[BackChannel]:
    """One that listens on loopback, which DEV mode lets us call."""
    channel = BackChannel(statuses=list(statuses))
    server = await asyncio.start_server(channel.serve, "127.0.0.1", 0)
    channel.port = server.sockets[0].getsockname()[1]
    async with server:
        yield channel
