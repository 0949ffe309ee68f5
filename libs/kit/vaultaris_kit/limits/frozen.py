"""What is frozen in a tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.limits.capped import Capped
from vaultaris_kit.repository import escape_like

MAX_FROZEN: Final = 10_000
"""How deep a list can be read."""


class Frozen(NamedTuple):
    """A frozen resource."""

    resource_type: str
    resource_id: UUID
    name: str
    freeze_reason: str
    frozen_at: datetime


async def list_frozen(
    session: AsyncSession,
    kinds: Sequence[Capped],
    tenant_id: UUID,
    *,
    search: str | None = None,
    ascending: bool = False,
    limit: int,
) -> tuple[list[Frozen], int]:
    """The first ``limit`` by the time of freezing, and the count of all, at one moment."""
    if not kinds:
        return [], 0
    frozen = union_all(*(_of_kind(kind, tenant_id) for kind in kinds)).subquery()
    rows = select(frozen)
    if search:
        rows = rows.where(frozen.c.name.ilike(f"%{escape_like(search)}%", escape="\\"))
    order = [frozen.c.frozen_at, frozen.c.resource_id]
    ordered = rows.add_columns(func.count().over()).order_by(
        *(each.asc() if ascending else each.desc() for each in order)
    )
    found = (await session.execute(ordered.limit(max(1, limit)))).all()
    return [Frozen(*row[:-1]) for row in found[:limit]], found[0][-1] if found else 0


def _of_kind(kind: Capped, tenant_id: UUID) -> Select[Any]:
    model = kind.model
    return select(
        literal(kind.noun).label("resource_type"), model.id.label("resource_id"), kind.name.label("name"),
        model.freeze_reason, model.frozen_at,
    ).where(kind.tenant == tenant_id, model.freeze_reason.is_not(None), *kind.live)  # fmt: skip
