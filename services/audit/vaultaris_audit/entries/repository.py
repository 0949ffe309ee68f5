"""Queries on the trail."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_audit.entries.models import AuditEntry
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.repository import page_rows

_SEARCHABLE: Final = (
    AuditEntry.action,
    AuditEntry.description,
    AuditEntry.resource_type,
    AuditEntry.actor_ip,
    type_coerce(AuditEntry.details, Text),  # its canonical text is what is searched, not a JSON value
)
_STREAM_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None narrows nothing. ``since`` is included, ``until`` is not."""

    action: str | None = None
    resource_type: str | None = None
    resource_id: UUID | None = None
    actor_id: UUID | None = None
    actor_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [
            getattr(AuditEntry, name) == value
            for name in ("action", "resource_type", "resource_id", "actor_id", "actor_type")
            if (value := getattr(self, name)) is not None
        ]
        if self.since is not None:
            found.append(AuditEntry.created_at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.created_at < self.until)
        return found


class AuditRepository:
    """The trail of one tenant."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._session, self._tenant_id = session, tenant_id

    def _select(self) -> Select[AuditEntry]:
        return select(AuditEntry).where(AuditEntry.tenant_id == self._tenant_id)

    async def page(self, query: PageQuery, narrowed: Filter) -> tuple[Sequence[AuditEntry], int]:
        """One page, newest first unless asked otherwise, and the count of all matches."""
        rows = self._select().where(*narrowed.conditions())
        return await page_rows(
            self._session, rows, query, _SEARCHABLE, {"created_at": AuditEntry.created_at}, AuditEntry.id
        )

    async def get(self, entry_id: UUID) -> AuditEntry:
        """One entry. Raises :class:`NotFound`."""
        row = (await self._session.execute(self._select().where(AuditEntry.id == entry_id))).scalar_one_or_none()
        if row is None:
            raise NotFound
        return row

    async def count_actions(self, actions: Sequence[str], since: datetime) -> Mapping[str, int]:
        """How often each happened since then; those that didn't are there with 0."""
        query = (
            select(AuditEntry.action, func.count())
            .where(
                AuditEntry.tenant_id == self._tenant_id, AuditEntry.action.in_(actions), AuditEntry.created_at >= since
            )
            .group_by(AuditEntry.action)
        )
        found = {row[0]: int(row[1]) for row in await self._session.execute(query)}
        return {action: found.get(action, 0) for action in actions}

    async def last_activity(self) -> datetime | None:
        """When the newest entry happened."""
        newest = self._select().with_only_columns(AuditEntry.created_at)
        newest = newest.order_by(AuditEntry.created_at.desc(), AuditEntry.id.desc()).limit(1)
        return (await self._session.execute(newest)).scalar_one_or_none()

    async def hash_of(self, sequence: int) -> bytes | None:
        """The hash of the entry with that number, or None."""
        query = select(AuditEntry.hash).where(AuditEntry.tenant_id == self._tenant_id, AuditEntry.sequence == sequence)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def after(self, sequence: int, limit: int) -> AsyncIterator[AuditEntry]:
        """Entries in the order of their numbers, fetched a few hundred at a time."""
        query = self._select().where(AuditEntry.sequence > sequence).order_by(AuditEntry.sequence).limit(limit)
        async for row in await self._session.stream_scalars(query.execution_options(yield_per=_STREAM_ROWS)):
            yield row
