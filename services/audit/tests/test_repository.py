"""Lists of the trail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from vaultaris_audit.entries.moments import Moment
from vaultaris_audit.entries.repository import AuditRepository, Filter
from vaultaris_audit.recording.recorder import Recorder
from vaultaris_kit.database import Database
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.ids import new_id, now

from .trails import event


async def ids(database: Database, tenant_id: UUID, query: PageQuery | None = None, **narrowed: Any) -> list[UUID]:
    async with database.tenant(tenant_id) as session:
        rows, total = await AuditRepository(session, tenant_id).page(query or PageQuery(), Filter(**narrowed))
    assert total == len(rows)
    return [row.id for row in rows]


async def test_is_newest_first(database: Database, tenant_id: UUID) -> None:
    old, new = event(tenant_id, occurred_at=now() - timedelta(hours=1)), event(tenant_id)
    await Recorder(database).record([new, old])
    assert await ids(database, tenant_id) == [new.id, old.id]
    assert await ids(database, tenant_id, PageQuery(order="asc")) == [old.id, new.id]


@pytest.mark.parametrize("column", ["type", "resource_type", "resource_id", "actor_id", "actor_type"])
async def test_narrows_by(database: Database, tenant_id: UUID, column: str) -> None:
    value: Any = new_id() if column.endswith("_id") else "wanted"
    wanted = event(tenant_id, **{column: value})
    await Recorder(database).record([event(tenant_id), wanted])
    name = "action" if column == "type" else column
    assert await ids(database, tenant_id, None, **{name: value}) == [wanted.id]


async def test_narrows_by_time(database: Database, tenant_id: UUID) -> None:
    moment = now() - timedelta(hours=1)
    before, at, after = (event(tenant_id, occurred_at=moment + timedelta(minutes=n)) for n in (-1, 0, 1))
    await Recorder(database).record([before, at, after])
    assert await ids(database, tenant_id, since=moment) == [after.id, at.id]
    assert await ids(database, tenant_id, until=moment) == [before.id]


@pytest.mark.parametrize("term", ["LOGIN", "zoë", "203.0.113", "secret-door"])
async def test_searches(database: Database, tenant_id: UUID, term: str) -> None:
    wanted = event(
        tenant_id, type="auth.login.failed", description="Tried as Zoë", actor_ip="203.0.113.7",
        metadata={"door": "secret-door"},
    )  # fmt: skip
    await Recorder(database).record([event(tenant_id), wanted])
    assert await ids(database, tenant_id, PageQuery(search=term)) == [wanted.id]


class TestMoment:
    read = TypeAdapter(Moment).validate_python

    def test_means_utc_when_it_does_not_say(self) -> None:
        assert self.read("2026-01-01T00:00:00") == self.read("2026-01-01T02:00:00+02:00")

    @pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
    def test_refuses_what_no_clock_shows(self, text: str) -> None:
        with pytest.raises(ValidationError):
            self.read(text)
