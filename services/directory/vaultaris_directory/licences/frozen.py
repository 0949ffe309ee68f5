"""What is frozen in a tenant, and since when (a trigger of the database notes that)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnClause, Select, column, func, literal, select, table, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import SCHEMA
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.repository import escape_like

Kind = Literal["user", "role", "group", "permission"]

_NAMES: dict[Kind, str] = {"user": "username", "role": "name", "group": "name", "permission": "name"}


class Frozen(NamedTuple):
    """A frozen resource."""

    resource_type: Kind
    resource_id: UUID
    name: str
    freeze_reason: str
    frozen_at: datetime


async def page_frozen(
    session: AsyncSession, query: PageQuery, *, tenant_id: UUID, kind: Kind | None
) -> tuple[Sequence[Frozen], int]:
    """A page, by the time of freezing, and the count of all. Raises :class:`Invalid` for another sort."""
    if query.sort not in (None, "created_at", "frozen_at"):
        raise Invalid.field("sort", "Can be: frozen_at.")
    kinds = _NAMES if kind is None else {kind: _NAMES[kind]}
    frozen = union_all(*(_of_kind(each, name, tenant_id) for each, name in kinds.items())).subquery()
    rows = select(frozen)
    if query.search:
        rows = rows.where(frozen.c.name.ilike(f"%{escape_like(query.search)}%", escape="\\"))
    total = (await session.execute(select(func.count()).select_from(rows.subquery()))).scalar_one()
    order = [frozen.c.frozen_at, frozen.c.resource_id]
    ordered = rows.order_by(*(each.asc() if query.order == "asc" else each.desc() for each in order))
    page = await session.execute(ordered.offset(query.offset).limit(query.per_page))
    return [Frozen(*row) for row in page], total


def _of_kind(kind: Kind, name: str, tenant_id: UUID) -> Select[Any]:
    columns: list[ColumnClause[Any]] = [
        column(each) for each in ("id", "tenant_id", name, "freeze_reason", "frozen_at", "deleted_at")
    ]
    rows = table(f"{kind}s", *columns, schema=SCHEMA)
    return select(
        literal(kind).label("resource_type"), rows.c.id.label("resource_id"), rows.c[name].label("name"),
        rows.c.freeze_reason, rows.c.frozen_at,
    ).where(rows.c.tenant_id == tenant_id, rows.c.freeze_reason.is_not(None), rows.c.deleted_at.is_(None))  # fmt: skip
