"""Freezing what lies beyond a limit, the newest first, and thawing what lies within it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.limits.capped import LICENCE_REASONS, Capped
from vaultaris_kit.limits.counting import lock_limit

BATCH = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that changed. More may be waiting when :attr:`full`."""

    frozen: Sequence[Any]
    thawed: Sequence[Any]

    @property
    def full(self) -> bool:
        return len(self.frozen) + len(self.thawed) >= BATCH


async def settle(
    session: AsyncSession, capped: Capped, tenant_id: UUID, limit: int | None, reason: str
) -> Settled:  # fmt: skip
    """Freezes and thaws up to :data:`BATCH` rows, so that the rows beyond ``limit`` are frozen, and no others are.

    Safe to repeat. What somebody froze by hand keeps its place in the count and its reason. The rows that are
    returned are the mapped objects as they are now; their version is the same, for nobody edited them.
    """
    await lock_limit(session, capped, tenant_id)
    model = capped.model
    place = func.row_number().over(order_by=[*capped.first, model.created_at, model.id])
    ranked = (
        select(model.id, model.freeze_reason, place.label("place"))
        .where(capped.tenant == tenant_id, *capped.live)
        .subquery()
    )
    beyond = literal(value=False) if limit is None else ranked.c.place > limit
    by_licence = ranked.c.freeze_reason.in_(LICENCE_REASONS)
    due = or_(ranked.c.freeze_reason.is_(None), and_(by_licence, ranked.c.freeze_reason != reason))
    thawed = await _set_reason(session, model, ranked, and_(by_licence, not_(beyond)), None)
    frozen = await _set_reason(session, model, ranked, and_(due, beyond), reason)
    return Settled(frozen, thawed)


async def _set_reason(
    session: AsyncSession, model: Any, ranked: Any, wanted: ColumnElement[bool], reason: str | None
) -> Sequence[Any]:
    due = select(ranked.c.id).where(wanted).order_by(ranked.c.place).limit(BATCH)
    changed = await session.execute(
        update(model)
        .where(model.id.in_(due))
        .values(freeze_reason=reason, updated_at=model.updated_at)
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(changed.scalars(), key=lambda row: (row.created_at, row.id))
