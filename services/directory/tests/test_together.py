"""Going on together after hashing: nobody waits in vain."""

import asyncio

from vaultaris_directory.passwords.together import Together

SOON, NEVER = 0.05, 60.0


def waiting(together: Together, count: int) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(together.wait(others_behind=True)) for _ in range(count)]


class TestTogether:
    async def test_alone_one_goes_on_at_once(self) -> None:
        async with asyncio.timeout(SOON):
            await Together(4, NEVER).wait(others_behind=False)

    async def test_some_wait_until_they_are_enough(self) -> None:
        together = Together(4, NEVER)
        first = waiting(together, 3)
        await asyncio.wait(first, timeout=SOON)
        assert not any(each.done() for each in first)
        await together.wait(others_behind=True)
        await asyncio.gather(*first)

    async def test_the_last_takes_the_others_along(self) -> None:
        together = Together(4, NEVER)
        first = waiting(together, 2)
        await asyncio.sleep(0)
        await together.wait(others_behind=False)
        await asyncio.gather(*first)

    async def test_not_for_long(self) -> None:
        await asyncio.gather(*waiting(Together(4, SOON), 2))

    async def test_the_next_ones_wait_for_their_own(self) -> None:
        together = Together(2, NEVER)
        await asyncio.gather(*waiting(together, 2))
        (late,) = waiting(together, 1)
        await asyncio.wait([late], timeout=SOON)
        assert not late.done()
        await together.wait(others_behind=True)
        await late
