"""Locks that last until the transaction ends."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def lock_tree(session: AsyncSession, kind: str, tenant_id: UUID) -> None:
    """Lets one writer at a time change a tenant's tree of ``kind``, so that no two moves can make a cycle together."""
    await session.execute(_LOCK, {"name": lock_name(kind, tenant_id)})


def lock_name(kind: str, tenant_id: UUID) -> str:
    """What the lock of :func:`lock_tree` is called."""
    return f"directory.{kind}.{tenant_id}"
