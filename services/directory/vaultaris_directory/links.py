"""Pairs of ids in link tables: putting a pair in twice or taking it out twice is no error."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def link(session: AsyncSession, table: type[DeclarativeBase], tenant_id: UUID, **pair: UUID) -> bool:
    """Adds the pair; says whether it was new."""
    added = await session.execute(insert(table).values(tenant_id=tenant_id, **pair).on_conflict_do_nothing())
    return cast("CursorResult[Any]", added).rowcount == 1


async def unlink(session: AsyncSession, table: type[DeclarativeBase], tenant_id: UUID, **pair: UUID) -> bool:
    """Removes the pair; says whether it was there."""
    removed = await session.execute(delete(table).filter_by(tenant_id=tenant_id, **pair))
    return cast("CursorResult[Any]", removed).rowcount == 1
