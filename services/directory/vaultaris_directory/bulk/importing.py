"""Importing users: row by row in meaning, some hundred rows a transaction in practice.

A row is taken whole (the user, the roles, the groups, the events) or not at all. Rows that are taken stay when
others fail, and when the call ends early. A dry run does everything but write.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.bulk import writing
from vaultaris_directory.bulk.candidates import Candidate, Tally
from vaultaris_directory.bulk.passwords import settle_passwords
from vaultaris_directory.bulk.places import Places, path_of
from vaultaris_directory.bulk.rows import Row
from vaultaris_directory.bulk.schemas import MAX_ROWS, IfExists, ImportReport
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import room_for
from vaultaris_directory.revoking import revoke_users
from vaultaris_directory.users.inserting import Holders, find_holders
from vaultaris_kit.errors import Detail, PayloadTooLarge, Unavailable
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet
from vaultaris_kit.service import Runtime

_BATCH = 250


@dataclass
class Import:
    """One call: who imports what into which tenant, and how it goes."""

    runtime: Runtime
    principal: Principal
    tenant_id: UUID
    if_exists: IfExists
    dry_run: bool
    tally: Tally = field(init=False)
    held: RightSet = field(init=False)
    """What the caller holds, as of the batch at hand."""

    def __post_init__(self) -> None:
        self.tally = Tally(ImportReport(dry_run=self.dry_run))

    async def run(self, rows: AsyncIterator[Row]) -> ImportReport:
        """Takes in all rows. Raises :class:`PayloadTooLarge` for more than 200,000; those before stay."""
        batch: list[Row] = []
        async for row in rows:
            if row.number > MAX_ROWS:
                await self._take(batch)
                raise PayloadTooLarge(f"One call takes {MAX_ROWS:,} rows at most; those before have been dealt with.")
            batch.append(row)
            if len(batch) == _BATCH:
                await self._take(batch)
                batch = []
        await self._take(batch)
        self.tally.report.errors.sort(key=lambda error: error.row)
        return self.tally.report

    async def _take(self, rows: Sequence[Row]) -> None:
        """One batch. The caller may have lost their rights since the last one."""
        if not rows:
            return
        self.held = await self._rights()
        self.tally.report.rows += len(rows)
        fit = await self.tally.sift(rows)
        fit = await settle_passwords(self.runtime, self.tenant_id, fit, self.tally, dry_run=self.dry_run)
        shut_out: list[UUID] = []
        async with self.runtime.database.tenant(self.tenant_id) as session:
            await self._write(session, fit, shut_out)
            session.info.pop("emitted", None)  # nobody waits for the events of a batch; they are sent below
        if shut_out:
            with contextlib.suppress(Unavailable):  # the events of the change end the credentials when auth is back
                await revoke_users(self.runtime.peers, self.tenant_id, shut_out, "deactivated")
        await self.runtime.relay.announce(0)

    async def _rights(self) -> RightSet:
        """Raises Unauthorized, and Forbidden without the rights that the call demands."""
        await self.runtime.authenticator.revocations.check(self.principal)
        if self.if_exists == "update":
            await self.runtime.access.require(self.principal, "users:update", self.tenant_id)
        return await self.runtime.access.require(self.principal, "users:import", self.tenant_id)

    async def _write(self, session: AsyncSession, fit: Sequence[Candidate], shut_out: list[UUID]) -> None:
        fit = await self._placed(session, fit)
        holders = await find_holders(
            session, self.tenant_id, {key for each in fit for key in (each.username_key, each.email_key)}
        )
        fresh = [each for each in fit if holders.named(each.username_key) is None]
        known = [each for each in fit if holders.named(each.username_key) is not None]
        await self._create(session, [each for each in fresh if self._is_free(each, holders)])
        for each in known:
            await self._meet(session, each, holders, shut_out)

    async def _placed(self, session: AsyncSession, fit: Sequence[Candidate]) -> list[Candidate]:
        """Those whose roles and groups exist and may be given by the caller."""
        places = Places(self.tenant_id, self.held)
        await places.learn(session, "roles", {name for each in fit for name in each.user.roles})
        await places.learn(session, "groups", {path_of(name) for each in fit for name in each.user.groups})
        placed: list[Candidate] = []
        for each in fit:
            each.roles, no_role = places.named("roles", each.user.roles)
            each.groups, no_group = places.named("groups", [path_of(name) for name in each.user.groups])
            faults = [fault for fault in (no_role, no_group) if fault is not None]
            if faults:
                self.tally.fail(each.row, *faults)
            else:
                placed.append(each)
        return placed

    def _is_free(self, each: Candidate, holders: Holders, but: UUID | None = None) -> bool:
        taken = holders.in_the_way(each.username_key, each.email_key, but)
        if taken is None:
            return True
        name, holder = taken
        self.tally.fail(each.row, _taken(name, is_deleted=holder.is_deleted))
        return False

    async def _create(self, session: AsyncSession, fit: Sequence[Candidate]) -> None:
        room = await room_for(session, self.runtime.get(Licences), self.tenant_id, "users")
        pending = self.tally.report.created if self.dry_run else 0
        admitted = fit if room is None else fit[: max(0, room - pending)]
        for each in fit[len(admitted) :]:
            told = "The licence allows no more users in this tenant."
            self.tally.fail(each.row, Detail(field="row", message=told, code="license_limit_exceeded"))
        if self.dry_run:
            self.tally.report.created += len(admitted)
            return
        for each in await writing.create(session, self.principal, self.tenant_id, admitted):
            self.tally.fail(each.row, _taken("username", is_deleted=False))
            self.tally.report.created -= 1
        self.tally.report.created += len(admitted)

    async def _meet(self, session: AsyncSession, each: Candidate, holders: Holders, shut_out: list[UUID]) -> None:
        """A row whose user name somebody has already."""
        holder = holders.named(each.username_key)
        assert holder is not None
        if self.if_exists == "error" or holder.is_deleted:
            self.tally.fail(each.row, _taken("username", is_deleted=holder.is_deleted))
        elif self.if_exists == "skip":
            self.tally.report.skipped += 1
        elif self._is_free(each, holders, holder.id):
            outcome = await writing.update(
                session, self.principal, self.held, self.tenant_id, holder.id, each, dry_run=self.dry_run
            )
            self._count(each, outcome)
            if outcome == "shut_out":
                shut_out.append(holder.id)

    def _count(self, each: Candidate, outcome: "writing.Outcome | Detail") -> None:
        if isinstance(outcome, dict):
            self.tally.fail(each.row, outcome)
        elif outcome == "unchanged":
            self.tally.report.skipped += 1
        else:
            self.tally.report.updated += 1


def _taken(name: str, *, is_deleted: bool) -> Detail:
    if is_deleted:
        return Detail(field=name, message="Belongs to a deleted user, who can be restored.", code="taken_by_deleted")
    return Detail(field=name, message="Is taken by another user.", code="taken")
