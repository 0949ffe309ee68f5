"""The steps that workers repeat."""

import itertools
from collections.abc import Sequence

from bench.connection import Answer, Connection
from bench.drive import Step


def fault_of(answer: Answer, status: int, mark: bytes = b"") -> str:
    """What is wrong with an answer that should have `status` and hold `mark`; nothing when that is so."""
    if answer.status != status:
        return f"status {answer.status}"
    return "" if mark in answer.body else "another body"


def repeat(connection: Connection, requests: Sequence[bytes], status: int = 200, mark: bytes = b"") -> Step:
    """Asks the requests in turn; good is an answer with `status` whose body holds `mark`."""
    turn = itertools.cycle(requests)

    async def step() -> str:
        return fault_of(await connection.ask(next(turn)), status, mark)

    return step


def spread(connections: Sequence[Connection], requests: Sequence[bytes], mark: bytes = b"") -> list[Step]:
    """One step a connection, each beginning at another request, so they don't march in line."""
    share = max(1, len(requests) // len(connections))
    return [
        repeat(connection, [*requests[start:], *requests[:start]], mark=mark)
        for start, connection in ((index * share % len(requests), each) for index, each in enumerate(connections))
    ]
