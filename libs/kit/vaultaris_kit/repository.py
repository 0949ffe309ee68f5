"""A small typed repository: the queries that every tenant-scoped resource needs, for one tenant."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, RowMapping, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from vaultaris_kit.errors import Invalid, NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.models import TenantRow

Model = TypeVar("Model", bound=TenantRow)
Entity = TypeVar("Entity")


class TenantRepository(Generic[Model]):
    """Subclasses name their model and the columns that lists may search and sort by."""

    model: type[Model]
    searchable: ClassVar[Sequence[InstrumentedAttribute[Any]]] = ()
    sortable: ClassVar[Mapping[str, InstrumentedAttribute[Any]]] = {}

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self.session, self.tenant_id = session, tenant_id

    def select(self, *, include_deleted: bool = False) -> Select[Model]:
        """All live rows of the tenant; deleted ones too when asked."""
        query = select(self.model).where(self.model.tenant_id == self.tenant_id)
        deleted_at = getattr(self.model, "deleted_at", None)
        return query if include_deleted or deleted_at is None else query.where(deleted_at.is_(None))

    async def find(self, row_id: UUID, *, include_deleted: bool = False) -> Model | None:
        """The row, or None."""
        query = self.select(include_deleted=include_deleted).where(self.model.id == row_id)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def get(self, row_id: UUID, *, include_deleted: bool = False, lock: bool = False) -> Model:
        """The row, locked against other writers (not against new references to it) when asked. Raises NotFound."""
        query = self.select(include_deleted=include_deleted).where(self.model.id == row_id)
        row = (
            await self.session.execute(query.with_for_update(key_share=True) if lock else query)
        ).scalar_one_or_none()
        if row is None:
            raise NotFound
        return row

    async def find_by(self, *conditions: ColumnElement[bool], include_deleted: bool = False) -> Model | None:
        """The one row that meets the conditions, or None."""
        query = self.select(include_deleted=include_deleted).where(*conditions)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def page(self, query: PageQuery, *conditions: ColumnElement[bool]) -> tuple[Sequence[Model], int]:
        """One page and the count of all matches. Raises :class:`Invalid` for a field that can't be sorted by."""
        return await page_rows(
            self.session,
            self.select(include_deleted=query.include_deleted).where(*conditions),
            query,
            self.searchable,
            {"created_at": self.model.created_at, **self.sortable},
            self.model.id,
        )


async def page_rows(
    session: AsyncSession,
    rows: Select[Entity],
    query: PageQuery,
    searchable: Sequence[Any],
    sortable: Mapping[str, Any],
    tie_breaker: Any,
) -> tuple[Sequence[Entity], int]:
    """Searches, sorts and cuts ``rows`` as ``query`` says, and counts them in the same round trip."""
    if query.search:
        pattern = f"%{escape_like(query.search)}%"
        rows = rows.where(or_(*(column.ilike(pattern, escape="\\") for column in searchable)))
    found, total = await _page(session, rows, query, sortable, tie_breaker)
    return [row[0] for row in found], total


async def page_columns(
    session: AsyncSession, rows: Select[Any], query: PageQuery, sortable: Mapping[str, Any], tie_breaker: Any
) -> tuple[Sequence[RowMapping], int]:
    """The same for columns instead of entities, without the search."""
    found, total = await _page(session, rows, query, sortable, tie_breaker)
    return [row._mapping for row in found], total


async def _page(
    session: AsyncSession, rows: Select[Any], query: PageQuery, sortable: Mapping[str, Any], tie_breaker: Any
) -> tuple[Sequence[Row[Any]], int]:
    """The page's rows, with the count of all as one more column, and that count."""
    column = sortable.get(query.sort or "created_at")
    if column is None:
        raise Invalid.field("sort", f"Can be one of: {', '.join(sorted(sortable))}.")
    order = (column.asc(), tie_breaker.asc()) if query.order == "asc" else (column.desc(), tie_breaker.desc())
    count = select(func.count()).select_from(rows.with_only_columns(tie_breaker).subquery())
    page = rows.add_columns(count.scalar_subquery()).order_by(*order).offset(query.offset).limit(query.per_page)
    found = (await session.execute(page)).all()
    if found:
        return found, found[0][-1]
    return [], (await session.execute(count)).scalar_one() if query.offset else 0


def escape_like(text: str) -> str:
    """``text`` as a literal inside a LIKE pattern whose escape character is the backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
