"""Waiting for what arrives by events: polls until it is there, and fails with what was seen last."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")


async def eventually(
    look: Callable[[], Awaitable[Seen]], enough: Callable[[Seen], bool], *, within: float = 15.0
) -> Seen:
    """What ``look`` saw once it was ``enough``; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while True:
        seen = await look()
        if enough(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {within} s; last seen: {seen!r}"
        await asyncio.sleep(0.05)
