"""Brings tenants in line with their licences: after a change at once, and for what time brings every half minute.

What has been acted on is remembered, so that nothing is lost when a process dies in the middle: the terms still
differ from what is remembered, and the next round begins again.
"""

import asyncio
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.licences.freezing import FREEZABLE, settle_resource
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_after, terms_in
from vaultaris_directory.licences.models import SettledTerms
from vaultaris_directory.licences.terms import HOSTED, Terms
from vaultaris_directory.revoking import revoke_tenant, revoke_users
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import now
from vaultaris_kit.logs import get_logger
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

_EVERY_SECONDS = 30.0
_PAGE = 500
_ANSWER_SECONDS = 10.0
_NOBODY = UUID(int=0)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class Settler:
    """One a process; several may run side by side."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._wake = asyncio.Event()
        self._at_work: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Runs until cancelled; a fault delays it but never ends it."""
        while True:
            self._wake.clear()
            try:
                await self._settle_all()
            except (Unavailable, OSError, TimeoutError) as fault:
                log.warning("licences_wait", reason=type(fault).__name__)
            except Exception as fault:  # one tenant's trouble must not stop the others' renewal for good
                log.error("licences_fault", exc_info=fault)
            try:
                async with asyncio.timeout(_EVERY_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def follow(self, tenant_id: UUID) -> None:
        """Brings one tenant in line, and has all others looked at; an answer waits for it for ten seconds at most."""
        work = asyncio.create_task(self._follow(tenant_id))
        self._at_work.add(work)
        work.add_done_callback(self._at_work.discard)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await asyncio.shield(work)
        except TimeoutError:
            log.info("licence_still_settling", tenant_id=str(tenant_id))

    async def _follow(self, tenant_id: UUID) -> None:
        try:
            await self.settle(tenant_id)
        finally:
            self._wake.set()

    async def _settle_all(self) -> None:
        licences, after = self._runtime.get(Licences), _NOBODY
        while True:
            async with self._runtime.database.instance() as session:
                page = await terms_after(session, licences, after, _PAGE)
            for tenant_id, _terms, is_due in page:
                if is_due:
                    await self.settle(tenant_id)
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    async def settle(self, tenant_id: UUID) -> None:
        """Freezes and thaws what the directory owns, then tells the owners of everything else."""
        database, licences = self._runtime.database, self._runtime.get(Licences)
        async with database.tenant(tenant_id) as session:
            terms = await terms_in(session, licences, tenant_id)
        for resource in FREEZABLE:
            while await self._settle_batch(tenant_id, resource):
                pass
        async with database.tenant(tenant_id) as session:
            if (await terms_in(session, licences, tenant_id)).as_json() == terms.as_json():
                await _remember(session, tenant_id, terms)
            else:  # they have changed meanwhile: whoever changed them settles, too, and if not, the next round does
                self._wake.set()

    async def _settle_batch(self, tenant_id: UUID, resource: str) -> bool:
        """One transaction; says whether there may be more to do. What is frozen loses its credentials at once."""
        database = self._runtime.database
        async with database.instance() if resource == HOSTED else database.tenant(tenant_id) as session:
            settled = await settle_resource(session, self._runtime.get(Licences), tenant_id, resource)
        try:
            if settled.frozen and resource == "users":
                await revoke_users(self._runtime.peers, tenant_id, [row.id for row in settled.frozen], "user frozen")
            elif resource == HOSTED:
                for row in settled.frozen:
                    await revoke_tenant(self._runtime.peers, row.id, "tenant frozen")
        except Unavailable:
            log.warning("revocation_left_to_events", resource=resource)
        return settled.full


async def _remember(session: AsyncSession, tenant_id: UUID, terms: Terms) -> None:
    """Notes the terms; the first to note new ones also tells of them."""
    await session.execute(_LOCK, {"name": f"directory.terms.{tenant_id}"})
    before = (
        await session.execute(select(SettledTerms.terms).where(SettledTerms.tenant_id == tenant_id))
    ).scalar_one_or_none()
    after = terms.as_json()
    if before == after:
        return
    values = {"terms": after, "settled_at": now()}
    await session.execute(
        insert(SettledTerms)
        .values(tenant_id=tenant_id, **values)
        .on_conflict_do_update(index_elements=[SettledTerms.tenant_id], set_=values)
    )
    if before is None and not terms.caps.keys() - {HOSTED}:
        return  # a tenant without limits, seen for the first time: there is nothing to follow
    OUTBOX.emit(
        session, SYSTEM, "tenant.license_changed", tenant_id, resource_type="tenant", resource_id=tenant_id,
        old=before, new=after,
    )  # fmt: skip
