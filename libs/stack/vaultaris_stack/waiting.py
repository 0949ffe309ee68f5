"""Waiting for what has no event: another program's state, which can only be asked for."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(ask: Callable[[], Awaitable[bool]], *, pause: float, within: float | None = None) -> bool:
    """Asks again after each pause (in seconds) until the answer is yes; False when it is not after `within`."""
    try:
        async with asyncio.timeout(within):
            while not await ask():  # noqa: ASYNC110 - see above: there is nobody to set an event
                await asyncio.sleep(pause)
    except TimeoutError:
        return False
    return True
