"""A browser session, as stored: found by the hash of the secret that the cookie holds.

Its id is the ``sid`` of everything that clients get through it (OpenID Connect Front-Channel Logout section 3).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.repository import expired_marks, marked_id
from vaultaris_kit.crypto import digest
from vaultaris_kit.database import AnySession
from vaultaris_kit.ids import now
from vaultaris_kit.revocation import session_key, tenant_key, user_key


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """``authenticated_at`` is when the person last began to prove who they are; ``amr`` and ``acr`` say how."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    authenticated_at: datetime
    amr: list[str]
    acr: str
    expires_at: datetime

    @property
    def auth_time(self) -> int:
        """Seconds since the epoch, as tokens tell it."""
        return int(self.authenticated_at.timestamp())


_COLUMNS = "id, tenant_id, user_id, authenticated_at, amr, acr, expires_at"
_ADD = text(f"""
    INSERT INTO auth.browser_sessions ({_COLUMNS}, secret_hash, created_at, last_seen_at)
    VALUES (:id, :tenant_id, :user_id, :authenticated_at, :amr, :acr, :expires_at, :secret_hash, :now, :now)
""")  # noqa: S608 - fixed texts only
_RENEW = text("""
    UPDATE auth.browser_sessions
       SET secret_hash = :secret_hash, authenticated_at = :authenticated_at, amr = :amr, acr = :acr, last_seen_at = :now
     WHERE id = :id AND ended_at IS NULL
""")
_FIND = text(f"""
    SELECT {_COLUMNS} FROM auth.browser_sessions b
     WHERE secret_hash = :secret_hash AND tenant_id = :tenant_id AND ended_at IS NULL AND expires_at > :now
       AND last_seen_at > CAST(:now AS timestamptz) - make_interval(secs => :idle_seconds)
       AND NOT EXISTS (SELECT 1 FROM auth.revocations r
                        WHERE r.key IN (:session || b.id, :user || b.user_id, :tenant || b.tenant_id)
                          AND r.at_ms >= floor(extract(epoch FROM b.authenticated_at) * 1000))
""")  # noqa: S608 - fixed texts only
_SEEN = text("""
    UPDATE auth.browser_sessions SET last_seen_at = :now
     WHERE id = :id AND last_seen_at < CAST(:now AS timestamptz) - interval '30 seconds'
""")
_END = text("UPDATE auth.browser_sessions SET ended_at = now() WHERE id = :id AND ended_at IS NULL")
_EXPIRED = text("DELETE FROM auth.browser_sessions WHERE expires_at <= :now")
_COVERED = {
    "session": "id = CAST(:subject AS uuid)",
    "user": "user_id = CAST(:subject AS uuid)",
    "tenant": "tenant_id = CAST(:subject AS uuid)",
}
_END_COVERED = {
    subject: text(
        "UPDATE auth.browser_sessions SET ended_at = now()"  # noqa: S608 - fixed texts only
        f" WHERE ended_at IS NULL AND tenant_id = :tenant_id AND {condition}"
        " AND floor(extract(epoch FROM authenticated_at) * 1000) <= :at_ms"
    )
    for subject, condition in _COVERED.items()
}
_END_FORGOTTEN = [
    text(f"""
        UPDATE auth.browser_sessions b SET ended_at = now() FROM auth.revocations r
         WHERE {expired_marks(subject)} AND b.tenant_id = r.tenant_id AND b.{column} = {marked_id(subject)}
           AND floor(extract(epoch FROM b.authenticated_at) * 1000) <= r.at_ms AND b.ended_at IS NULL
    """)  # noqa: S608 - fixed texts only
    for subject, column in (("session", "id"), ("user", "user_id"), ("tenant", "tenant_id"))
]
_KEY_PREFIXES = {"session": session_key(""), "user": user_key(""), "tenant": tenant_key("")}


async def add(session: AsyncSession, browser: BrowserSession, secret: str) -> None:
    """Stores a new session."""
    await session.execute(_ADD, {**_facts(browser), "secret_hash": digest(secret), "now": now()})


async def renew(session: AsyncSession, browser: BrowserSession, secret: str) -> bool:
    """Gives a session a new secret after its person signed in again; False when it has just ended."""
    result = await session.execute(_RENEW, {**_facts(browser), "secret_hash": digest(secret), "now": now()})
    return bool(result.rowcount)  # type: ignore[attr-defined]  # a cursor's result


async def find(session: AsyncSession, tenant_id: UUID, secret: str, *, idle_seconds: int) -> BrowserSession | None:
    """The live session of that secret; being asked for counts as use.

    The revocations are asked too, because a sign-in that raced with one may have begun too late to be ended by it.
    """
    facts = {"secret_hash": digest(secret), "tenant_id": tenant_id, "now": now(), "idle_seconds": idle_seconds}
    row = (await session.execute(_FIND, {**facts, **_KEY_PREFIXES})).first()
    if row is None:
        return None
    browser = BrowserSession(*row)
    await session.execute(_SEEN, {"id": browser.id, "now": now()})
    return browser


async def end(session: AsyncSession, session_id: UUID) -> None:
    """Ends a session; its cookie is worthless from here on."""
    await session.execute(_END, {"id": session_id})


async def end_covered(session: AnySession, tenant_id: UUID, mark: Mark) -> None:
    """Ends the sessions that a mark covers; tokens, clients and API keys have none."""
    statement = _END_COVERED.get(mark.subject)
    if statement is not None:
        await session.execute(statement, {"tenant_id": tenant_id, "subject": mark.id, "at_ms": mark.at_ms})


async def end_forgotten(session: AsyncSession) -> None:
    """Ends the sessions that expired marks cover and did not end: those of sign-ins that raced with them."""
    for statement in _END_FORGOTTEN:
        await session.execute(statement)


async def delete_expired(session: AsyncSession) -> None:
    """Removes sessions whose time is over."""
    await session.execute(_EXPIRED, {"now": now()})


def _facts(browser: BrowserSession) -> dict[str, object]:
    return {name: getattr(browser, name) for name in BrowserSession.__slots__}
