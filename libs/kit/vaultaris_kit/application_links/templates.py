"""Links in templates: by name, put in without taking any away."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.operations import link_resource, own_resource
from vaultaris_kit.configuration import applications_of, frozen_in
from vaultaris_kit.errors import Invalid
from vaultaris_kit.limits.capped import refuse_frozen
from vaultaris_kit.principal import Principal

LINKS: Final = "applications"
"""What an object of a template calls its links."""

MAX_LINKS: Final = 5_000


class TemplateLink(BaseModel):
    """How something belongs to an application."""

    is_inherited: bool = False
    is_owned: bool = False


class LinkToApplication(TemplateLink):
    """The application that something belongs to."""

    slug: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Linking(BaseModel):
    """What an object of a template says of its links, among other things."""

    applications: Annotated[list[LinkToApplication], Field(max_length=MAX_LINKS)] = Field(default_factory=list)


async def put_link(
    session: AsyncSession,
    principal: Principal,
    kind: Kind,
    wanted: TemplateLink,
    present: LinkColumns | None,
    *,
    tenant_id: UUID,
    application_id: UUID,
    resource_id: UUID,
) -> bool:
    """Adds a link, or has it say what is wanted; says whether that changed anything.

    What was made inside stays so, and what was made elsewhere can't be made inside any more. Raises Conflict for
    something that was made inside another application.
    """
    place = {"tenant_id": tenant_id, "application_id": application_id, "resource_id": resource_id}
    if present is None and wanted.is_owned:
        await own_resource(session, principal, kind, **place)
        return True
    if present is not None and (wanted.is_owned or present.is_owned or present.is_inherited == wanted.is_inherited):
        return False
    await link_resource(session, principal, kind, is_inherited=wanted.is_inherited, **place)
    return True


async def put_links(
    session: AsyncSession, principal: Principal, kind: Kind, *, tenant_id: UUID, resource_id: UUID, item: dict[str, Any]
) -> bool:
    """Puts in the links that ``item`` lists, for the owner of what is linked; says whether that changed anything.

    Raises :class:`Invalid` for an application that is not there, :class:`~vaultaris_kit.errors.Forbidden` for a change
    to one that is frozen.
    """
    wanted = Linking.model_validate(item).applications
    ids, frozen = applications_of(session), frozen_in(session)
    missing = sorted({each.slug for each in wanted} - ids.keys())
    if missing:
        raise Invalid.field(LINKS, f"Not here: {', '.join(missing[:10])}.", "unknown")
    present = {link.application_id: link for link in await _links(session, kind, kind.links.resource_id == resource_id)}
    changed = False
    for each in wanted:
        if await put_link(
            session, principal, kind, each, present.get(ids[each.slug]),
            tenant_id=tenant_id, application_id=ids[each.slug], resource_id=resource_id,
        ):  # fmt: skip
            refuse_frozen(f"The application {each.slug}", frozen.get(each.slug))
            changed = True
    return changed


async def exported_links(session: AsyncSession, kind: Kind, tenant_id: UUID) -> Mapping[UUID, list[dict[str, Any]]]:
    """By what is linked, its links as :class:`Linking` takes them, sorted by slug."""
    slugs = applications_of(session)
    told: dict[UUID, list[dict[str, Any]]] = {}
    for link in await _links(session, kind, kind.links.tenant_id == tenant_id):
        if link.application_id in slugs:
            each = LinkToApplication(
                slug=slugs[link.application_id], is_inherited=link.is_inherited, is_owned=link.is_owned
            )
            told.setdefault(link.resource_id, []).append(each.model_dump())
    return {resource_id: sorted(links, key=lambda link: str(link["slug"])) for resource_id, links in told.items()}


async def _links(session: AsyncSession, kind: Kind, condition: Any) -> Sequence[LinkColumns]:
    links: Sequence[LinkColumns] = (await session.execute(select(kind.links).where(condition))).scalars().all()
    return links
