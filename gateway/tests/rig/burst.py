"""Many requests at once, from a client cheap enough not to be the slow part."""

import asyncio
import json
import time
from collections import Counter
from typing import Any, NamedTuple

from gateway.tests.rig.world import Envoy
from vaultaris_stack.ports import LOOPBACK


class Answer(NamedTuple):
    """``headers`` by lower-case name; ``seconds`` from the request to its answer."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


async def burst(
    envoy: Envoy, count: int, who: str, *, path: str, method: str = "GET", at_once: int = 100, **headers: str
) -> list[Answer]:
    """``count`` requests of the client ``who`` over at most ``at_once`` connections, in the order of their answers."""
    lines = {"host": "test", "x-forwarded-for": who, "content-length": "0", **headers}
    request = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    answers: list[Answer] = []
    left = iter(range(count))

    async def send() -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, envoy.port)
        for _ in left:
            started = time.monotonic()
            writer.write(request.encode() + b"\r\n")
            answers.append(await _answer(reader, method, started))
        writer.close()

    await asyncio.gather(*(send() for _ in range(min(at_once, count))))
    return answers


async def _answer(reader: asyncio.StreamReader, method: str, started: float) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    body = b"" if method == "HEAD" else await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(first.split()[1]), headers, body, time.monotonic() - started)


def statuses(answers: list[Answer]) -> Counter[int]:
    """How many answers had which status."""
    return Counter(answer.status for answer in answers)
