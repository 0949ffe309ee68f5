"""Queries on sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.database import Database
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.ids import now
from vaultaris_kit.plain import SCOPE
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

    async def count_active(self) -> int:
        """How many sessions are live."""
        active = matching(user_id=None, client_id=None, is_active=True)
        counted = select(func.count()).select_from(self.select().where(*active).subquery())
        return (await self.session.execute(counted)).scalar_one()

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


_COLUMNS: Final = tuple(column.name for column in Session.__table__.columns)
_ADD: Final = text(f"""
    WITH {SCOPE}
    INSERT INTO sessions.sessions ({", ".join(_COLUMNS)}) SELECT {", ".join(f":{name}" for name in _COLUMNS)} FROM scope
        ON CONFLICT (id) DO NOTHING RETURNING id
""")  # noqa: S608 - fixed texts only
_FIND: Final = text("SELECT * FROM sessions.sessions WHERE tenant_id = :tenant_id AND id = :id")
_TOUCH: Final = """
    UPDATE sessions.sessions AS session
       SET last_activity_at = greatest(session.last_activity_at, touch.at),
           active_until = least(session.expires_at, greatest(session.active_until, touch.at + $4, touch.token)),
           updated_at = now()
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS touch (id, at, token)
     WHERE session.id = touch.id AND session.ended_at IS NULL
"""


async def add_once(database: Database, row: Session) -> bool:
    """Inserts a session unless its id is there already; whether it did."""
    added = await database.change(row.tenant_id, _ADD, **{name: getattr(row, name) for name in _COLUMNS})
    return added.first() is not None


async def find_stored(database: Database, tenant_id: UUID, session_id: UUID) -> Session | None:
    """A session as it stands, or None."""
    row = (await database.look(tenant_id, _FIND, id=session_id, tenant_id=tenant_id)).first()
    return None if row is None else Session(**row)


async def touch(
    connection: asyncpg.Connection, touches: Sequence[tuple[UUID, datetime, datetime | None]], idle: timedelta
) -> None:
    """Moves the last activity of many sessions forward in one statement.

    Each touch is the session, the moment, and when the token issued at it expires; see
    :meth:`vaultaris_sessions.sessions.lifetimes.Lifetimes.active_until`.
    """
    await connection.execute(_TOUCH, *zip(*sorted(touches, key=lambda each: each[0]), strict=True), idle)
