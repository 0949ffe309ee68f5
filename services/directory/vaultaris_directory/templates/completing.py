"""Parts of imports that other services owe: tried at once, and again until they are done."""

import asyncio
import contextlib
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.configuration.v1.configuration_pb2 import Actor
from vaultaris_directory.templates.allow_lists import put_lists
from vaultaris_directory.templates.applications import slugs_of
from vaultaris_directory.templates.document import LISTS
from vaultaris_directory.templates.models import PendingPart
from vaultaris_directory.templates.owners import apply_at
from vaultaris_directory.templates.turns import Turn, turn_in
from vaultaris_kit.configuration import NotApplied, Report, principal_of
from vaultaris_kit.errors import Conflict, Unavailable, VaultarisError
from vaultaris_kit.ids import now
from vaultaris_kit.logs import get_logger
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

_PAUSE_SECONDS = 10.0
_AGAIN = timedelta(seconds=90)
"""Longer than an attempt takes: no other replica begins one meanwhile."""

_LONGEST = timedelta(hours=1)
_AT_ONCE = 10


async def complete_part(runtime: Runtime, turn: Turn, part: PendingPart, report: Report | None = None) -> bool:
    """Has a part put in by its owner, who may have done so already; says whether that is settled.

    What the owner refuses, though it had agreed before, stays and is tried again: somebody has to make room for it. So
    does what is left when the turn has passed to somebody else, who takes it up.
    """
    try:
        told = await _complete(runtime, turn, part)
    except (Unavailable, VaultarisError) as fault:
        log.warning("template_part_waits", owner=part.owner, tenant_id=str(part.tenant_id), reason=fault.code)
        return False
    except NotApplied as refused:
        errors = refused.report.errors[:5]
        log.warning("template_part_refused", owner=part.owner, tenant_id=str(part.tenant_id), errors=errors)
        return False
    if report is not None:
        report.add(told.as_json())
    return True


async def _complete(runtime: Runtime, turn: Turn, part: PendingPart) -> Report:
    """The owner first, then the allow-lists that name what it has now. Raises as they do, and :class:`NotApplied`."""
    async with runtime.database.tenant(part.tenant_id) as session:
        await turn.keep(session)
        applications = {slug: each for each, slug in (await slugs_of(session, part.tenant_id)).items()}
    report, actor = Report(), Actor(**part.actor)
    told, ids = await apply_at(
        runtime.peers, part.owner, part.tenant_id, part.sections, actor, applications, dry_run=False
    )
    report.add(told)
    if report.errors:
        raise NotApplied(report)
    async with runtime.database.tenant(part.tenant_id) as session:
        await put_lists(session, principal_of(actor), part.tenant_id, part.sections.get(LISTS, ()), ids, report)
        if report.errors:
            raise NotApplied(report)
        await session.execute(delete(PendingPart).where(PendingPart.id == part.id))
    return report


async def complete_earlier(runtime: Runtime, turn: Turn) -> None:
    """Has what earlier imports still owe put in before a new one, as far as their owners agree by now."""
    owed = select(PendingPart).where(PendingPart.tenant_id == turn.tenant_id).order_by(PendingPart.id).limit(_AT_ONCE)
    async with runtime.database.tenant(turn.tenant_id) as session:
        parts = list((await session.execute(owed)).scalars())
    for part in parts:
        await complete_part(runtime, turn, part)


async def supersede(session: AsyncSession, tenant_id: UUID, owners: Collection[str]) -> None:
    """Drops what earlier imports still owe these owners: repeated later, it would undo what is newer."""
    await session.execute(delete(PendingPart).where(PendingPart.tenant_id == tenant_id, PendingPart.owner.in_(owners)))


async def complete_parts(runtime: Runtime) -> None:
    """Runs until cancelled: takes up what a call, or a process that has died, left behind."""
    while True:
        await asyncio.sleep(_PAUSE_SECONDS)
        try:
            for part in await _claim(runtime):
                await _take_up(runtime, part)
        except Unavailable:
            log.warning("template_parts_wait", reason="database")


async def _take_up(runtime: Runtime, part: PendingPart) -> None:
    """Leaves a tenant alone into which somebody imports: they see to what is owed there, which may end with that."""
    with contextlib.suppress(Conflict):
        async with turn_in(runtime, part.tenant_id, wait=0) as turn:
            async with runtime.database.tenant(part.tenant_id) as session:
                is_owed = await session.get(PendingPart, part.id) is not None
            if is_owed:
                await complete_part(runtime, turn, part)


async def _claim(runtime: Runtime) -> list[PendingPart]:
    """Parts that are due, put off so that no other replica takes them meanwhile."""
    moment = now()
    async with runtime.database.instance() as session:
        due = select(PendingPart).where(PendingPart.due_at <= moment).order_by(PendingPart.due_at).limit(_AT_ONCE)
        parts = list((await session.execute(due.with_for_update(skip_locked=True))).scalars())
        for part in parts:
            put_off = min(_AGAIN * (part.attempts + 1), _LONGEST)
            await session.execute(
                update(PendingPart)
                .where(PendingPart.id == part.id)
                .values(due_at=moment + put_off, attempts=part.attempts + 1)
                .execution_options(synchronize_session=False)
            )
    return parts
