"""Queries on sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.ids import now
from vaultaris_kit.repository import TenantRepository
from vaultaris_sessions.sessions.models import Session


class SessionRepository(TenantRepository[Session]):
    """Sessions of one tenant."""

    model = Session
    searchable = (Session.ip_address, Session.user_agent)
    sortable = {"last_activity_at": Session.last_activity_at, "expires_at": Session.expires_at}  # noqa: RUF012 - constant

    async def of_user(self, user_id: UUID) -> Sequence[Session]:
        """The newest sessions of a user, ended ones too."""
        query = self.select().where(Session.user_id == user_id)
        newest = query.order_by(Session.created_at.desc(), Session.id.desc()).limit(MAX_LIST)
        return (await self.session.execute(newest)).scalars().all()

    async def add_once(self, values: dict[str, Any]) -> None:
        """Inserts a session unless its id is there already."""
        await self.session.execute(insert(Session).values(values).on_conflict_do_nothing(index_elements=["id"]))

    async def live(self, *conditions: ColumnElement[bool], limit: int) -> Sequence[Session]:
        """Sessions not ended, locked for ending."""
        query = self.select().where(Session.ended_at.is_(None), *conditions)
        return (await self.session.execute(query.limit(limit).with_for_update())).scalars().all()


def matching(*, user_id: UUID | None, client_id: str | None, is_active: bool | None) -> list[ColumnElement[bool]]:
    """The conditions of a filtered list; None filters nothing."""
    conditions: list[ColumnElement[bool]] = []
    if user_id is not None:
        conditions.append(Session.user_id == user_id)
    if client_id is not None:
        conditions.append(Session.client_id == client_id)
    if is_active is True:
        conditions.append(and_(Session.ended_at.is_(None), Session.active_until > now()))
    if is_active is False:
        conditions.append(or_(Session.ended_at.is_not(None), Session.active_until <= now()))
    return conditions


async def run_out(session: AsyncSession, before: datetime, limit: int) -> Sequence[Session]:
    """Sessions of all tenants that ran out before ``before``, locked; those locked by others are passed over."""
    query = select(Session).where(Session.ended_at.is_(None), Session.active_until < before)
    batch = query.order_by(Session.active_until).limit(limit).with_for_update(skip_locked=True)
    return (await session.execute(batch)).scalars().all()


_TOUCHES = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("ats", type_=ARRAY(DateTime(timezone=True))),
        bindparam("tokens", type_=ARRAY(DateTime(timezone=True))),
    )
    .table_valued("id", "at", "token", name="touch")
    .render_derived()
)


async def touch(
    session: AsyncSession, touches: Sequence[tuple[UUID, datetime, datetime | None]], idle: timedelta
) -> None:
    """Moves the last activity of many sessions forward in one statement.

    Each touch is the session, the moment, and when the token issued at it expires; see
    :meth:`vaultaris_sessions.sessions.lifetimes.Lifetimes.active_until`.
    """
    until = func.least(Session.expires_at, func.greatest(Session.active_until, _TOUCHES.c.at + idle, _TOUCHES.c.token))
    statement = (
        update(Session)
        .where(Session.id == _TOUCHES.c.id, Session.ended_at.is_(None))
        .values(last_activity_at=func.greatest(Session.last_activity_at, _TOUCHES.c.at), active_until=until)
        .execution_options(synchronize_session=False)
    )
    ids, ats, tokens = zip(*sorted(touches, key=lambda each: each[0]), strict=True)
    await session.execute(statement, {"ids": list(ids), "ats": list(ats), "tokens": list(tokens)})
