"""The allow-lists of groups: kept here by id, told by the names of what another service owns."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.allow_lists.operations import CLIENTS, PROVIDERS, ListKind, set_allowed
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.templates.document import ALLOWING, LISTS
from vaultaris_directory.templates.owners import Ids
from vaultaris_kit.configuration import Report
from vaultaris_kit.errors import Invalid, VaultarisError
from vaultaris_kit.principal import Principal

_KINDS: Final[dict[str, ListKind]] = {"oauth_clients": CLIENTS, "login_providers": PROVIDERS}


async def exported_lists(session: AsyncSession, tenant_id: UUID) -> dict[UUID, dict[str, list[UUID] | None]]:
    """By group, what its lists hold; None for one that doesn't count. :func:`named` puts names in."""
    groups = (await session.execute(Groups(session, tenant_id).select())).scalars().all()
    lists: dict[UUID, dict[str, list[UUID] | None]] = {
        group.id: {name: [] if getattr(group, kind.limits) else None for name, kind in _KINDS.items()}
        for group in groups
    }
    for name, kind in _KINDS.items():
        rows = select(kind.table.group_id, kind.table.resource_id).where(kind.table.tenant_id == tenant_id)
        for group_id, resource_id in await session.execute(rows):
            allowed = lists.get(group_id, {}).get(name)
            if allowed is not None:
                allowed.append(resource_id)
    return lists


def named(groups: Sequence[dict[str, Any]], ids: Ids) -> list[dict[str, Any]]:
    """The groups of an export with names in their lists. What is gone is left out."""
    names = {row_id: name for section in ids.values() for name, row_id in section.items()}
    return [{**group, **{each: _names(group[each], names) for each in ALLOWING}} for group in groups]


def _names(allowed: Collection[UUID] | None, names: Mapping[UUID, str]) -> list[str] | None:
    return None if allowed is None else sorted(names[each] for each in allowed if each in names)


async def put_lists(
    session: AsyncSession, principal: Principal, tenant_id: UUID, groups: Sequence[Mapping[str, Any]], ids: Ids,
    report: Report,
) -> None:  # fmt: skip
    """Has the groups allow what their lists name. Those that are not there yet are looked at nevertheless."""
    for wanted in groups:
        group = await Groups(session, tenant_id).find_by(Group.path == wanted["path"])
        try:
            changed = [
                await _put(session, principal, group, _KINDS[name], _found(wanted, name, ids), tenant_id)
                for name in ALLOWING if name in wanted
            ]  # fmt: skip
        except VaultarisError as fault:
            report.fail("groups", wanted["path"], fault.code, fault.message)
            continue
        if any(changed):
            report.count(LISTS, "updated")


def _found(wanted: Mapping[str, Any], name: str, ids: Ids) -> list[UUID] | None:
    known, names = ids.get(ALLOWING[name], {}), wanted[name]
    if names is None:
        return None
    missing = sorted(set(names) - known.keys())
    if missing:
        raise Invalid.field(name, f"Not here: {', '.join(missing[:10])}.", "unknown")
    return [known[each] for each in names]


async def _put(
    session: AsyncSession, principal: Principal, group: Group | None, kind: ListKind, wanted: list[UUID] | None,
    tenant_id: UUID,
) -> bool:  # fmt: skip
    if group is None:
        return wanted is not None
    version = group.version
    await set_allowed(
        session, principal, kind,
        tenant_id=tenant_id, group_id=group.id, ids=wanted or [], limits=wanted is not None, expected=None,
    )  # fmt: skip
    return group.version != version
