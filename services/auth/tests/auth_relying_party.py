"""A relying party's back channel: takes logout tokens, as long as it is told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs


@dataclass
class BackChannel:
    """``statuses`` are what it answers, one after the other, and 200 from then on; one that ``hangs``, nothing.

    ``most`` is how many it had to answer at the same time.
    """

    statuses: list[int] = field(default_factory=list)
    hangs: bool = False
    port: int = 0
    tokens: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 0
    hung: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/backchannel-logout"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        form = parse_qs((await reader.readexactly(length)).decode())
        self.tokens += form["logout_token"]
        if self.hangs:
            self.hung.add(writer)
            self.most = max(self.most, len(self.hung))
            await reader.read()  # until the other side has had enough
            self.hung.discard(writer)
            writer.close()
            return
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        if status == 200:
            self.told.set()


@contextlib.asynccontextmanager
async def back_channel(*statuses: int, hangs: bool = False) -> AsyncIterator[BackChannel]:
    """One that listens on loopback, which DEV mode lets us call."""
    channel = BackChannel(list(statuses), hangs=hangs)
    server = await asyncio.start_server(channel.serve, "127.0.0.1", 0)
    channel.port = server.sockets[0].getsockname()[1]
    async with server:
        yield channel
        for writer in channel.hung:
            writer.close()
