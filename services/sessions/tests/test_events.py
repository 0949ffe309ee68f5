"""What other services' events do to sessions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.ids import new_id, now
from vaultaris_sessions.sessions.events import Inbox, sign_in_of
from vaultaris_sessions.sessions.recent import RecentSignIns
from vaultaris_sessions.sessions.repository import SessionRepository
from vaultaris_sessions.sessions.revocation import Announcer

from .sign_ins import LIFETIMES, started, stored


def event(event_type: str, tenant_id: UUID, resource_id: UUID | None = None, **facts: Any) -> Event:
    """An event of this moment."""
    return Event(
        **{
            "id": new_id(), "type": event_type, "tenant_id": tenant_id, "occurred_at": now(), "actor_type": "system",
            "resource_type": event_type.partition(".")[0], "resource_id": resource_id, **facts,
        }
    )  # fmt: skip


@pytest.fixture
def inbox(database: Database, announcer: Announcer) -> Inbox:
    return Inbox(database, announcer, LIFETIMES, RecentSignIns())


class TestSignInOf:
    def test_reads_what_auth_writes(self) -> None:
        user_id, ends = new_id(), 1_800_000_000
        facts = {
            "id": "ignored", "tenant_id": "ignored", "user_id": str(user_id), "client_id": "shop",
            "auth_method": "pwd otp", "mfa_verified": True, "ip_address": "203.0.113.7", "user_agent": "",
            "device_fingerprint": "", "expires_at": ends, "created_at_ms": 1_790_000_000_123,
        }  # fmt: skip
        found = sign_in_of(event("session.started", new_id(), new_id(), new_value=facts))
        assert found is not None
        assert (found.user_id, found.client_id, found.mfa_verified) == (user_id, "shop", True)
        assert (found.user_agent, found.device_fingerprint) == (None, None)
        assert found.created_at.timestamp() == 1_790_000_000.123
        assert found.expires_at is not None
        assert found.expires_at.timestamp() == ends

    @pytest.mark.parametrize("facts", [None, {}, {"user_id": "nobody"}, {"user_id": 5}])
    def test_passes_over_what_it_can_not_read(self, facts: dict[str, Any] | None) -> None:
        assert sign_in_of(event("session.started", new_id(), new_id(), new_value=facts)) is None


class TestInbox:
    async def test_begins_a_session_once(self, inbox: Inbox, database: Database, tenant_id: UUID) -> None:
        session_id, user_id = new_id(), new_id()
        begun = event("session.started", tenant_id, session_id, new_value={"user_id": str(user_id)})
        await inbox.take([begun, begun])
        async with database.tenant(tenant_id) as session:
            (row,) = await SessionRepository(session, tenant_id).of_user(user_id)
        assert row.id == session_id
        assert row.is_active

    async def test_a_logout_ends_it(self, inbox: Inbox, database: Database, tenant_id: UUID) -> None:
        session_id, user_id = new_id(), new_id()
        begun = event("session.started", tenant_id, session_id, new_value={"user_id": str(user_id)})
        ended = event("session.logged_out", tenant_id, session_id)
        await inbox.take([begun, ended, ended])
        async with database.tenant(tenant_id) as session:
            (row,) = await SessionRepository(session, tenant_id).of_user(user_id)
        assert (row.is_active, row.end_reason) == (False, "logout")

    async def test_one_that_the_call_has_stored_is_left_alone(
        self, announcer: Announcer, database: Database, tenant_id: UUID
    ) -> None:
        recent, session_id, user_id = RecentSignIns(), new_id(), new_id()
        recent.add(session_id)
        begun = event("session.started", tenant_id, session_id, new_value={"user_id": str(user_id)})
        await Inbox(database, announcer, LIFETIMES, recent).take([begun])
        async with database.tenant(tenant_id) as session:
            assert not await SessionRepository(session, tenant_id).of_user(user_id)

    async def test_one_that_was_revoked_first_begins_ended(
        self, inbox: Inbox, announcer: Announcer, database: Database, tenant_id: UUID
    ) -> None:
        session_id, user_id = new_id(), new_id()
        begun = event("session.started", tenant_id, session_id, new_value={"user_id": str(user_id)})
        await announcer.session(tenant_id, session_id)
        await inbox.take([begun])
        async with database.tenant(tenant_id) as session:
            (row,) = await SessionRepository(session, tenant_id).of_user(user_id)
        assert not row.is_active

    @pytest.mark.parametrize(
        ("event_type", "status"),
        [
            ("user.deleted", None),
            ("user.deactivated", None),
            ("user.password_changed", None),
            ("user.updated", "inactive"),
            ("user.updated", "suspended"),
        ],
    )
    async def test_a_user_who_may_not_act_loses_their_sessions(
        self, inbox: Inbox, database: Database, tenant_id: UUID, event_type: str, status: str | None
    ) -> None:
        mine, other = await started(database, tenant_id), await started(database, tenant_id)
        new_value = {"status": status} if status else None
        await inbox.take([event(event_type, tenant_id, mine.user_id, new_value=new_value)])
        assert not (await stored(database, mine)).is_active
        assert (await stored(database, other)).is_active

    async def test_an_ordinary_update_ends_nothing(self, inbox: Inbox, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        for facts in ({"status": "active"}, {"display_name": "Ann"}):
            await inbox.take([event("user.updated", tenant_id, row.user_id, new_value=facts)])
        assert (await stored(database, row)).is_active

    @pytest.mark.parametrize("event_type", ["tenant.deleted", "tenant.suspended"])
    async def test_a_tenant_out_of_service_loses_all(
        self, inbox: Inbox, database: Database, tenant_id: UUID, event_type: str
    ) -> None:
        mine, elsewhere = await started(database, tenant_id), await started(database, new_id())
        await inbox.take([event(event_type, tenant_id, tenant_id)])
        assert not (await stored(database, mine)).is_active
        assert (await stored(database, elsewhere)).is_active

    async def test_a_late_event_spares_a_later_sign_in(self, inbox: Inbox, database: Database, tenant_id: UUID) -> None:
        row = await started(database, tenant_id)
        earlier = now() - timedelta(minutes=1)
        await inbox.take([event("user.password_changed", tenant_id, row.user_id, occurred_at=earlier)])
        assert (await stored(database, row)).is_active

    async def test_tokens_show_that_a_session_is_in_use(
        self, inbox: Inbox, database: Database, tenant_id: UUID
    ) -> None:
        row = await started(database, tenant_id, created_at=now() - timedelta(minutes=40))
        assert not row.is_active
        ends = int((now() + timedelta(hours=1)).timestamp())
        issued = event("auth.token.issued", tenant_id, new_id(), metadata={"sid": str(row.id), "expires_at": ends})
        machine = event("auth.token.issued", tenant_id, new_id(), metadata={"client_id": "shop"})
        await inbox.take([issued, machine])
        seen = await stored(database, row)
        assert seen.is_active
        assert seen.active_until.timestamp() == ends
