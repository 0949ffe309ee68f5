"""A section of a template: applications with the roles, groups and permissions that belong to them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links import kinds
from vaultaris_directory.applications import operations
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.applications.schemas import ApplicationCreate
from vaultaris_directory.templates.document import TemplateApplication, TemplateLink
from vaultaris_directory.templates.names import NAMED, chosen, differing, ids_of
from vaultaris_kit.application_links.operations import link_resource, own_resource
from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.principal import Principal

_LINKED = {"roles": kinds.ROLES, "groups": kinds.GROUPS, "permissions": kinds.PERMISSIONS}


async def _applications(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(Applications(session, tenant_id).select().order_by(Application.slug))
    links = {kind: await _links(session, tenant_id, kind) for kind in _LINKED}
    return [
        {
            **chosen(application, ApplicationCreate.model_fields),
            **{kind: links[kind].get(application.id, []) for kind in _LINKED},
        }
        for application in rows.scalars()
    ]


async def _links(session: AsyncSession, tenant_id: UUID, kind: str) -> dict[UUID, list[dict[str, Any]]]:
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
        told = {"name": called, "is_inherited": is_inherited, "is_owned": is_owned}
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
    return "updated" if changes or linked else "skipped"


async def _link_all(
    session: AsyncSession, principal: Principal, tenant_id: UUID, application_id: UUID, wanted: TemplateApplication
) -> bool:
    """Adds the links that are missing or say otherwise; takes none away. Says whether there were any."""
    changed = False
    for kind in _LINKED:
        named: list[TemplateLink] = getattr(wanted, kind)
        ids = await ids_of(session, tenant_id, kind, [each.name for each in named])
        present = {each["name"]: each for each in (await _links(session, tenant_id, kind)).get(application_id, [])}
        for each in named:
            if present.get(each.name) != each.model_dump():
                changed |= await _link(
                    session, principal, tenant_id, application_id, kind, ids[each.name], each,
                    is_new=each.name not in present,
                )  # fmt: skip
    return changed


async def _link(
    session: AsyncSession, principal: Principal, tenant_id: UUID, application_id: UUID, kind: str,
    resource_id: UUID, wanted: TemplateLink, *, is_new: bool,
) -> bool:  # fmt: skip
    if wanted.is_owned and not is_new:
        return False  # what was made elsewhere can't be made here again
    if wanted.is_owned:
        await own_resource(
            session, principal, _LINKED[kind],
            tenant_id=tenant_id, application_id=application_id, resource_id=resource_id,
        )  # fmt: skip
    else:
        await link_resource(
            session, principal, _LINKED[kind], tenant_id=tenant_id, application_id=application_id,
            resource_id=resource_id, is_inherited=wanted.is_inherited,
        )  # fmt: skip
    return True


APPLICATIONS = Section("applications", _applications, _put_application, key="slug")
