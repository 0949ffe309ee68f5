"""The cache: bounded, aging, and never poisoned by a fill that raced an invalidation."""

import asyncio
import time

from vaultaris_kit.cache import Cache


class TestCache:
    async def test_loads_once(self) -> None:
        cache: Cache[str, int] = Cache("once", size=2, max_age=60)
        loads = []

        async def load() -> int:
            loads.append(1)
            return 7

        assert [await cache.get_or_load("a", load) for _ in range(3)] == [7, 7, 7]
        assert len(loads) == 1

    async def test_a_fill_that_raced_an_invalidation_is_not_kept(self) -> None:
        cache: Cache[str, int] = Cache("race", size=2, max_age=60)
        reading, invalidated = asyncio.Event(), asyncio.Event()

        async def slow_load() -> int:
            reading.set()
            await invalidated.wait()
            return 1

        fill = asyncio.create_task(cache.get_or_load("a", slow_load))
        await reading.wait()
        cache.drop_key("a")
        invalidated.set()
        assert await fill == 1
        assert cache.get("a") is None

    def test_least_recently_used_goes_first(self) -> None:
        cache: Cache[str, int] = Cache("lru", size=2, max_age=60)
        cache.put("a", 1)
        cache.put("b", 2)
        cache.get("a")
        cache.put("c", 3)
        assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)

    def test_age_is_bounded(self, monkeypatch: object) -> None:
        cache: Cache[str, int] = Cache("age", size=2, max_age=60)
        cache.put("a", 1, max_age=-1)
        assert cache.get("a") is None
        cache.put("b", 1, max_age=3600)
        assert cache._entries["b"][0] <= time.monotonic() + 60
