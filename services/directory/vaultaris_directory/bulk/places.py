"""Roles and groups that rows name: found once a batch, together with what giving them would hand over."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.effective.grants import rights_of_groups, rights_of_roles
from vaultaris_directory.groups.models import Group
from vaultaris_directory.roles.models import Role
from vaultaris_kit.errors import Detail
from vaultaris_kit.rights import RightSet

Kind = Literal["roles", "groups"]


@dataclass(frozen=True, slots=True)
class Place:
    """A role or a group. ``grantable`` is whether the caller may put somebody there."""

    id: UUID
    name: str
    grantable: bool


@dataclass
class Places:
    """What the caller (who holds ``held``) can name in one tenant; None stands for a name that nothing has."""

    tenant_id: UUID
    held: RightSet
    _known: dict[tuple[Kind, str], Place | None] = field(default_factory=dict)

    async def learn(self, session: AsyncSession, kind: Kind, names: Collection[str]) -> None:
        """Looks the names up, as they are in this transaction."""
        if not names:
            return
        self._known |= {(kind, name): None for name in names}
        for row_id, name in await self._rows(session, kind, names):
            rights = await (rights_of_roles if kind == "roles" else rights_of_groups)(session, self.tenant_id, [row_id])
            assigns = f"{kind}:assign" in self.held
            grantable = assigns and all(self.held.covers(right) for right in rights)
            self._known[kind, name] = Place(row_id, name, grantable)

    async def _rows(self, session: AsyncSession, kind: Kind, names: Collection[str]) -> list[tuple[UUID, str]]:
        table, name = (Role, Role.name) if kind == "roles" else (Group, Group.path)
        found = await session.execute(
            select(table.id, name).where(table.tenant_id == self.tenant_id, name.in_(names), table.deleted_at.is_(None))
        )
        return [(row_id, found_name) for row_id, found_name in found]

    def named(self, kind: Kind, names: Collection[str]) -> tuple[list[Place], Detail | None]:
        """The places of these names, which :meth:`learn` has seen, or why somebody can't be put there."""
        places: list[Place] = []
        for name in dict.fromkeys(names):
            place = self._known[kind, name]
            if place is None:
                return [], Detail(field=kind, message=f"There is none called {name[:100]}.", code="unknown")
            if not place.grantable:
                return [], Detail(field=kind, message=f"You may not give {name[:100]}.", code="forbidden")
            places.append(place)
        return places, None


def path_of(name: str) -> str:
    """The path of a group that is named by it, or by its bare name when it stands at the root."""
    return name if name.startswith("/") else f"/{name}"
