"""A bounded, aging cache whose fills can't outlive an invalidation that came in between."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from vaultaris_kit.metrics import CACHE_LOOKUPS

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """At most ``size`` entries, none served when older than ``max_age`` seconds; least recently used go first."""

    def __init__(self, name: str, *, size: int, max_age: float) -> None:
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._size, self._max_age = size, max_age
        self._generation = 0
        self._hit = CACHE_LOOKUPS.of(name, "hit")
        self._miss = CACHE_LOOKUPS.of(name, "miss")

    def get(self, key: Key) -> Value | None:
        """The live value, or None."""
        entry = self._entries.get(key)
        if entry is None or entry[0] < time.monotonic():
            self._miss.count += 1
            return None
        self._entries.move_to_end(key)
        self._hit.count += 1
        return entry[1]

    async def get_or_load(self, key: Key, load: Callable[[], Awaitable[Value]]) -> Value:
        """The live value, or what ``load`` brings; it is kept only if nothing was invalidated meanwhile."""
        value = self.get(key)
        if value is not None:
            return value
        generation = self._generation
        value = await load()
        if generation == self._generation:
            self.put(key, value)
        return value

    def put(self, key: Key, value: Value, max_age: float | None = None) -> None:
        """Keeps ``value`` for ``max_age`` seconds, never longer than the cache's own bound."""
        age = self._max_age if max_age is None else min(max_age, self._max_age)
        self._entries[key] = (time.monotonic() + age, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, matches: Callable[[Key], bool] | None = None) -> None:
        """Forgets the keys that match, or all; fills under way are not kept."""
        self._generation += 1
        if matches is None:
            self._entries.clear()
            return
        for key in [key for key in self._entries if matches(key)]:
            del self._entries[key]

    def drop_values(self, matches: Callable[[Value], bool]) -> None:
        """Forgets the entries whose values match; fills under way are not kept."""
        self._generation += 1
        for key in [key for key, (_, value) in self._entries.items() if matches(value)]:
            del self._entries[key]

    def drop_key(self, key: Key) -> None:
        """Forgets one key; fills under way are not kept."""
        self._generation += 1
        self._entries.pop(key, None)
