"""Events become entries: once each, in one unbroken chain, whoever writes."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from vaultaris_audit.chain.operations import verify_chain
from vaultaris_audit.chain.walk import Fault, Walk
from vaultaris_audit.entries.repository import AuditRepository
from vaultaris_audit.recording.recorder import Recorder
from vaultaris_kit.database import Database
from vaultaris_kit.events import encode_event
from vaultaris_kit.ids import new_id

from .trails import event, trail

Tamper = Callable[[str, UUID], Awaitable[str]]


async def verified(database: Database, tenant_id: UUID, after: int = 0, anchor: bytes | None = None) -> Walk:
    async with database.tenant(tenant_id) as session:
        walk, _ = await verify_chain(AuditRepository(session, tenant_id), after=after, anchor=anchor, limit=10_000)
    return walk


@pytest.fixture
def recorder(database: Database) -> Recorder:
    return Recorder(database)


class TestRecord:
    async def test_keeps_everything_that_the_event_says(
        self, recorder: Recorder, database: Database, tenant_id: UUID
    ) -> None:
        happened = event(
            tenant_id, actor_ip="203.0.113.7", actor_user_agent="curl\x00", actor_tenant_id=tenant_id,
            description="Signed in as Zoë", old_value={"n": 1.5e300}, new_value={"deep": [{"a": None}]},
            metadata={"nul": "\x00"}, request_id="r-1",
        )  # fmt: skip
        await recorder.record([happened])
        (entry,) = await trail(database, tenant_id)
        assert (entry.id, entry.sequence, entry.previous_hash) == (happened.id, 1, bytes(32))
        assert entry.created_at == happened.occurred_at
        assert entry.actor_user_agent == "curl\ufffd"
        assert (entry.old_value, entry.new_value) == (happened.old_value, happened.new_value)
        assert entry.details == happened.metadata
        assert (entry.description, entry.request_id) == (happened.description, "r-1")

    async def test_an_event_that_comes_again_is_one_entry(
        self, recorder: Recorder, database: Database, tenant_id: UUID
    ) -> None:
        first, second = event(tenant_id), event(tenant_id)
        for batch in ([first, first], [first, second], [second]):
            await recorder.record(batch)
        assert [entry.id for entry in await trail(database, tenant_id)] == [first.id, second.id]

    async def test_a_failed_sign_in_of_nobody_is_on_record(
        self, recorder: Recorder, database: Database, tenant_id: UUID
    ) -> None:
        failed = event(
            tenant_id, type="auth.login.failed", actor_id=None, actor_type="system", resource_id=None,
            metadata={"login": "nobody"},
        )  # fmt: skip
        await recorder.record([failed])
        (entry,) = await trail(database, tenant_id)
        assert (entry.action, entry.resource_id, entry.details) == ("auth.login.failed", None, {"login": "nobody"})

    async def test_writers_side_by_side_make_one_chain(self, database: Database) -> None:
        tenants = [new_id() for _ in range(3)]
        events = [event(tenants[n % 3]) for n in range(150)]

        async def write(writer: int) -> None:
            mine = events[writer * 40 :] + events[: writer * 40]
            for start in range(0, len(mine), 25):
                await Recorder(database).record(mine[start : start + 25])

        await asyncio.gather(*map(write, range(4)))
        walks = [await verified(database, tenant_id) for tenant_id in tenants]
        assert [walk.bad for walk in walks] == [None] * 3
        assert sum(walk.checked for walk in walks) == len(events)

    async def test_tenants_see_their_own_only(self, recorder: Recorder, database: Database, tenant_id: UUID) -> None:
        await recorder.record([event(tenant_id), event(new_id())])
        async with database.tenant(tenant_id) as session:
            seen = (await session.execute(text("SELECT DISTINCT tenant_id FROM audit.audit_entries"))).scalars().all()
        assert [str(each) for each in seen] == [str(tenant_id)]

    async def test_the_event_is_what_travels(self) -> None:
        assert b"\\u0000" in encode_event(event(new_id(), metadata={"nul": "\x00"}))


class TestVerify:
    async def test_an_empty_trail_is_good(self, database: Database, tenant_id: UUID) -> None:
        walk = await verified(database, tenant_id)
        assert (walk.bad, walk.checked) == (None, 0)

    @pytest.mark.parametrize(
        ("statement", "fault", "at"),
        [
            ("UPDATE audit.audit_entries SET action = 'x' WHERE tenant_id = $1 AND sequence = 2", Fault.ALTERED, 2),
            ("UPDATE audit.audit_entries SET metadata = '{}' WHERE tenant_id = $1 AND sequence = 3", Fault.ALTERED, 3),
            ("DELETE FROM audit.audit_entries WHERE tenant_id = $1 AND sequence = 2", Fault.MISSING, 2),
            ("UPDATE audit.audit_entries SET tenant_id = gen_random_uuid() WHERE tenant_id = $1 AND sequence = 1",
             Fault.MISSING, 1),
        ],
    )  # fmt: skip
    async def test_finds_the_first_bad_entry(
        self,
        recorder: Recorder,
        database: Database,
        tamper: Tamper,
        tenant_id: UUID,
        statement: str,
        fault: Fault,
        at: int,
    ) -> None:
        await recorder.record([event(tenant_id, metadata={"n": n}) for n in range(4)])
        await tamper(statement, tenant_id)
        bad = (await verified(database, tenant_id)).bad
        assert bad is not None
        assert (bad.fault, bad.sequence) == (fault, at)

    async def test_an_anchor_shows_that_the_end_was_cut_off(
        self, recorder: Recorder, database: Database, tamper: Tamper, tenant_id: UUID
    ) -> None:
        await recorder.record([event(tenant_id) for _ in range(3)])
        seen = await verified(database, tenant_id)
        await tamper("DELETE FROM audit.audit_entries WHERE tenant_id = $1 AND sequence = 3", tenant_id)
        assert (await verified(database, tenant_id)).bad is None
        bad = (await verified(database, tenant_id, seen.sequence, seen.hash)).bad
        assert bad is not None
        assert bad.fault is Fault.MISSING

    async def test_an_anchor_shows_that_history_was_rewritten(
        self, recorder: Recorder, database: Database, tamper: Tamper, tenant_id: UUID
    ) -> None:
        await recorder.record([event(tenant_id) for _ in range(3)])
        seen = await verified(database, tenant_id)
        await tamper("DELETE FROM audit.audit_entries WHERE tenant_id = $1", tenant_id)
        await recorder.record([event(tenant_id) for _ in range(3)])
        assert (await verified(database, tenant_id)).bad is None
        bad = (await verified(database, tenant_id, seen.sequence, seen.hash)).bad
        assert bad is not None
        assert bad.fault is Fault.ANCHOR

    async def test_goes_on_where_it_stopped(self, recorder: Recorder, database: Database, tenant_id: UUID) -> None:
        await recorder.record([event(tenant_id) for _ in range(5)])
        async with database.tenant(tenant_id) as session:
            repository = AuditRepository(session, tenant_id)
            first, complete = await verify_chain(repository, after=0, anchor=None, limit=2)
            rest, at_end = await verify_chain(repository, after=first.sequence, anchor=first.hash, limit=10)
        assert (first.checked, complete, rest.checked, at_end) == (2, False, 3, True)


class TestOwnRole:
    @pytest.mark.parametrize("verb", ["UPDATE audit.audit_entries SET action = 'x'", "DELETE FROM audit.audit_entries"])
    async def test_can_not_change_what_is_written(self, database: Database, verb: str) -> None:
        with pytest.raises(Exception, match="permission denied"):
            async with database.instance() as session:
                await session.execute(text(verb))
