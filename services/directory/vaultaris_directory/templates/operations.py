"""Exporting and importing templates: docs/adr/0016 says what holds when something fails in between."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_directory.templates.allow_lists import named, put_lists
from vaultaris_directory.templates.applications import APPLICATIONS, frozen_of, slugs_of, with_new
from vaultaris_directory.templates.completing import complete_earlier, complete_part, supersede
from vaultaris_directory.templates.document import LISTS, OF_OTHERS, OWNED, VERSION, others_content, own_content
from vaultaris_directory.templates.groups import GROUPS
from vaultaris_directory.templates.models import PendingPart
from vaultaris_directory.templates.owners import Ids, apply_at, export_of
from vaultaris_directory.templates.roles import PERMISSIONS, ROLES, TENANT
from vaultaris_directory.templates.turns import Turn, turn_in
from vaultaris_kit.configuration import NotApplied, Report, StayWithin, actor_of, apply_in_transaction, export_sections
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime

SECTIONS = (TENANT, PERMISSIONS, ROLES, GROUPS, APPLICATIONS)
_LIMITED = ("permissions", "roles", "groups", "applications")
_GRACE = timedelta(minutes=3)
"""How long the call itself has for its parts, before they are taken up in the background."""


async def export_template(runtime: Runtime, tenant_id: UUID) -> dict[str, Any]:
    """The whole configuration, in a stable order. Raises :class:`Unavailable` while an owner is away."""
    async with runtime.database.tenant(tenant_id) as session:
        own = await export_sections(session, tenant_id, SECTIONS)
        slugs = await slugs_of(session, tenant_id)
    others: dict[str, Any] = {}
    ids: dict[str, Mapping[str, UUID]] = {}
    for owner in OF_OTHERS:
        sections, known = await export_of(runtime.peers, owner, tenant_id, slugs)
        others |= sections
        ids |= known
    own["groups"] = named(own["groups"], ids)
    (tenant,) = own["tenant"]
    own_lists = {name: own[name] for name in OWNED if name != "tenant"}
    return {"version": VERSION, "exported_at": now(), "tenant": tenant, **own_lists, **others}


async def import_template(
    runtime: Runtime, principal: Principal, tenant_id: UUID, template: Mapping[str, Any], *, dry_run: bool
) -> tuple[Report, list[str]]:
    """Puts a template in; the report, and the services whose part is still to be done.

    Every service checks its part first; then the directory commits its own together with a note of what it owes the
    others; then they put theirs in. Imports into one tenant take turns. Raises :class:`Unavailable` while nothing has
    happened yet, and :class:`~vaultaris_kit.errors.Conflict` while another import goes on.
    """
    own, others = own_content(template), others_content(template)
    if dry_run:
        return await _check(runtime, principal, tenant_id, own, others), []
    async with turn_in(runtime, tenant_id) as turn:
        checked = await _check(runtime, principal, tenant_id, own, others)
        if checked.errors:
            return checked, []
        await complete_earlier(runtime, turn)
        report, parts = await _put_in(runtime, principal, turn, own, others)
        pending = [part.owner for part in parts if not await complete_part(runtime, turn, part, report)]
    return report, pending


async def _put_in(
    runtime: Runtime, principal: Principal, turn: Turn, own: Mapping[str, Any], others: Mapping[str, Any]
) -> tuple[Report, list[PendingPart]]:
    """Commits the directory's own part; what it owes the others then."""
    parts: list[PendingPart] = []

    async def note(session: AsyncSession) -> None:
        await turn.keep(session)
        await supersede(session, turn.tenant_id, others)
        parts.extend(_parts(principal, turn.tenant_id, others))
        session.add_all(parts)

    report = await apply_in_transaction(
        runtime, principal, turn.tenant_id, SECTIONS, own,
        dry_run=False, stay_within=_limits(runtime, turn.tenant_id), within=note,
    )  # fmt: skip
    return report, parts


async def _check(
    runtime: Runtime, principal: Principal, tenant_id: UUID, own: Mapping[str, Any], others: Mapping[str, Any]
) -> Report:
    """What would happen, everywhere."""
    report = await apply_in_transaction(
        runtime, principal, tenant_id, SECTIONS, own, dry_run=True, stay_within=_limits(runtime, tenant_id)
    )
    async with runtime.database.tenant(tenant_id) as session:
        there = {slug: application_id for application_id, slug in (await slugs_of(session, tenant_id)).items()}
        frozen = await frozen_of(session, tenant_id)
    applications = with_new(there, own["applications"])
    for owner, content in others.items():
        told, ids = await apply_at(
            runtime.peers, owner, tenant_id, content, actor_of(principal), applications, dry_run=True, frozen=frozen
        )
        report.add(told)
        if LISTS in content and not report.errors:
            await _check_lists(runtime, principal, tenant_id, content[LISTS], ids, report)
    return report


async def _check_lists(
    runtime: Runtime, principal: Principal, tenant_id: UUID, groups: Sequence[Mapping[str, Any]], ids: Ids,
    report: Report,
) -> None:  # fmt: skip
    with contextlib.suppress(NotApplied):
        async with runtime.database.tenant(tenant_id) as session:
            await put_lists(session, principal, tenant_id, groups, ids, report)
            raise NotApplied(report)


def _limits(runtime: Runtime, tenant_id: UUID) -> StayWithin:
    async def check(session: AsyncSession, created: Mapping[str, int]) -> None:
        for resource in _LIMITED:
            if created.get(resource):
                await stay_within(session, runtime.get(Licences), tenant_id, resource)

    return check


def _parts(principal: Principal, tenant_id: UUID, others: Mapping[str, Any]) -> list[PendingPart]:
    actor = {
        "kind": principal.kind, "id": str(principal.id),
        "tenant_id": str(principal.tenant_id), "name": principal.name or "",
    }  # fmt: skip
    return [
        PendingPart(tenant_id=tenant_id, owner=owner, sections=dict(content), actor=actor, due_at=now() + _GRACE)
        for owner, content in others.items()
    ]
