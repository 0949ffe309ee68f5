"""A service that tells what reached it. One HTTP/1.1 server per service, on the test's own event loop."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from vaultaris_stack.ports import LOOPBACK

SERVICES = ("auth", "directory", "policy", "sessions", "plugins", "audit")


@dataclass
class Upstream:
    """``answers`` overrides single paths; everything else is answered with what was asked.

    So many requests as ``interruptions`` says are answered 503 first, as those that can be made again at once.
    """

    service: str
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    delay: float = 0.0
    interruptions: int = 0
    extra_headers: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    probed: int = 0
    _server: asyncio.Server | None = None
    _handlers: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, port, backlog=1024)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for handler in list(self._handlers):
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the gateway closed an idle connection, or the test ends
        finally:
            writer.close()
            self._handlers.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = [line.split(": ", 1) for line in head[1:-2]]
        body = await _body(reader, dict(headers))
        path = target.partition("?")[0]
        if path not in ("/readyz", "/metrics", "/openapi.json"):
            self.seen += 1
            await asyncio.sleep(self.delay)
        elif path == "/readyz":
            self.probed += 1
        told = {"service": self.service, "method": method, "target": target, "headers": headers, "size": len(body)}
        default = (404, b"{}") if path == "/openapi.json" else (200, json.dumps(told).encode())
        status, answer = self.answers.get(path, default)
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(answer)}", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.extra_headers.items()]
        if self.interruptions and path != "/readyz":
            self.interruptions -= 1
            lines[0] = "HTTP/1.1 503 X"
            lines.append("x-vaultaris-try-again: 1")
        writer.write("\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else answer))
        await writer.drain()
        return True


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body
    return await reader.readexactly(int(headers.get("content-length", 0)))


def header(told: dict[str, Any], name: str) -> str | None:
    """The value of a request header as the upstream saw it, several joined by a comma."""
    values = [value for key, value in told["headers"] if key == name]
    return ", ".join(values) if values else None
