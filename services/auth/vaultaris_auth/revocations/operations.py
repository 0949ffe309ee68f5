"""Revoking."""

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from vaultaris_auth.backchannel_logout import participants
from vaultaris_auth.browser_sessions import session as browser_sessions
from vaultaris_auth.refresh_tokens import families
from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.database import AnySession
from vaultaris_kit.ids import now
from vaultaris_kit.revocation import FOREVER_MS, KEEP_SECONDS


async def revoke(
    session: AnySession, tenant_id: UUID, marks: Sequence[Mark], reason: str, *, end_families: bool = True
) -> list[Stored]:
    """Stores the marks and ends the families and browser sessions that they cover; returns what must be announced.

    Idempotent. A mark never lies in the future: tokens are dated by this service's clock, and so are marks.
    Announce the result (:meth:`Announcer.announce`) after the commit and before answering.
    """
    if not marks:
        return []
    at_ms = int(time.time() * 1000)
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


def _dated(mark: Mark, at_ms: int) -> int:
    return FOREVER_MS if mark.subject == "key" else min(mark.at_ms or at_ms, at_ms)
