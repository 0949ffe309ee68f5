"""The trail is written to the primary and may be read from its replica."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from pydantic import SecretStr

from libs.kit.tests.servers import PostgresPair, reachable
from tests.eventually import eventually
from vaultaris_audit.reading import Reading, reading_of
from vaultaris_audit.recording.recorder import Recorder
from vaultaris_audit.settings import AuditSettings
from vaultaris_kit.database import Database
from vaultaris_kit.migrations import migrate_all
from vaultaris_kit.service import Runtime

from .trails import event, trail


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPair]:
    made = PostgresPair(reachable(tmp_path_factory.mktemp("replica")))
    made.start()
    migrate_all(made.url, "unused", ["audit"])
    made.until_followed()
    yield made
    made.stop()


def _settings(pair: PostgresPair, **more: Any) -> AuditSettings:
    url = pair.url.replace("postgres@", "vaultaris_audit@")
    return AuditSettings(_env_file=None, dev=True, database_url=SecretStr(url), **more)


class TestReplica:
    async def test_what_was_recorded_can_be_read_there(self, pair: PostgresPair, tenant_id: UUID) -> None:
        replica = f"postgresql://vaultaris_audit@127.0.0.1:{pair.ports[1]}/postgres"
        settings = _settings(pair, database_read_url=SecretStr(replica))
        runtime, tasks = _runtime(settings)
        reading = reading_of(runtime, settings)
        recorded = event(tenant_id)
        await Recorder(runtime.database).record([recorded])

        async def seen() -> list[UUID]:
            return [entry.id for entry in await trail(reading.database, tenant_id)]

        assert await eventually(seen, bool) == [recorded.id]
        with pytest.raises(Exception, match="read-only transaction"):
            await Recorder(reading.database).record([event(tenant_id)])
        await _end(runtime, tasks)

    async def test_without_one_the_primary_is_read(self, pair: PostgresPair) -> None:
        settings = _settings(pair)
        runtime, tasks = _runtime(settings)
        assert isinstance(reading_of(runtime, settings), Reading)
        assert reading_of(runtime, settings).database is runtime.database
        assert tasks == []
        await _end(runtime, tasks)


def _runtime(settings: AuditSettings) -> tuple[Runtime, "list[asyncio.Task[None]]"]:
    """As much of a service as reading needs, and its background work."""
    tasks: list[asyncio.Task[None]] = []
    made = SimpleNamespace(
        database=Database(settings, "audit"), background=lambda work: tasks.append(asyncio.create_task(work))
    )
    return cast("Runtime", made), tasks


async def _end(runtime: Runtime, tasks: "list[asyncio.Task[None]]") -> None:
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.database.close()
