"""Beginning and ending of sessions, on the real database."""

from datetime import timedelta
from uuid import UUID

import pytest

from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict, NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_sessions.sessions.ending import end_all
from vaultaris_sessions.sessions.operations import (
    BATCH,
    end_session,
    end_sessions,
    expire_sessions,
    revoke_session,
    start_session,
)
from vaultaris_sessions.sessions.repository import SessionRepository, matching, touch

from .sign_ins import LIFETIMES, emitted, sign_in, started, stored


class TestStartSession:
    async def test_is_the_same_again_and_again(self, database: Database, tenant_id: UUID) -> None:
        facts = sign_in(tenant_id, client_id="shop", user_agent="Firefox")
        rows = [await start_session(database, facts, LIFETIMES, revoked=False) for _ in range(2)]
        assert rows[0].id == rows[1].id == facts.id
        assert rows[1].is_active
        assert rows[1].expires_at == facts.created_at + LIFETIMES.absolute

    async def test_a_second_call_does_not_revive_it(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            await end_session(session, tenant_id=tenant_id, session_id=row.id, reason="logout")
        again = await started(database, tenant_id, id=row.id, user_id=row.user_id)
        assert not again.is_active

    async def test_one_revoked_before_it_was_known_has_ended(self, database: Database, tenant_id: UUID) -> None:
        row = await start_session(database, sign_in(tenant_id), LIFETIMES, revoked=True)
        assert (row.is_active, row.end_reason) == (False, "revoked")

    async def test_the_id_of_another_tenant_is_refused(self, database: Database, tenant_id: UUID) -> None:
        theirs = await started(database, new_id())
        with pytest.raises(Conflict):
            await started(database, tenant_id, id=theirs.id)


class TestRevokeSession:
    async def test_ends_it_and_emits_once(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id, client_id="shop")
        admin = Principal(kind="user", id=new_id(), tenant_id=tenant_id)
        async with database.tenant(tenant_id) as session:
            for _ in range(2):
                await revoke_session(session, admin, tenant_id=tenant_id, session_id=row.id, only_user=None)
            events = await emitted(session)
        assert [(event.type, event.resource_id, event.actor_id) for event in events] == [
            ("session.revoked", row.id, admin.id)
        ]
        assert events[0].metadata == {"user_id": str(row.user_id), "client_id": "shop", "reason": "revoked"}
        assert not (await stored(database, row)).is_active

    async def test_a_person_ends_their_own_only(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            with pytest.raises(NotFound):
                await revoke_session(session, SYSTEM, tenant_id=tenant_id, session_id=row.id, only_user=new_id())
            await revoke_session(session, SYSTEM, tenant_id=tenant_id, session_id=row.id, only_user=row.user_id)
        assert not (await stored(database, row)).is_active

    async def test_another_tenants_is_not_there(self, database: Database, tenant_id: UUID) -> None:
        theirs = await started(database, new_id())
        async with database.tenant(tenant_id) as session:
            with pytest.raises(NotFound):
                await revoke_session(session, SYSTEM, tenant_id=tenant_id, session_id=theirs.id, only_user=None)
        assert (await stored(database, theirs)).is_active


class TestEndSession:
    async def test_the_person_is_the_actor_of_a_logout(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            await end_session(session, tenant_id=tenant_id, session_id=row.id, reason="logout")
            (event,) = await emitted(session)
        assert (event.actor_type, event.actor_id, event.metadata["reason"]) == ("user", row.user_id, "logout")

    async def test_an_unknown_one_is_nothing_to_do(self, database: Database, tenant_id: UUID) -> None:
        async with database.tenant(tenant_id) as session:
            await end_session(session, tenant_id=tenant_id, session_id=new_id(), reason="logout")
            assert await emitted(session) == []


class TestEndSessions:
    async def test_spares_other_users_and_later_sign_ins(self, database: Database, tenant_id: UUID) -> None:
        old = await started(database, tenant_id, created_at=now() - timedelta(minutes=5))
        late = await started(database, tenant_id, user_id=old.user_id, created_at=now() + timedelta(seconds=5))
        other = await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            ended = await end_sessions(session, SYSTEM, tenant_id=tenant_id, user_id=old.user_id, started_by=now())
        assert ended == 1
        assert [(await stored(database, row)).is_active for row in (old, late, other)] == [False, True, True]

    async def test_ends_more_than_one_transaction_holds(self, database: Database, tenant_id: UUID) -> None:
        for _ in range(BATCH + 1):
            await started(database, tenant_id)
        ended = await end_all(database, SYSTEM, tenant_id=tenant_id, user_id=None, started_by=now())
        assert ended == BATCH + 1


class TestExpireSessions:
    async def test_marks_what_ran_out(self, database: Database, tenant_id: UUID) -> None:
        idle = await started(database, tenant_id, created_at=now() - timedelta(minutes=32))
        live = await started(database, tenant_id)
        assert not idle.is_active
        async with database.instance() as session:
            await expire_sessions(session, now())
        assert (await stored(database, idle)).end_reason == "expired"
        assert (await stored(database, live)).is_active


class TestTouch:
    async def test_moves_activity_forward_and_never_back(self, database: Database, tenant_id: UUID) -> None:
        begun = now() - timedelta(minutes=20)
        row = await started(database, tenant_id, created_at=begun)
        moment = begun + timedelta(minutes=10)
        for at in (moment, moment - timedelta(minutes=5)):
            async with database.hot(None) as connection:
                await touch(connection, [(row.id, at, None)], LIFETIMES.idle)
        seen = await stored(database, row)
        assert seen.last_activity_at == moment
        assert seen.active_until == moment + LIFETIMES.idle

    async def test_a_token_keeps_the_session_up_to_its_absolute_end(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id, expires_at=now() + timedelta(minutes=50))
        async with database.hot(None) as connection:
            await touch(connection, [(row.id, now(), now() + timedelta(hours=1))], LIFETIMES.idle)
        seen = await stored(database, row)
        assert seen.active_until == seen.expires_at

    async def test_does_not_revive(self, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            await end_session(session, tenant_id=tenant_id, session_id=row.id, reason="logout")
        async with database.hot(None) as connection:
            await touch(connection, [(row.id, now() + timedelta(hours=1), None)], LIFETIMES.idle)
        assert not (await stored(database, row)).is_active


class TestList:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (PageQuery(search="FIREFOX"), 1),
            (PageQuery(search="203.0.113"), 2),
            (PageQuery(search="%"), 0),
            (PageQuery(), 3),
        ],
    )
    async def test_searches_address_and_agent(
        self, database: Database, tenant_id: UUID, query: PageQuery, found: int
    ) -> None:
        await started(database, tenant_id, user_agent="Firefox/140", ip_address="203.0.113.7")
        await started(database, tenant_id, user_agent="curl", ip_address="203.0.113.8")
        await started(database, tenant_id)
        async with database.tenant(tenant_id) as session:
            rows, total = await SessionRepository(session, tenant_id).page(query)
        assert (len(rows), total) == (found, found)

    async def test_filters(self, database: Database, tenant_id: UUID) -> None:
        live = await started(database, tenant_id, client_id="shop")
        idle = await started(database, tenant_id, created_at=now() - timedelta(hours=1))

        async def ids(**narrowed: object) -> set[UUID]:
            conditions = matching(**{"user_id": None, "client_id": None, "is_active": None, **narrowed})  # type: ignore[arg-type]  # one test for three types
            async with database.tenant(tenant_id) as session:
                rows, _ = await SessionRepository(session, tenant_id).page(PageQuery(), *conditions)
            return {row.id for row in rows}

        assert await ids(is_active=True) == {live.id}
        assert await ids(is_active=False) == {idle.id}
        assert await ids(client_id="shop") == {live.id}
        assert await ids(user_id=idle.user_id) == {idle.id}
