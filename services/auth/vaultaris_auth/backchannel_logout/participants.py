"""Which clients got something through a session; and, when it ends, who has to be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.revocations.marks import Mark
from vaultaris_kit.database import AnySession
from vaultaris_kit.ids import now

NOTICE_LIFETIME = timedelta(hours=24)
"""How long a client that does not answer is tried."""


@dataclass(frozen=True, slots=True)
class Participant:
    """``joined_ms`` in milliseconds since the epoch; ``expires_at`` is when the client holds nothing any more."""

    tenant_id: UUID
    session_id: UUID
    client_id: str
    user_id: UUID
    joined_ms: int
    expires_at: datetime


_JOIN = text("""
    INSERT INTO auth.session_clients (tenant_id, session_id, client_id, user_id, joined_ms, expires_at)
    VALUES (:tenant_id, :session_id, :client_id, :user_id, :joined_ms, :expires_at)
    ON CONFLICT (session_id, client_id)
    DO UPDATE SET expires_at = greatest(session_clients.expires_at, excluded.expires_at)
""")
_COVERED = {
    "session": "session_id = CAST(:subject AS uuid)",
    "user": "user_id = CAST(:subject AS uuid)",
    "tenant": "tenant_id = CAST(:subject AS uuid)",
}
_LEAVE = {
    subject: text(f"""
        WITH gone AS (
            DELETE FROM auth.session_clients
             WHERE tenant_id = :tenant_id AND {condition} AND joined_ms <= :at_ms
            RETURNING tenant_id, session_id, client_id, user_id
        )
        INSERT INTO auth.logout_notices
            (id, tenant_id, session_id, client_id, user_id, attempts, next_attempt_at, expires_at)
        SELECT gen_random_uuid(), g.tenant_id, g.session_id, g.client_id, g.user_id, 0, :now, :expires_at
          FROM gone g JOIN auth.oauth_clients c ON c.client_id = g.client_id
         WHERE c.backchannel_logout_uri IS NOT NULL AND c.is_enabled
    """)  # noqa: S608 - fixed texts only
    for subject, condition in _COVERED.items()
}
_EXPIRED = text("DELETE FROM auth.session_clients WHERE expires_at <= :now")


async def join_session(session: AsyncSession, participant: Participant) -> None:
    """Notes that a client got tokens of a session."""
    await session.execute(_JOIN, {name: getattr(participant, name) for name in Participant.__slots__})


async def dismiss_covered(session: AnySession, tenant_id: UUID, mark: Mark) -> None:
    """Has the clients told whose sessions a mark ends; a token, a client and an API key end none."""
    statement = _LEAVE.get(mark.subject)
    if statement is not None:
        facts = {"tenant_id": tenant_id, "subject": mark.id, "at_ms": mark.at_ms}
        await session.execute(statement, {**facts, "now": now(), "expires_at": now() + NOTICE_LIFETIME})


async def delete_expired(session: AsyncSession) -> None:
    """Forgets clients that hold nothing any more."""
    await session.execute(_EXPIRED, {"now": now()})
