"""The end of a service's background work."""

import asyncio

from vaultaris_kit.service import end_tasks


class TestEndTasks:
    async def test_work_that_loses_a_cancellation_ends_too(self) -> None:
        lost = 0

        async def stubborn() -> None:
            nonlocal lost
            while True:
                try:
                    await asyncio.sleep(3600)
                except asyncio.CancelledError:
                    if lost:
                        raise
                    lost += 1

        async def failing() -> None:
            raise OSError

        tasks = [asyncio.create_task(stubborn()), asyncio.create_task(failing())]
        await asyncio.sleep(0)
        await end_tasks(tasks)
        assert lost == 1
        assert all(task.done() for task in tasks)

    async def test_without_any_work(self) -> None:
        await end_tasks([])
