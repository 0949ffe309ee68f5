"""Events and entries to test with."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from vaultaris_audit.entries.models import AuditEntry
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.ids import new_id, now


def event(tenant_id: UUID, **facts: Any) -> Event:
    """Something that happened at this moment."""
    return Event(
        **{
            "id": new_id(), "type": "user.created", "tenant_id": tenant_id, "occurred_at": now(),
            "actor_type": "user", "actor_id": new_id(), "resource_type": "user", "resource_id": new_id(), **facts,
        }
    )  # fmt: skip


async def trail(database: Database, tenant_id: UUID) -> Sequence[AuditEntry]:
    """The whole chain of a tenant."""
    async with database.tenant(tenant_id) as session:
        query = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id).order_by(AuditEntry.sequence)
        return (await session.execute(query)).scalars().all()
