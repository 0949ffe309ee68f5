"""Thread pools refuse at once what they can't queue."""

import asyncio
import threading

import pytest

from vaultaris_kit.errors import Unavailable
from vaultaris_kit.pools import BoundedPool


class TestBoundedPool:
    async def test_refuses_over_capacity_and_recovers(self) -> None:
        pool, gate = BoundedPool("test", workers=1, queue=1), threading.Event()
        waiting = [asyncio.create_task(pool.run(gate.wait, 5)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refusal:
            await pool.run(gate.wait, 5)
        assert refusal.value.headers["Retry-After"] == "1"
        gate.set()
        assert await asyncio.gather(*waiting) == [True, True]
        assert await pool.run(lambda: 3) == 3
        pool.close()

    async def test_a_fault_comes_through_and_frees_its_place(self) -> None:
        pool = BoundedPool("faulty", workers=1, queue=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await pool.run(lambda: 1 // 0)
        pool.close()

    async def test_a_caller_who_gives_up_does_not_free_the_place(self) -> None:
        pool, gate = BoundedPool("impatient", workers=1, queue=0), threading.Event()
        impatient = asyncio.create_task(pool.run(gate.wait, 5))
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        with pytest.raises(Unavailable):
            await pool.run(gate.wait, 5)
        gate.set()
        pool.close()
