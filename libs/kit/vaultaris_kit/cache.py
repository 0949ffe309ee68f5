"""A bounded, aging cache that loads each thing once at a time, and never keeps what an invalidation has overtaken."""

import asyncio
import contextvars
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final, Generic, NamedTuple, TypeVar

from vaultaris_kit.metrics import CACHE_LOOKUPS

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Load = Callable[[], Coroutine[Any, Any, Value]]

_RENEWED_FROM: Final = 0.6
_RENEWED_UNTIL: Final = 0.9
"""At which share of its age an entry that is in use is loaded anew: at a random one, so that not all are at once."""


class _Entry(NamedTuple):
    """Times are those of the monotonic clock."""

    until: float
    renewed_from: float
    value: Any


class Cache(Generic[Key, Value]):
    """At most ``size`` entries, none served when older than ``max_age`` seconds; least recently used go first."""

    def __init__(self, name: str, *, size: int, max_age: float) -> None:
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._loads: dict[Key, asyncio.Task[Value]] = {}
        self._size, self._max_age = size, max_age
        self._hit = CACHE_LOOKUPS.of(name, "hit")
        self._miss = CACHE_LOOKUPS.of(name, "miss")

    def get(self, key: Key) -> Value | None:
        """The live value, or None."""
        entry = self._find(key)
        return None if entry is None else entry.value

    async def get_or_load(self, key: Key, load: Load[Value]) -> Value:
        """The live value, or what ``load`` brings.

        Whoever asks while it is being loaded waits for the same load, unless the key was invalidated meanwhile. An
        entry that is asked for near the end of its age is loaded anew in the background, and nobody waits for that.
        """
        entry = self._find(key)
        if entry is not None:
            if entry.renewed_from < time.monotonic() and key not in self._loads:
                contextvars.Context().run(self._begin, key, load)  # it must not count as this request's deed
            value: Value = entry.value
            return value
        under_way = self._loads.get(key)
        if under_way is None:
            return await asyncio.shield(self._begin(key, load))
        try:
            return await asyncio.shield(under_way)
        except Exception:  # it was another's: what it means for this request only a load of its own can tell
            return await load()

    def put(self, key: Key, value: Value, max_age: float | None = None) -> None:
        """Keeps ``value`` for ``max_age`` seconds, never longer than the cache's own bound."""
        age = self._max_age if max_age is None else min(max_age, self._max_age)
        now = time.monotonic()
        renewed_from = now + age * random.uniform(_RENEWED_FROM, _RENEWED_UNTIL)  # noqa: S311 - no secret
        self._entries[key] = _Entry(now + age, renewed_from, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, matches: Callable[[Key], bool] | None = None) -> None:
        """Forgets the keys that match, or all; loads of them that are under way are not kept."""
        held: tuple[dict[Key, Any], ...] = (self._entries, self._loads)
        for each in held:
            for key in [key for key in each if matches is None or matches(key)]:
                del each[key]

    def drop_values(self, matches: Callable[[Value], bool]) -> None:
        """Forgets the entries whose values match; loads under way are not kept: who knows what they bring."""
        self._loads.clear()
        for key in [key for key, entry in self._entries.items() if matches(entry.value)]:
            del self._entries[key]

    def drop_key(self, key: Key) -> None:
        """Forgets one key; a load of it that is under way is not kept."""
        self._loads.pop(key, None)
        self._entries.pop(key, None)

    def _find(self, key: Key) -> _Entry | None:
        entry = self._entries.get(key)
        if entry is None or entry.until < time.monotonic():
            self._miss.count += 1
            return None
        self._entries.move_to_end(key)
        self._hit.count += 1
        return entry

    def _begin(self, key: Key, load: Load[Value]) -> "asyncio.Task[Value]":
        begun = self._loads[key] = asyncio.create_task(load())
        begun.add_done_callback(lambda done: self._loaded(key, done))
        return begun

    def _loaded(self, key: Key, load: "asyncio.Task[Value]") -> None:
        """A failure is told to whoever waits for the load. An entry that it should have renewed lives out its age."""
        failed = load.cancelled() or load.exception() is not None
        if self._loads.get(key) is not load:
            return
        del self._loads[key]
        if not failed:
            self.put(key, load.result())
