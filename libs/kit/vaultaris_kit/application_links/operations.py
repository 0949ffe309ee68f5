"""Linking things to an application, and making them inside it.

Called in a transaction that :attr:`Kind.opening` has opened: the application is there and not frozen.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal


async def link_resource(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    *,
    tenant_id: UUID,
    application_id: UUID,
    resource_id: UUID,
    is_inherited: bool,
) -> None:
    """Links something that exists; again is no error, and changes ``is_inherited``. Raises :class:`NotFound`."""
    await kind.repository(session, tenant_id).get(resource_id)
    links = kind.links
    adding = insert(links).values(
        tenant_id=tenant_id, application_id=application_id, resource_id=resource_id,
        is_inherited=is_inherited, is_owned=False, linked_at=now(),
    )  # fmt: skip
    changed = await session.execute(
        adding.on_conflict_do_update(
            index_elements=["application_id", "resource_id"],
            set_={"is_inherited": adding.excluded.is_inherited},
            where=links.is_owned.is_(False) & (links.is_inherited != adding.excluded.is_inherited),
        ).returning(links.resource_id)
    )
    if changed.first() is not None:
        told = {f"{kind.noun}_id": resource_id, "is_inherited": is_inherited}
        _emit(session, principal, kind, f"application.{kind.noun}_linked", tenant_id, application_id, new=told)


async def own_resource(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    *,
    tenant_id: UUID,
    application_id: UUID,
    resource_id: UUID,
) -> LinkColumns:
    """Marks what has just been made as made inside the application, which the caller has locked.

    Raises :class:`Conflict` for something that was made inside another.
    """
    link: LinkColumns = kind.links(
        tenant_id=tenant_id, application_id=application_id, resource_id=resource_id,
        is_inherited=False, is_owned=True, linked_at=now(),
    )  # fmt: skip
    session.add(link)
    owner = f"uq_{kind.links.__tablename__}_owner"
    await flush_or_clash(session, {owner: "It was made inside another application, which owns it."})
    told = {f"{kind.noun}_id": resource_id, "is_owned": True}
    _emit(session, principal, kind, f"application.{kind.noun}_linked", tenant_id, application_id, new=told)
    return link


async def share_resource(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    *,
    tenant_id: UUID,
    application_id: UUID,
    resource_id: UUID,
) -> LinkColumns:
    """The link to something that the tenant had already; a link that is there stays as it is."""
    found = select(kind.links).filter_by(application_id=application_id, resource_id=resource_id)
    link: LinkColumns | None = (await session.execute(found)).scalar_one_or_none()
    if link is not None:
        return link
    await link_resource(
        session, principal, kind,
        tenant_id=tenant_id, application_id=application_id, resource_id=resource_id, is_inherited=False,
    )  # fmt: skip
    made: LinkColumns = (await session.execute(found)).scalar_one()
    return made


async def unlink_resources(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    *,
    tenant_id: UUID,
    application_id: UUID,
    resource_ids: Collection[UUID],
) -> None:
    """Ends links; those that weren't there are no error. What was linked stays, also what was made inside."""
    links = kind.links
    removed = await session.execute(
        delete(links)
        .where(links.application_id == application_id, links.resource_id.in_(resource_ids))
        .returning(links.resource_id)
    )
    for resource_id in sorted(removed.scalars()):
        told = {f"{kind.noun}_id": resource_id}
        _emit(session, principal, kind, f"application.{kind.noun}_unlinked", tenant_id, application_id, old=told)


def _emit(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    event_type: str,
    tenant_id: UUID,
    application_id: UUID,
    **values: Any,
) -> None:
    kind.outbox.emit(
        session, principal, event_type, tenant_id,
        resource_type="application", resource_id=application_id, **values,
    )  # fmt: skip
