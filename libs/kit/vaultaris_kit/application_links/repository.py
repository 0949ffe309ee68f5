"""Queries of what belongs to an application."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.http.envelopes import PageQuery

Links = Mapping[UUID, LinkColumns]
"""Links by the id of what they link."""


async def page_linked(
    session: AsyncSession, kind: Kind, query: PageQuery, *, tenant_id: UUID, application_id: UUID
) -> tuple[Sequence[Any], int, Links]:
    """A page of what of ``kind`` belongs to an application, the count of all, and the page's links."""
    repository = kind.repository(session, tenant_id)
    linked = select(kind.links.resource_id).where(kind.links.application_id == application_id)
    rows, total = await repository.page(query, repository.model.id.in_(linked))
    return rows, total, await _links_of(session, kind, application_id, [row.id for row in rows])


async def get_link(session: AsyncSession, kind: Kind, *, application_id: UUID, resource_id: UUID) -> LinkColumns:
    """The link of what is known to belong to the application."""
    found = select(kind.links).filter_by(application_id=application_id, resource_id=resource_id)
    link: LinkColumns = (await session.execute(found)).scalar_one()
    return link


async def _links_of(session: AsyncSession, kind: Kind, application_id: UUID, ids: Sequence[UUID]) -> Links:
    found = await session.execute(
        select(kind.links).where(kind.links.application_id == application_id, kind.links.resource_id.in_(ids))
    )
    return {link.resource_id: link for link in found.scalars()}
