"""Queries of what belongs to an application."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links.kinds import Kind
from vaultaris_directory.application_links.models import LinkRow
from vaultaris_directory.applications.repository import Applications
from vaultaris_kit.http.envelopes import PageQuery

Links = Mapping[UUID, LinkRow]
"""Links by the id of what they link."""


async def page_linked(
    session: AsyncSession, kind: Kind, query: PageQuery, *, tenant_id: UUID, application_id: UUID
) -> tuple[Sequence[Any], int, Links]:
    """A page of what of ``kind`` belongs to an application, the count of all, and the page's links."""
    await Applications(session, tenant_id).get(application_id)
    repository = kind.repository(session, tenant_id)
    linked = select(kind.links.resource_id).where(kind.links.application_id == application_id)
    rows, total = await repository.page(query, repository.model.id.in_(linked))
    return rows, total, await _links_of(session, kind, application_id, [row.id for row in rows])


async def _links_of(session: AsyncSession, kind: Kind, application_id: UUID, ids: Sequence[UUID]) -> Links:
    found = await session.execute(
        select(kind.links).where(kind.links.application_id == application_id, kind.links.resource_id.in_(ids))
    )
    return {link.resource_id: link for link in found.scalars()}
