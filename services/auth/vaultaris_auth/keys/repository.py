"""Queries over signing keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from vaultaris_auth.keys.models import SigningKey
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.ids import now


async def list_keys(session: AsyncSession, tenant_id: UUID) -> Sequence[SigningKey]:
    """Every key that still verifies, the newest first."""
    query = (
        select(SigningKey)
        .where(SigningKey.tenant_id == tenant_id, _verifies(now()))
        .order_by(SigningKey.created_at.desc(), SigningKey.id.desc())
        .limit(MAX_LIST)
    )
    return (await session.execute(query)).scalars().all()


async def current_keys(session: AsyncSession, tenant_id: UUID, *, lock: bool = False) -> dict[str, SigningKey]:
    """The tenant's keys in use, by algorithm."""
    query = select(SigningKey).where(
        SigningKey.tenant_id == tenant_id, SigningKey.retired_at.is_(None), ~SigningKey.is_pending
    )
    rows = await session.execute(query.order_by(SigningKey.id).with_for_update() if lock else query)
    return {key.algorithm: key for key in rows.scalars()}


async def keys_to_replace(session: AsyncSession, made_before: datetime, limit: int) -> Sequence[SigningKey]:
    """Current keys of all tenants that are so old and have no successor waiting, locked."""
    successor = aliased(SigningKey)
    waits = exists().where(
        successor.tenant_id == SigningKey.tenant_id,
        successor.algorithm == SigningKey.algorithm,
        successor.retired_at.is_(None),
        successor.is_pending,
    )
    query = select(SigningKey).where(
        SigningKey.retired_at.is_(None), ~SigningKey.is_pending, SigningKey.created_at <= made_before, ~waits
    )
    rows = await session.execute(query.order_by(SigningKey.created_at).limit(limit).with_for_update(skip_locked=True))
    return rows.scalars().all()


async def pending_keys(session: AsyncSession, made_before: datetime, limit: int) -> Sequence[SigningKey]:
    """Keys of all tenants that have been published for long enough, locked."""
    query = select(SigningKey).where(
        SigningKey.retired_at.is_(None), SigningKey.is_pending, SigningKey.created_at <= made_before
    )
    rows = await session.execute(query.order_by(SigningKey.created_at).limit(limit).with_for_update(skip_locked=True))
    return rows.scalars().all()


async def expire_earlier(session: AsyncSession, tenant_id: UUID, algorithm: str) -> list[str]:
    """Ends the retired keys of an algorithm; returns the ``kid`` of each that still verified."""
    at = now()
    statement = update(SigningKey).where(
        SigningKey.tenant_id == tenant_id, SigningKey.algorithm == algorithm,
        SigningKey.retired_at.is_not(None), _verifies(at),
    ).values(expires_at=at).returning(SigningKey.key_id)  # fmt: skip
    return list((await session.execute(statement)).scalars())


async def withdraw_pending(session: AsyncSession, tenant_id: UUID, algorithm: str) -> None:
    """Takes back a key that has never signed."""
    await session.execute(
        delete(SigningKey).where(
            SigningKey.tenant_id == tenant_id, SigningKey.algorithm == algorithm,
            SigningKey.retired_at.is_(None), SigningKey.is_pending,
        )
    )  # fmt: skip


async def find_key(session: AsyncSession, key_id: str) -> SigningKey | None:
    """The key of that ``kid``, unless it no longer verifies."""
    query = select(SigningKey).where(SigningKey.key_id == key_id, _verifies(now()))
    return (await session.execute(query)).scalar_one_or_none()


async def all_public_keys(session: AsyncSession) -> list[dict[str, str]]:
    """The public JWK of every key of every tenant that still verifies, in a stable order."""
    query = select(SigningKey.public_jwk).where(_verifies(now())).order_by(SigningKey.id)
    return [dict(jwk) for jwk in (await session.execute(query)).scalars()]


async def add_if_missing(session: AsyncSession, key: dict[str, object]) -> bool:
    """Inserts a current key unless another replica was faster; tells whether it did."""
    statement = insert(SigningKey).values(key).on_conflict_do_nothing().returning(SigningKey.id)
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def expire_all(session: AsyncSession, tenant_id: UUID) -> None:
    """Ends every key of a tenant."""
    at = now()
    statement = update(SigningKey).where(SigningKey.tenant_id == tenant_id, _verifies(at))
    await session.execute(statement.values(is_active=False, retired_at=at, expires_at=at))


async def delete_expired(session: AsyncSession) -> None:
    """Removes keys that verify nothing any more."""
    await session.execute(delete(SigningKey).where(SigningKey.expires_at <= now()))


def _verifies(at: datetime):  # type: ignore[no-untyped-def]  # SQLAlchemy's type of an OR is private
    return or_(SigningKey.expires_at.is_(None), SigningKey.expires_at > at)
