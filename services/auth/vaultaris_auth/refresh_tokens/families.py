"""Families of refresh tokens: everything that grew out of one sign-in at one client.

Plain SQL, because refreshing is a hot path; the tables are described in the migration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.repository import expired_marks, marked_id
from vaultaris_kit.database import AnySession
from vaultaris_kit.plain import PlainSession

MAX_LIVE_ACCESS_TOKENS = 200
"""How many access tokens of one family are revoked one by one; beyond it the whole session is."""


@dataclass(frozen=True, slots=True)
class Family:
    """``started_ms`` is when the sign-in began, in milliseconds; ``auth_time`` in seconds since the epoch.

    ``jkt`` is the thumbprint of the key that its tokens are bound to (RFC 9449). ``delegated``: the person let the
    client act for them, rather than giving it their password. ``resource`` is the audience of its access tokens.
    """

    id: UUID
    tenant_id: UUID
    client_id: str
    user_id: UUID
    session_id: UUID
    scope: list[str]
    amr: list[str]
    acr: str
    auth_time: int
    started_ms: int
    expires_at: datetime
    delegated: bool
    jkt: str | None = None
    resource: str | None = None


_END = text("""
    UPDATE auth.token_families SET ended_at = now(), end_reason = :reason WHERE id = :id AND ended_at IS NULL
""")
_LIVE_ACCESS_TOKENS = text("""
    SELECT access_token_id FROM auth.refresh_tokens
     WHERE family_id = :id AND access_expires_at > now() LIMIT :limit
""")
_REBIND = text("UPDATE auth.token_families SET jkt = :jkt WHERE id = :id")
_ONLINE = text("""
    SELECT id FROM auth.token_families
     WHERE session_id = :session_id AND ended_at IS NULL AND NOT 'offline_access' = ANY(scope)
""")
_END_AT_CLIENTS = text("""
    UPDATE auth.token_families SET ended_at = now(), end_reason = :reason
     WHERE tenant_id = :tenant_id AND user_id = :user_id AND client_id = ANY(:client_ids) AND started_ms <= :at_ms
       AND ended_at IS NULL
    RETURNING id, session_id
""")
_LIVE_ACCESS_TOKENS_OF_ALL = text("""
    SELECT access_token_id FROM auth.refresh_tokens
     WHERE family_id = ANY(:ids) AND access_expires_at > now() LIMIT :limit
""")
_EXPIRED = text("DELETE FROM auth.token_families WHERE expires_at <= :before")

_COVERED = {
    "session": "session_id = CAST(:subject AS uuid)",
    "user": "user_id = CAST(:subject AS uuid)",
    "client": "client_id = :subject",
    "tenant": "tenant_id = CAST(:subject AS uuid)",
}
_END_COVERED = {
    subject: text(
        "UPDATE auth.token_families SET ended_at = now(), end_reason = :reason"  # noqa: S608 - fixed texts only
        f" WHERE ended_at IS NULL AND tenant_id = :tenant_id AND started_ms <= :at_ms AND {condition}"
    )
    for subject, condition in _COVERED.items()
}
_END_FORGOTTEN = [
    text(f"""
        UPDATE auth.token_families f SET ended_at = now(), end_reason = r.reason FROM auth.revocations r
         WHERE {expired_marks(subject)} AND f.tenant_id = r.tenant_id AND f.{subject}_id = {marked_id(subject)}
           AND f.started_ms <= r.at_ms AND f.ended_at IS NULL
    """)  # noqa: S608 - fixed texts only
    for subject in ("session", "user", "tenant")
]


async def rebind_family(session: PlainSession, family_id: UUID, jkt: str) -> None:
    """Binds the family's tokens to a key from now on."""
    await session.execute(_REBIND, {"id": family_id, "jkt": jkt})


async def end_family(session: AsyncSession, family_id: UUID, session_id: UUID, reason: str) -> list[Mark]:
    """Ends a family; returns the marks that revoke the access tokens it still has out."""
    await session.execute(_END, {"id": family_id, "reason": reason})
    rows = await session.execute(_LIVE_ACCESS_TOKENS, {"id": family_id, "limit": MAX_LIVE_ACCESS_TOKENS + 1})
    tokens: Sequence[UUID] = rows.scalars().all()
    if len(tokens) > MAX_LIVE_ACCESS_TOKENS:
        return [Mark("session", str(session_id))]
    return [Mark("token", str(token)) for token in tokens]


async def end_online(session: AsyncSession, session_id: UUID, reason: str) -> list[Mark]:
    """Ends what an expired session takes along: its families without ``offline_access``; returns marks as above."""
    rows = await session.execute(_ONLINE, {"session_id": session_id})
    marks: list[Mark] = []
    for family_id in rows.scalars().all():
        marks += await end_family(session, family_id, session_id, reason)
    return marks


async def end_families_at(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, client_ids: Sequence[str], *, at_ms: int, reason: str
) -> list[Mark]:
    """Ends what a user began at these clients up to ``at_ms``; returns the marks that revoke what is still out."""
    facts = {"tenant_id": tenant_id, "user_id": user_id, "client_ids": client_ids, "at_ms": at_ms, "reason": reason}
    ended = (await session.execute(_END_AT_CLIENTS, facts)).all()
    families = {"ids": [family.id for family in ended], "limit": MAX_LIVE_ACCESS_TOKENS + 1}
    tokens: Sequence[UUID] = (await session.execute(_LIVE_ACCESS_TOKENS_OF_ALL, families)).scalars().all()
    if len(tokens) > MAX_LIVE_ACCESS_TOKENS:
        return [Mark("session", str(session_id)) for session_id in {family.session_id for family in ended}]
    return [Mark("token", str(token)) for token in tokens]


async def end_covered(session: AnySession, tenant_id: UUID, mark: Mark, reason: str) -> None:
    """Ends the families that a mark covers; an access token and an API key have none."""
    statement = _END_COVERED.get(mark.subject)
    if statement is not None:
        facts = {"tenant_id": tenant_id, "subject": mark.id, "at_ms": mark.at_ms, "reason": reason}
        await session.execute(statement, facts)


async def end_forgotten(session: AsyncSession) -> None:
    """Ends the families that expired marks cover and did not end: those of sign-ins that raced with them."""
    for statement in _END_FORGOTTEN:
        await session.execute(statement)


async def delete_expired(session: AsyncSession) -> None:
    """Removes families whose time is over, with their tokens."""
    await session.execute(_EXPIRED, {"before": datetime.now(UTC)})
