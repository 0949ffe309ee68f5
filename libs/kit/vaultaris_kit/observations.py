"""Observations: events of high volume that bypass the outbox, gathered for a moment and sent many to a message."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple

from nats.errors import Error as NatsError

from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import join_events
from vaultaris_kit.metrics import OBSERVATIONS_LOST

_BUFFER = 10_000
_GATHER_SECONDS = 0.05
"""A busy service sends one message for many observations; a lone one comes this much later."""
_MESSAGE_EVENTS = 100
_MESSAGE_BYTES = 256 * 1024
"""The most that one message carries, unless a single event is larger; NATS takes 1 MiB."""


class Message(NamedTuple):
    """What is published: one encoded event, or several of one subject joined."""

    subject: str
    payload: bytes
    message_id: str


Publish = Callable[[Sequence[Message]], Awaitable[None]]
"""Publishes messages in order; raises when not all of them may have been stored."""


class Observations:
    """A bounded buffer that is emptied in the background. What does not fit, or can't be sent, is counted as lost."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._waiting: deque[Message] = deque()
        self._news = asyncio.Event()

    def add(self, observation: Message) -> None:
        """Hands over one without waiting."""
        if len(self._waiting) >= _BUFFER:
            OBSERVATIONS_LOST.inc()
            return
        self._waiting.append(observation)
        self._news.set()

    async def run(self, ready: asyncio.Event) -> None:
        """Publishes what gathers while ``ready`` is set, until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            await ready.wait()
            self._news.clear()
            await self.flush()

    async def flush(self) -> None:
        """Publishes all that waits."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_MESSAGE_EVENTS, len(self._waiting)))]
            try:
                await self._publish(list(_messages(batch)))
            except (Unavailable, NatsError):
                OBSERVATIONS_LOST.inc(len(batch))


def _messages(batch: Sequence[Message]) -> Iterator[Message]:
    """The fewest messages that carry the observations."""
    by_subject: defaultdict[str, list[Message]] = defaultdict(list)
    for each in batch:
        by_subject[each.subject].append(each)
    for group in by_subject.values():
        yield from map(_joined, _portions(group))


def _portions(group: Sequence[Message]) -> Iterator[list[Message]]:
    portion: list[Message] = []
    size = 0
    for each in group:
        if portion and size + len(each.payload) > _MESSAGE_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(each)
        size += len(each.payload)
    yield portion


def _joined(portion: Sequence[Message]) -> Message:
    if len(portion) == 1:
        return portion[0]
    return portion[0]._replace(payload=join_events([each.payload for each in portion]))
