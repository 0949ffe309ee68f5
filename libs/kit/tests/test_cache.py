"""The cache: bounded, aging, and never poisoned by a fill that raced an invalidation."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from vaultaris_kit.cache import Cache
from vaultaris_kit.context import RequestContext, current_request, enter_request
from vaultaris_kit.errors import NotFound


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
        assert cache._entries["b"].until <= time.monotonic() + 60


class TestLoadingTogether:
    """Many requests that want the same thing at the same moment."""

    async def test_one_load_is_for_all_who_ask_meanwhile(self) -> None:
        cache: Cache[str, int] = Cache("together", size=2, max_age=60)
        source = _Source()
        waiting = [asyncio.create_task(cache.get_or_load("a", source.load)) for _ in range(5)]
        await source.asked.wait()
        source.go.set()
        assert await asyncio.gather(*waiting) == [1] * 5
        assert source.loads == 1

    async def test_whoever_asks_after_an_invalidation_gets_a_load_of_their_own(self) -> None:
        cache: Cache[str, int] = Cache("overtaken", size=2, max_age=60)
        source = _Source()
        before = asyncio.create_task(cache.get_or_load("a", source.load))
        await source.asked.wait()
        cache.drop_key("a")
        after = asyncio.create_task(cache.get_or_load("a", source.load))
        await asyncio.sleep(0)
        source.go.set()
        assert (await before, await after) == (1, 2)
        assert cache.get("a") == 2

    async def test_other_keys_are_kept_through_an_invalidation(self) -> None:
        cache: Cache[str, int] = Cache("others", size=2, max_age=60)
        source = _Source()
        fill = asyncio.create_task(cache.get_or_load("a", source.load))
        await source.asked.wait()
        cache.drop_key("b")
        cache.drop(lambda key: key == "c")
        source.go.set()
        await fill
        assert cache.get("a") == 1

    @pytest.mark.parametrize("forget", [Cache.drop, lambda cache: cache.drop_values(lambda _: False)])
    async def test_no_load_is_kept_when_it_may_be_what_was_dropped(self, forget: Callable[[Any], None]) -> None:
        cache: Cache[str, int] = Cache("unknown", size=2, max_age=60)
        source = _Source()
        fill = asyncio.create_task(cache.get_or_load("a", source.load))
        await source.asked.wait()
        forget(cache)
        source.go.set()
        await fill
        assert cache.get("a") is None

    async def test_a_failure_is_told_to_whose_it_is_and_others_ask_themselves(self) -> None:
        cache: Cache[str, int] = Cache("failing", size=2, max_age=60)
        source = _Source(failures=1)
        first, second = (asyncio.create_task(cache.get_or_load("a", source.load)) for _ in range(2))
        await source.asked.wait()
        source.go.set()
        with pytest.raises(NotFound):
            await first
        assert await second == 2

    async def test_a_caller_who_gives_up_ends_nobody_elses_load(self) -> None:
        cache: Cache[str, int] = Cache("given up", size=2, max_age=60)
        source = _Source()
        first, second = (asyncio.create_task(cache.get_or_load("a", source.load)) for _ in range(2))
        await source.asked.wait()
        first.cancel()
        source.go.set()
        assert await second == 1


class TestRenewing:
    """What is in use is loaded anew before its age ends."""

    async def test_an_old_entry_is_served_while_it_is_renewed(self) -> None:
        cache: Cache[str, int] = Cache("renewed", size=2, max_age=60)
        source = _Source()
        cache.put("a", 0)
        _make_old(cache)
        assert [await cache.get_or_load("a", source.load) for _ in range(3)] == [0, 0, 0]
        source.go.set()
        await _until_idle(cache)
        assert (await cache.get_or_load("a", source.load), source.loads) == (1, 1)

    async def test_renewing_is_not_the_deed_of_the_request_that_noticed(self) -> None:
        cache: Cache[str, int] = Cache("whose", size=2, max_age=60)
        cache.put("a", 0)
        _make_old(cache)
        enter_request(RequestContext(request_id="mine"))
        seen = []

        async def load() -> int:
            seen.append(current_request().request_id)
            return 1

        assert await cache.get_or_load("a", load) == 0
        await _until_idle(cache)
        assert (cache.get("a"), seen) == (1, [None])

    async def test_a_young_entry_is_not(self) -> None:
        cache: Cache[str, int] = Cache("young", size=2, max_age=60)
        cache.put("a", 0)
        await cache.get_or_load("a", _Source().load)
        assert not cache._loads

    async def test_an_entry_that_can_not_be_renewed_lives_out_its_age(self) -> None:
        cache: Cache[str, int] = Cache("kept", size=2, max_age=60)
        source = _Source(failures=1)
        source.go.set()
        cache.put("a", 0)
        _make_old(cache)
        await cache.get_or_load("a", source.load)
        await _until_idle(cache)
        assert cache.get("a") == 0

    async def test_what_was_dropped_is_not_brought_back_by_its_renewal(self) -> None:
        cache: Cache[str, int] = Cache("gone", size=2, max_age=60)
        source = _Source()
        cache.put("a", 0)
        _make_old(cache)
        await cache.get_or_load("a", source.load)
        renewal = cache._loads["a"]
        cache.drop_key("a")
        source.go.set()
        await renewal
        await asyncio.sleep(0)
        assert cache.get("a") is None


class _Source:
    """Brings 1, 2, 3, …, each when ``go`` is set; the first ``failures`` of them are not there."""

    def __init__(self, failures: int = 0) -> None:
        self.loads, self._failures = 0, failures
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def load(self) -> int:
        self.loads += 1
        mine = self.loads
        self.asked.set()
        await self.go.wait()
        if mine <= self._failures:
            raise NotFound
        return mine


def _make_old(cache: Cache[str, int]) -> None:
    cache._entries.update({key: entry._replace(renewed_from=0.0) for key, entry in cache._entries.items()})


async def _until_idle(cache: Cache[str, int]) -> None:
    while cache._loads:
        await asyncio.wait(cache._loads.values())
