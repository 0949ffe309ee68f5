"""Setting what a group allows, and forgetting what is gone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.allow_lists.models import AllowedClient, AllowedProvider, AllowRow
from vaultaris_directory.base import OUTBOX
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.repository import Groups
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import SYSTEM, Principal


@dataclass(frozen=True, slots=True)
class ListKind:
    """``limits`` is the group's column that says whether the list counts, ``event`` what a change is called."""

    table: type[AllowRow]
    limits: str
    event: str
    told: str


CLIENTS = ListKind(AllowedClient, "limits_clients", "group.clients_changed", "client_ids")
PROVIDERS = ListKind(AllowedProvider, "limits_login_providers", "group.login_providers_changed", "provider_ids")


async def allowed_by(session: AsyncSession, kind: ListKind, group: Group) -> tuple[Sequence[UUID], bool]:
    """What a group allows, and whether it limits at all."""
    return await _ids(session, kind, group.id), getattr(group, kind.limits)


async def set_allowed(
    session: AsyncSession,
    principal: Principal,
    kind: ListKind,
    *,
    tenant_id: UUID,
    group_id: UUID,
    ids: Collection[UUID],
    limits: bool,
    expected: int | None,
) -> Group:
    """Replaces what a group allows by ``ids``, which are known to be there. Without ``limits`` there are none.

    Raises NotFound, PreconditionFailed, Forbidden for a frozen group.
    """
    group = await Groups(session, tenant_id).get(group_id, lock=True)
    check_version(group.version, expected)
    before = await _ids(session, kind, group_id)
    if set(before) == set(ids) and getattr(group, kind.limits) == limits:
        return group
    require_thawed(group)
    await session.execute(delete(kind.table).where(kind.table.group_id == group_id))
    session.add_all(kind.table(tenant_id=tenant_id, group_id=group_id, resource_id=each) for each in set(ids))
    setattr(group, kind.limits, limits)
    group.updated_at = now()
    await session.flush()
    _emit(session, principal, kind, tenant_id, group_id, old=before, new=sorted(set(ids)))
    return group


async def forget_resource(session: AsyncSession, kind: ListKind, *, tenant_id: UUID, resource_id: UUID) -> None:
    """Takes what is gone out of every list. Groups that limited go on doing so. Safe to repeat."""
    removed = await session.execute(
        delete(kind.table)
        .where(kind.table.tenant_id == tenant_id, kind.table.resource_id == resource_id)
        .returning(kind.table.group_id)
    )
    for group_id in sorted(removed.scalars()):
        left = await _ids(session, kind, group_id)
        _emit(session, SYSTEM, kind, tenant_id, group_id, old=sorted([*left, resource_id]), new=left)


async def _ids(session: AsyncSession, kind: ListKind, group_id: UUID) -> Sequence[UUID]:
    rows = select(kind.table.resource_id).where(kind.table.group_id == group_id).order_by(kind.table.resource_id)
    return (await session.execute(rows)).scalars().all()


def _emit(
    session: AsyncSession,
    principal: Principal,
    kind: ListKind,
    tenant_id: UUID,
    group_id: UUID,
    *,
    old: Sequence[UUID],
    new: Sequence[UUID],
) -> None:
    values: dict[str, Any] = {"old": {kind.told: old}, "new": {kind.told: new}}
    OUTBOX.emit(session, principal, kind.event, tenant_id, resource_type="group", resource_id=group_id, **values)
