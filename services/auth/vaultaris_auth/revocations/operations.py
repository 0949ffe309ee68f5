"""Revoking."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.backchannel_logout import participants
from vaultaris_auth.browser_sessions import session as browser_sessions
from vaultaris_auth.refresh_tokens import families
from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.marks import Mark, Subject
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.database import AnySession, Database
from vaultaris_kit.ids import now
from vaultaris_kit.revocation import FOREVER_MS, KEEP_SECONDS, MAX_ACCESS_TOKEN_SECONDS

_NEVER_AGAIN: Final[frozenset[Subject]] = frozenset({"token", "session", "api_key"})
"""What has an id that nothing else will ever have."""


async def revoke(
    session: AnySession,
    tenant_id: UUID,
    marks: Sequence[Mark],
    reason: str,
    *,
    end_families: bool = True,
    ahead_ms: int = 0,
) -> list[Stored]:
    """Stores the marks and ends the families and browser sessions that they cover; returns what must be announced.

    Idempotent. A user, a client and a tenant may come back, so their marks lie in the future by no more than
    ``ahead_ms``: how far another replica's clock is ahead, by which it dates the tokens that it gives. A session does
    not come back: what is given for it while its end is being stored, or by such a replica, bears a later date and is
    meant nevertheless.
    Announce the result (:meth:`Announcer.announce`) after the commit and before answering.
    """
    if not marks:
        return []
    at_ms = int(time.time() * 1000) + ahead_ms
    dated = [Mark(mark.subject, mark.id, _dated(mark, at_ms)) for mark in marks]
    stored = [Stored(mark.key, mark.at_ms) for mark in dated]
    expires_at = now() + timedelta(seconds=KEEP_SECONDS)
    await repository.raise_marks(session, tenant_id, stored, reason=reason, expires_at=expires_at)
    if end_families:
        for mark in dated:
            await families.end_covered(session, tenant_id, mark, reason)
            await browser_sessions.end_covered(session, tenant_id, mark)
            await participants.dismiss_covered(session, tenant_id, mark)
    return await repository.waiting_of(session, [mark.key for mark in stored])


async def revoke_for_others(
    database: Database, tenant_id: UUID, marks: Sequence[Mark], reason: str, *, ahead_ms: int
) -> list[Stored]:
    """:func:`revoke` in transactions of its own, for whoever has changed nothing here beside it.

    Until the first is committed, what it ends can still be used, and gives tokens that are younger than its marks. So
    the marks of what may come back are dated anew after it: whatever began later finds everything ended.
    """
    async with database.plain(tenant_id) as session:
        stored = await revoke(session, tenant_id, marks, reason, ahead_ms=ahead_ms)
    again = [mark for mark in marks if not mark.at_ms and mark.subject not in _NEVER_AGAIN]
    if not again:
        return stored
    async with database.plain(tenant_id) as session:
        later = await revoke(session, tenant_id, again, reason, ahead_ms=ahead_ms)
    return [Stored(key, at_ms) for key, at_ms in {**dict(stored), **dict(later)}.items()]


async def forget_expired(session: AsyncSession) -> None:
    """Forgets the marks of credentials that have expired anyway. What a mark covers and could not end, because it was
    being begun at that moment, was refused on the strength of the mark alone, and ends now.
    """
    await families.end_forgotten(session)
    await browser_sessions.end_forgotten(session)
    await repository.delete_expired(session)


def _dated(mark: Mark, at_ms: int) -> int:
    if mark.subject == "key":
        return FOREVER_MS
    dated = min(mark.at_ms or at_ms, at_ms)
    return dated + MAX_ACCESS_TOKEN_SECONDS * 1000 if mark.subject in _NEVER_AGAIN else dated
