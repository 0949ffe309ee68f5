"""Claiming and forgetting. Plain SQL; the table is described in the migration."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.database import Database
from vaultaris_kit.ids import now
from vaultaris_kit.replay import Claim, Claimed

_CLAIM = text("""
    INSERT INTO auth.one_time_values (digest, tenant_id, expires_at) VALUES (:digest, :tenant_id, :expires_at)
    ON CONFLICT DO NOTHING RETURNING 1
""")
_EXPIRED = text("DELETE FROM auth.one_time_values WHERE expires_at <= now()")


def claims_in(database: Database) -> Claim:
    """The table as a memory that is always complete."""

    async def claim(tenant_id: UUID, digest: bytes, seconds: int) -> Claimed:
        facts = {"digest": digest, "tenant_id": tenant_id, "expires_at": now() + timedelta(seconds=seconds)}
        async with database.tenant(tenant_id) as session:
            claimed = (await session.execute(_CLAIM, facts)).first()
        return Claimed(claimed is not None, 0.0)

    return claim


async def delete_expired(session: AsyncSession) -> None:
    """Forgets values that nothing accepts any more."""
    await session.execute(_EXPIRED)
