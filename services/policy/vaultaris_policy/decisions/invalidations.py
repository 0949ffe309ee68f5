"""What has changed and for whom, for clients that keep decisions: live, and from where they left off."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from vaultaris_kit.bus import Bus
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import Event

MAX_WATCHERS: Final = 1_000
MAX_WATCHERS_OF_TENANT: Final = 200
"""No tenant can keep the others from watching."""
MAX_WAITING: Final = 1_000
REMEMBERED: Final = 20_000
OVERLAP_SECONDS: Final = 5.0
"""Two processes may hear two events in different order: whoever goes on hears the last seconds before again."""


@dataclass(frozen=True, slots=True)
class Invalidation:
    """Decisions of a tenant that may be wrong: those on one user, or all of them."""

    event_id: UUID
    tenant_id: UUID
    user_id: UUID | None
    heard: float


class Watcher:
    """What one client has yet to be told. Whoever can't keep up is told to drop everything instead."""

    def __init__(self) -> None:
        self._waiting: deque[Invalidation] = deque()
        self._ready = asyncio.Event()
        self.missed = False

    def tell(self, invalidation: Invalidation) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.miss()
        else:
            self._waiting.append(invalidation)
            self._ready.set()

    def miss(self) -> None:
        """Something may not have been heard of."""
        self._waiting.clear()
        self.missed = True
        self._ready.set()

    async def take(self, within: float) -> list[Invalidation]:
        """What has come up, waiting for it for at most ``within`` seconds."""
        try:
            async with asyncio.timeout(within):
                await self._ready.wait()
        except TimeoutError:
            return []
        self._ready.clear()
        return self.take_all()

    def take_all(self) -> list[Invalidation]:
        """What has come up by now."""
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class Invalidations:
    """Hears the events that the caches of decisions hear."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._past: deque[Invalidation] = deque(maxlen=REMEMBERED)
        self._watchers: dict[UUID, set[Watcher]] = {}

    async def run(self) -> None:
        """Begins to listen."""
        self._bus.on_gap.append(self.forget)
        await self._bus.listen(["directory.>", "policy.policy.>"], self.take)
        self.forget()  # whoever has begun to watch before has heard of nothing

    def forget(self) -> None:
        """Events may have been missed: nobody can go on from where they were."""
        self._past.clear()
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.miss()

    def take(self, event: Event) -> None:
        """Tells the tenant's watchers."""
        noun = event.type.partition(".")[0]
        if noun == "auth":
            return  # sign-ins change no decision
        user_id = event.resource_id if noun == "user" else None
        invalidation = Invalidation(event.id, event.tenant_id, user_id, time.monotonic())
        self._past.append(invalidation)
        for watcher in self._watchers.get(event.tenant_id, ()):
            watcher.tell(invalidation)

    @contextmanager
    def watch(self, tenant_id: UUID, after: UUID | None) -> Iterator[Watcher]:
        """A watcher, told first of what has come since ``after``; without that, or when it is unknown, it has missed.

        Raises :class:`Unavailable` when there are too many.
        """
        of_tenant = len(self._watchers.get(tenant_id, ()))
        if of_tenant >= MAX_WATCHERS_OF_TENANT or sum(map(len, self._watchers.values())) >= MAX_WATCHERS:
            raise Unavailable("Too many clients are watching.", retry_after=5)
        watcher = Watcher()
        past = self._since(tenant_id, after)
        if past is None:
            watcher.miss()
        for invalidation in past or ():
            watcher.tell(invalidation)
        self._watchers.setdefault(tenant_id, set()).add(watcher)
        try:
            yield watcher
        finally:
            self._watchers[tenant_id].discard(watcher)
            if not self._watchers[tenant_id]:
                del self._watchers[tenant_id]

    def missed_by(self, watcher: Watcher) -> bool:
        """Whether the watcher has to be told that everything may be wrong: it missed something since it was last asked
        about, or NATS is away, so that nobody hears what changes.
        """
        missed, watcher.missed = watcher.missed, False
        return missed or not self._bus.connected

    def latest(self, tenant_id: UUID) -> UUID | None:
        """The cursor of this moment; ids of other tenants' events are none of a watcher's business."""
        return next((each.event_id for each in reversed(self._past) if each.tenant_id == tenant_id), None)

    def _since(self, tenant_id: UUID, after: UUID | None) -> list[Invalidation] | None:
        if after is None or not self._bus.connected:
            return None
        found = next(
            (each for each in reversed(self._past) if (each.event_id, each.tenant_id) == (after, tenant_id)), None
        )
        if found is None:
            return None
        since = found.heard - OVERLAP_SECONDS
        return [each for each in self._past if each.heard >= since and each.tenant_id == tenant_id]
