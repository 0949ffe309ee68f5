"""A section of a template: applications with the roles, groups and permissions that belong to them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links import kinds
from vaultaris_directory.applications import operations
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.applications.schemas import ApplicationCreate
from vaultaris_directory.templates.document import NamedLink, TemplateApplication
from vaultaris_directory.templates.names import NAMED, chosen, differing, ids_of
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.templates import put_link
from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.ids import new_id
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal

_LINKED = {"roles": kinds.ROLES, "groups": kinds.GROUPS, "permissions": kinds.PERMISSIONS}


async def slugs_of(session: AsyncSession, tenant_id: UUID) -> dict[UUID, str]:
    """The slugs of all applications of a tenant, by id."""
    rows = await session.execute(select(Application.id, Application.slug).where(Application.tenant_id == tenant_id))
    return {row[0]: row[1] for row in rows}


async def frozen_of(session: AsyncSession, tenant_id: UUID) -> dict[str, str]:
    """Why those of a tenant's applications are frozen that are, by slug."""
    frozen = select(Application.slug, Application.freeze_reason).where(Application.tenant_id == tenant_id)
    rows = await session.execute(frozen.where(Application.freeze_reason.is_not(None)))
    return {slug: reason for slug, reason in rows if reason is not None}


def with_new(ids: Mapping[str, UUID], applications: Any) -> dict[str, UUID]:
    """Ids by slug, made up for those that a template is about to make: enough to check with."""
    items: Iterable[Any] = applications if isinstance(applications, list) else ()
    slugs = [item.get("slug") for item in items if isinstance(item, dict)]
    return {**{slug: new_id() for slug in slugs if isinstance(slug, str)}, **ids}


async def _applications(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(Applications(session, tenant_id).select().order_by(Application.slug))
    links = {kind: await _told_links(session, tenant_id, kind) for kind in _LINKED}
    return [
        {
            **chosen(application, ApplicationCreate.model_fields),
            **{kind: links[kind].get(application.id, []) for kind in _LINKED},
        }
        for application in rows.scalars()
    ]


async def _told_links(session: AsyncSession, tenant_id: UUID, kind: str) -> dict[UUID, list[dict[str, Any]]]:
    """Links of a kind by application, sorted by name."""
    (table, name), link = NAMED[kind], _LINKED[kind].links
    rows = await session.execute(
        select(link.application_id, name, link.is_inherited, link.is_owned)
        .join(table, table.id == link.resource_id)
        .where(table.tenant_id == tenant_id, table.deleted_at.is_(None))
        .order_by(name)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for application_id, called, is_inherited, is_owned in rows:
        told = NamedLink(name=called, is_inherited=is_inherited, is_owned=is_owned).model_dump()
        found.setdefault(application_id, []).append(told)
    return found


async def _put_application(
    session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]
) -> Outcome:
    wanted = TemplateApplication.model_validate(item)
    known = await Applications(session, tenant_id).find_by(Application.slug == wanted.slug)
    if known is None:
        made = await operations.create_application(session, principal, tenant_id=tenant_id, fields=wanted.fields())
        await _link_all(session, principal, tenant_id, made.id, wanted)
        return "created"
    changes = differing(known, wanted.fields())
    if changes:
        await operations.update_application(
            session, principal, tenant_id=tenant_id, application_id=known.id, changes=changes, expected=None
        )
    linked = await _link_all(session, principal, tenant_id, known.id, wanted)
    if linked:
        require_thawed(known)
    return "updated" if changes or linked else "skipped"


async def _link_all(
    session: AsyncSession, principal: Principal, tenant_id: UUID, application_id: UUID, wanted: TemplateApplication
) -> bool:
    """Adds the links that are missing or say otherwise; takes none away. Says whether there were any."""
    changed = False
    for name, kind in _LINKED.items():
        named: list[NamedLink] = getattr(wanted, name)
        ids = await ids_of(session, tenant_id, name, [each.name for each in named])
        present = await _present(session, kind, application_id)
        for each in named:
            resource_id = ids[each.name]
            changed |= await put_link(
                session, principal, kind, each, present.get(resource_id),
                tenant_id=tenant_id, application_id=application_id, resource_id=resource_id,
            )  # fmt: skip
    return changed


async def _present(session: AsyncSession, kind: Kind, application_id: UUID) -> dict[UUID, LinkColumns]:
    rows = await session.execute(select(kind.links).where(kind.links.application_id == application_id))
    return {link.resource_id: link for link in rows.scalars()}


APPLICATIONS = Section("applications", _applications, _put_application, key="slug")
