"""From names to ids and back, within one tenant."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from vaultaris_directory.groups.models import Group
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import Role
from vaultaris_kit.errors import Invalid
from vaultaris_kit.rights import EVERY_RIGHT, RightSet

EVERYTHING = RightSet((EVERY_RIGHT,))
"""Only those import who hold every right in the tenant."""

NAMED: Mapping[str, tuple[Any, InstrumentedAttribute[str]]] = {
    "roles": (Role, Role.name),
    "groups": (Group, Group.path),
    "permissions": (Permission, Permission.name),
}
"""Tables whose rows are called by a name, and the column of it."""


async def ids_of(session: AsyncSession, tenant_id: UUID, kind: str, names: Collection[str]) -> dict[str, UUID]:
    """The ids of live rows by their names. Raises :class:`Invalid` naming those that are not there."""
    table, column = NAMED[kind]
    rows = await session.execute(
        select(column, table.id).where(table.tenant_id == tenant_id, column.in_(names), table.deleted_at.is_(None))
    )
    found: dict[str, UUID] = {row[0]: row[1] for row in rows}
    missing = sorted(set(names) - found.keys())
    if missing:
        raise Invalid.field(kind, f"Not here: {', '.join(missing[:10])}.", "unknown")
    return found


async def names_by(session: AsyncSession, pairs: Select[UUID, str]) -> dict[UUID, list[str]]:
    """Names, sorted, by what they belong to; ``pairs`` selects (id, name)."""
    names: dict[UUID, list[str]] = {}
    for owner_id, name in await session.execute(pairs):
        names.setdefault(owner_id, []).append(name)
    return {owner_id: sorted(each) for owner_id, each in names.items()}


def differing(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the row has otherwise."""
    return {name: value for name, value in fields.items() if getattr(row, name) != value}


def chosen(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Members of a row; ``metadata`` is what a model calls ``meta``."""
    return {name: getattr(row, "meta" if name == "metadata" else name) for name in names}
