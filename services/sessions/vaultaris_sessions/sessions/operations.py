"""Beginning and ending of sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict, NotFound
from vaultaris_kit.ids import now
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_sessions.base import OUTBOX
from vaultaris_sessions.sessions.lifetimes import Lifetimes
from vaultaris_sessions.sessions.models import Session
from vaultaris_sessions.sessions.repository import SessionRepository, add_once, find_stored, run_out

BATCH = 500
"""Sessions ended in one transaction."""

LOGOUT, REVOKED, EXPIRED = "logout", "revoked", "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What auth tells of a session that it has begun."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    created_at: datetime
    expires_at: datetime | None = None
    idle_until: datetime | None = None
    client_id: str | None = None
    auth_method: str | None = None
    mfa_verified: bool = False
    ip_address: str | None = None
    user_agent: str | None = None
    device_fingerprint: str | None = None


async def start_session(database: Database, sign_in: SignIn, lifetimes: Lifetimes, *, revoked: bool) -> Session:
    """Records a session; again and again, from the call and from the event of one sign-in, with one result.

    ``revoked`` says that its revocation came first: then it is recorded as ended. Auth emits
    ``session.started``, so nothing is emitted here. Raises :class:`Conflict` when the id is another tenant's.
    """
    expires_at = lifetimes.expires_at(sign_in.created_at, sign_in.expires_at)
    row = Session(
        id=sign_in.id,
        tenant_id=sign_in.tenant_id,
        user_id=sign_in.user_id,
        client_id=sign_in.client_id,
        auth_method=sign_in.auth_method,
        mfa_verified=sign_in.mfa_verified,
        ip_address=sign_in.ip_address,
        user_agent=sign_in.user_agent,
        device_fingerprint=sign_in.device_fingerprint,
        created_at=sign_in.created_at,
        updated_at=now(),
        last_activity_at=sign_in.created_at,
        active_until=lifetimes.active_until(sign_in.created_at, expires_at, sign_in.idle_until),
        expires_at=expires_at,
        ended_at=now() if revoked else None,
        end_reason=REVOKED if revoked else None,
    )
    stored = row if await add_once(database, row) else await find_stored(database, sign_in.tenant_id, sign_in.id)
    if stored is None:
        raise Conflict("This session id is taken.")
    return stored


async def revoke_session(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, session_id: UUID, only_user: UUID | None
) -> Session:
    """Ends one session, of ``only_user`` when given; one that has ended stays as it is. Raises :class:`NotFound`."""
    row = await SessionRepository(session, tenant_id).get(session_id, lock=True)
    if only_user not in (None, row.user_id):
        raise NotFound
    if row.ended_at is None:
        _end(session, principal, row, REVOKED)
    return row


async def end_session(session: AsyncSession, *, tenant_id: UUID, session_id: UUID, reason: str) -> None:
    """Ends a session for auth, which revokes its tokens itself. Nothing to do when it has ended or is not known.

    A person who logs out is the actor; everything else is the product's doing.
    """
    row = await SessionRepository(session, tenant_id).find_by(Session.id == session_id, Session.ended_at.is_(None))
    if row is not None:
        person = Principal(kind="user", id=row.user_id, tenant_id=tenant_id, session_id=session_id)
        _end(session, person if reason == LOGOUT else SYSTEM, row, reason)


async def end_sessions(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    user_id: UUID | None,
    started_by: datetime,
    reason: str = REVOKED,
) -> int:
    """Ends up to :data:`BATCH` sessions of a user, or of the whole tenant; returns how many.

    Sessions begun after ``started_by`` are left alone: whoever signed in later is not meant.
    """
    conditions: list[ColumnElement[bool]] = [Session.created_at <= started_by]
    if user_id is not None:
        conditions.append(Session.user_id == user_id)
    rows = await SessionRepository(session, tenant_id).live(*conditions, limit=BATCH)
    for row in rows:
        _end(session, principal, row, reason)
    return len(rows)


async def end_client_sessions(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    user_id: UUID,
    client_ids: Collection[str],
    started_by: datetime,
    reason: str = REVOKED,
) -> list[UUID]:
    """Ends up to :data:`BATCH` sessions that a user began at these clients by ``started_by``; returns which."""
    rows = await SessionRepository(session, tenant_id).live(
        Session.user_id == user_id, Session.client_id.in_(client_ids), Session.created_at <= started_by, limit=BATCH
    )
    for row in rows:
        _end(session, SYSTEM, row, reason)
    return [row.id for row in rows]


async def expire_sessions(session: AsyncSession, before: datetime) -> int:
    """Marks up to :data:`BATCH` sessions of all tenants that ran out before ``before``; returns how many."""
    rows = await run_out(session, before, BATCH)
    for row in rows:
        _end(session, SYSTEM, row, EXPIRED)
    return len(rows)


def _end(session: AsyncSession, principal: Principal, row: Session, reason: str) -> None:
    row.ended_at, row.end_reason = now(), reason
    OUTBOX.emit(
        session,
        principal,
        "session.expired" if reason == EXPIRED else "session.revoked",
        row.tenant_id,
        resource_type="session",
        resource_id=row.id,
        old={"is_active": True},
        new={"is_active": False, "ended_at": row.ended_at.isoformat()},
        metadata={"user_id": str(row.user_id), "client_id": row.client_id, "reason": reason},
    )
