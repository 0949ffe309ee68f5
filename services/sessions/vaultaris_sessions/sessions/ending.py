"""Ending many sessions: transaction after transaction, none of them large."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from vaultaris_kit.database import Database
from vaultaris_kit.principal import Principal
from vaultaris_sessions.sessions.operations import BATCH, REVOKED, end_client_sessions, end_sessions


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


async def end_at_clients(
    database: Database, *, tenant_id: UUID, user_id: UUID, client_ids: Collection[str], started_by: datetime
) -> list[UUID]:
    """Ends every session that a user began at these clients by ``started_by``; returns which."""
    ended: list[UUID] = []
    while True:
        async with database.tenant(tenant_id) as session:
            batch = await end_client_sessions(
                session, tenant_id=tenant_id, user_id=user_id, client_ids=client_ids, started_by=started_by
            )
        ended += batch
        if len(batch) < BATCH:
            return ended
