"""The steps that workers repeat."""

import itertools
from collections.abc import Sequence

from bench.connection import Connection
from bench.drive import Step


def repeat(connection: Connection, requests: Sequence[bytes], status: int = 200, mark: bytes = b"") -> Step:
    """Asks the requests in turn; good is an answer with `status` whose body holds `mark`."""
    turn = itertools.cycle(requests)

    async def step() -> bool:
        answer = await connection.ask(next(turn))
        return answer.status == status and mark in answer.body

    return step


def spread(connections: Sequence[Connection], requests: Sequence[bytes], mark: bytes = b"") -> list[Step]:
    """One step a connection, each beginning at another request, so they don't march in line."""
    share = max(1, len(requests) // len(connections))
    return [
        repeat(connection, [*requests[start:], *requests[:start]], mark=mark)
        for start, connection in ((index * share % len(requests), each) for index, each in enumerate(connections))
    ]
