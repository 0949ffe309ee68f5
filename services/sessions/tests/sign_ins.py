"""Sign-ins to test with."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.database import Database
from vaultaris_kit.events import Event, decode_event
from vaultaris_kit.ids import new_id, now
from vaultaris_sessions.base import OUTBOX
from vaultaris_sessions.sessions.lifetimes import Lifetimes
from vaultaris_sessions.sessions.models import Session
from vaultaris_sessions.sessions.operations import SignIn, start_session

LIFETIMES: Final = Lifetimes(idle=timedelta(minutes=30), absolute=timedelta(hours=10))


def sign_in(tenant_id: UUID, **facts: Any) -> SignIn:
    """A sign-in of this moment."""
    return SignIn(**{"id": new_id(), "tenant_id": tenant_id, "user_id": new_id(), "created_at": now(), **facts})


async def started(database: Database, tenant_id: UUID, **facts: Any) -> Session:
    """A session that has begun."""
    return await start_session(database, sign_in(tenant_id, **facts), LIFETIMES, revoked=False)


async def stored(database: Database, row: Session) -> Session:
    """The session as it stands in the database."""
    async with database.tenant(row.tenant_id) as session:
        return (await session.execute(select(Session).where(Session.id == row.id))).scalar_one()


async def emitted(session: AsyncSession) -> list[Event]:
    """The events of the open transaction of a tenant."""
    await session.flush()
    rows = (await session.execute(select(OUTBOX.table).order_by(OUTBOX.table.id))).scalars()
    return [decode_event(row.payload) for row in rows]
