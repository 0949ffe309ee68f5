"""Ending many sessions: transaction after transaction, none of them large."""

from datetime import datetime
from uuid import UUID

from vaultaris_kit.database import Database
from vaultaris_kit.principal import Principal
from vaultaris_sessions.sessions.operations import BATCH, REVOKED, end_sessions


async def end_all(
    database: Database,
    principal: Principal,
    *,
    tenant_id: UUID,
    user_id: UUID | None,
    started_by: datetime,
    reason: str = REVOKED,
) -> int:
    """Ends every session of a user, or of the tenant, begun by ``started_by``; returns how many.

    What was ended stays ended when a later transaction fails; the caller tries again.
    """
    total, ended = 0, BATCH
    while ended == BATCH:
        async with database.tenant(tenant_id) as session:
            ended = await end_sessions(
                session, principal, tenant_id=tenant_id, user_id=user_id, started_by=started_by, reason=reason
            )
        total += ended
    return total
