"""A tenant's configuration as templates carry it: sections of named objects, put in all or nothing.

Every service that owns a part describes it by :class:`Section` values; the rest is the same for all of them.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import msgspec
from grpc import aio
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.configuration.v1.configuration_pb2 import (
    Actor,
    ApplyRequest,
    ApplyResponse,
    ExportRequest,
    ExportResponse,
)
from vaultaris.configuration.v1.configuration_pb2_grpc import ConfigurationServiceServicer
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import Forbidden, Invalid, VaultarisError, plain_message
from vaultaris_kit.limits.capped import Capped
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.principal import Principal, PrincipalKind
from vaultaris_kit.service import Runtime

Outcome = Literal["created", "updated", "skipped"]
Items = Sequence[dict[str, Any]]
StayWithin = Callable[[AsyncSession, Mapping[str, int]], Awaitable[None]]
"""Raises when the licence has no room for what was created, which is counted by section."""

MAX_ITEMS = 5_000
_MAX_ERRORS = 200
_AFTER, _APPLICATIONS, _CALLED = "after_configuration", "applications", "called"
_FROZEN = "frozen_applications"


@dataclass(frozen=True)
class Section:
    """A kind of object. ``key`` names the member that names it; ``apply`` puts one in, raising what is wrong with it.

    ``apply`` may leave work for after the commit with :func:`afterwards`. ``ids`` gives row ids by the names that other
    parts of a template know the rows by, where any do.
    """

    name: str
    export: Callable[[AsyncSession, UUID], Awaitable[Items]]
    apply: Callable[[AsyncSession, Principal, UUID, dict[str, Any]], Awaitable[Outcome]]
    key: str = "name"
    ids: Callable[[AsyncSession, UUID], Awaitable[Mapping[str, UUID]]] | None = None


@dataclass
class Report:
    """What has become of the objects, counted by section; ``errors`` name section, object, code and message.

    ``ids`` are those of :attr:`Section.ids`, by section; what was put in is called as in the template.
    """

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, str]] = field(default_factory=list)
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)

    def count(self, section: str, outcome: Outcome) -> None:
        """One more object has fared so."""
        counters = {"created": self.created, "updated": self.updated, "skipped": self.skipped}
        counters[outcome][section] += 1

    def fail(self, section: str, name: str, code: str, message: str) -> None:
        """An object can't be put in."""
        if len(self.errors) < _MAX_ERRORS:
            self.errors.append({"section": section, "name": name[:200], "code": code, "message": message})

    def add(self, other: Mapping[str, Any]) -> None:
        """Takes in what another service has reported."""
        for mine, theirs in ((self.created, "created"), (self.updated, "updated"), (self.skipped, "skipped")):
            mine.update(other[theirs])
        self.errors.extend(other["errors"])

    def as_json(self) -> dict[str, Any]:
        """The wire form."""
        return {
            "created": dict(self.created),
            "updated": dict(self.updated),
            "skipped": dict(self.skipped),
            "errors": self.errors,
        }


class NotApplied(Exception):
    """Ends a transaction that is not to be committed; carries its report."""

    def __init__(self, report: Report) -> None:
        super().__init__("not applied")
        self.report = report


async def apply_sections(
    session: AsyncSession,
    principal: Principal,
    tenant_id: UUID,
    sections: Sequence[Section],
    content: Mapping[str, Any],
) -> Report:
    """Puts the content of all sections in, object by object, going on after a fault so that all faults are told."""
    report = Report()
    for section in sections:
        items = content.get(section.name, [])
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise Invalid.field(section.name, f"Must be a list of at most {MAX_ITEMS:,} objects.")
        for item in items:
            await _attempt(session, principal, tenant_id, section, item, report)
    return report


async def _attempt(
    session: AsyncSession, principal: Principal, tenant_id: UUID, section: Section, item: Any, report: Report
) -> None:
    name = str(item.get(section.key, "")) if isinstance(item, dict) else ""
    if not name:
        report.fail(section.name, "", "invalid", f"Must be an object with a {section.key}.")
        return
    savepoint = await session.begin_nested()
    try:
        outcome = await section.apply(session, principal, tenant_id, item)
        await session.flush()
    except ValidationError as fault:
        await savepoint.rollback()
        for error in fault.errors(include_url=False, include_context=False, include_input=False)[:10]:
            where = ".".join(str(part) for part in error["loc"])
            report.fail(
                section.name, name, error["type"], ": ".join(filter(None, (where, plain_message(error["msg"]))))
            )
    except VaultarisError as fault:
        await savepoint.rollback()
        told = "; ".join(f"{detail['field']}: {detail['message']}" for detail in fault.details) or fault.message
        report.fail(section.name, name, fault.code, told)
    else:
        await savepoint.commit()
        report.count(section.name, outcome)


def applications_of(session: AsyncSession) -> Mapping[Any, Any]:
    """The tenant's applications, for who doesn't own them: ids by slug in an import, slugs by id in an export."""
    applications: Mapping[Any, Any] = session.info.get(_APPLICATIONS, {})
    return applications


def frozen_in(session: AsyncSession) -> Mapping[str, str]:
    """Why those of :func:`applications_of` are frozen that are, by slug; in an import."""
    frozen: Mapping[str, str] = session.info.get(_FROZEN, {})
    return frozen


def call_it(session: AsyncSession, section: str, name: str, row_id: UUID) -> None:
    """Notes what the template calls a row, which may have got another name."""
    session.info.setdefault(_CALLED, {}).setdefault(section, {})[name] = row_id


async def ids_of(session: AsyncSession, tenant_id: UUID, sections: Sequence[Section]) -> dict[str, dict[str, UUID]]:
    """:attr:`Report.ids`, as they are now."""
    called = session.info.get(_CALLED, {})
    return {
        section.name: {**await section.ids(session, tenant_id), **called.get(section.name, {})}
        for section in sections if section.ids is not None
    }  # fmt: skip


def afterwards(session: AsyncSession, work: Callable[[], Awaitable[None]]) -> None:
    """Has ``work`` done once the transaction is committed."""
    session.info.setdefault(_AFTER, []).append(work)


async def apply_in_transaction(
    runtime: Runtime,
    principal: Principal,
    tenant_id: UUID,
    sections: Sequence[Section],
    content: Mapping[str, Any],
    *,
    dry_run: bool,
    stay_within: StayWithin,
    applications: Mapping[str, UUID] | None = None,
    frozen: Mapping[str, str] | None = None,
    within: Callable[[AsyncSession], Awaitable[None]] | None = None,
) -> Report:
    """The whole of it: all or nothing.

    ``stay_within`` refuses, by raising, what the licence has no room for, in a dry run too. ``within`` does something
    more in the same transaction, if all went well.
    """
    try:
        async with runtime.database.tenant(tenant_id) as session:
            session.info[_APPLICATIONS], session.info[_FROZEN] = applications or {}, frozen or {}
            report = await apply_sections(session, principal, tenant_id, sections, content)
            if not report.errors:
                await stay_within(session, report.created)
                report.ids = await ids_of(session, tenant_id, sections)
            if report.errors or dry_run:
                raise NotApplied(report)
            if within is not None:
                await within(session)
    except NotApplied as kept:
        return kept.report
    for work in session.info.pop(_AFTER, ()):
        await work()
    return report


async def export_sections(
    session: AsyncSession,
    tenant_id: UUID,
    sections: Sequence[Section],
    applications: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """All sections, in their stable order."""
    session.info[_APPLICATIONS] = applications or {}
    return {section.name: list(await section.export(session, tenant_id)) for section in sections}


def actor_of(principal: Principal) -> Actor:
    """The caller as a message."""
    return Actor(
        kind=principal.kind, id=str(principal.id), tenant_id=str(principal.tenant_id), name=principal.name or ""
    )  # fmt: skip


_KINDS: dict[str, PrincipalKind] = {"user": "user", "client": "client", "api_key": "api_key", "system": "system"}


def principal_of(actor: Actor) -> Principal:
    """Who imports."""
    return Principal(
        kind=_KINDS[actor.kind], id=UUID(actor.id), tenant_id=UUID(actor.tenant_id), name=actor.name or None
    )  # fmt: skip


class ConfigurationServicer(ConfigurationServiceServicer):
    """Export and Apply for the sections of one service. What of them a licence may limit is in ``capped``."""

    def __init__(self, runtime: Runtime, sections: Sequence[Section], capped: Sequence[Capped]) -> None:
        self._runtime, self._sections, self._capped = runtime, sections, capped

    async def Export(  # noqa: N802 - named by the proto
        self, request: ExportRequest, _context: "aio.ServicerContext[ExportRequest, ExportResponse]"
    ) -> ExportResponse:
        _require_directory()
        tenant_id = UUID(request.tenant_id)
        applications = {UUID(application_id): slug for application_id, slug in request.applications.items()}
        async with self._runtime.database.tenant(tenant_id) as session:
            sections = await export_sections(session, tenant_id, self._sections, applications)
            ids = await ids_of(session, tenant_id, self._sections)
        return ExportResponse(sections=msgspec.json.encode(sections), ids=msgspec.json.encode(ids))

    async def Apply(  # noqa: N802 - named by the proto
        self, request: ApplyRequest, _context: "aio.ServicerContext[ApplyRequest, ApplyResponse]"
    ) -> ApplyResponse:
        _require_directory()
        principal = principal_of(request.actor)
        tenant_id, content = UUID(request.tenant_id), msgspec.json.decode(request.sections)
        report = await apply_in_transaction(
            self._runtime, principal, tenant_id, self._sections, content,
            dry_run=request.dry_run,
            stay_within=await self._limits(tenant_id),
            applications={slug: UUID(application_id) for slug, application_id in request.applications.items()},
            frozen=dict(request.frozen_applications),
        )  # fmt: skip
        return ApplyResponse(report=msgspec.json.encode(report.as_json()), ids=msgspec.json.encode(report.ids))

    async def _limits(self, tenant_id: UUID) -> StayWithin:
        """Asked before the transaction begins."""
        limits = (await self._runtime.access.tenant(tenant_id)).limits

        async def check(session: AsyncSession, created: Mapping[str, int]) -> None:
            for capped in self._capped:
                if created.get(capped.resource):
                    await stay_within(session, capped, tenant_id, limits)

        return check


def _require_directory() -> None:
    """Whoever may call this may do anything to a tenant's configuration."""
    if current_request().peer not in (None, "directory"):  # None: no mutual TLS, which production insists on
        raise Forbidden
