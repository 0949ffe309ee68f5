"""The tree of groups: paths that stay true, no cycles, a bounded depth.

Every change of the tree holds the tenant's tree lock, so that two moves can't make a cycle together.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.groups.models import Group
from vaultaris_kit.errors import Invalid

MAX_DEPTH = 10

_SHAPE = text(
    """
WITH RECURSIVE below (id, depth) AS (
    SELECT id, 1 FROM directory.groups WHERE id = :group_id AND tenant_id = :tenant_id
    UNION ALL
    SELECT g.id, below.depth + 1 FROM below JOIN directory.groups g ON g.parent_id = below.id
)
SELECT coalesce(max(depth), 1) AS height, coalesce(bool_or(id = :parent_id), false) AS holds_parent FROM below
"""
)

_REWRITE = text(
    """
WITH RECURSIVE below (id, path) AS (
    SELECT id, path FROM directory.groups WHERE id = :group_id AND tenant_id = :tenant_id
    UNION ALL
    SELECT g.id, below.path || '/' || g.name FROM below JOIN directory.groups g ON g.parent_id = below.id
)
UPDATE directory.groups AS g SET path = below.path, version = g.version + 1
FROM below WHERE g.id = below.id AND g.id <> :group_id
"""
)


class Shape(NamedTuple):
    """Of a group's subtree: how many levels it has, and whether the wanted parent stands in it."""

    height: int
    holds_parent: bool


def path_below(parent_path: str | None, name: str) -> str:
    """The path of a group called ``name`` under a parent, or at the root."""
    return f"{parent_path or ''}/{name}"


def check_place(parent_path: str | None, shape: Shape) -> None:
    """Raises :class:`Invalid` when a subtree of that shape can't hang below a parent of that path."""
    if shape.holds_parent:
        raise Invalid.field("parent_id", "A group can't stand below itself.", "cycle")
    if (parent_path or "").count("/") + shape.height > MAX_DEPTH:
        raise Invalid.field("parent_id", f"Groups may be nested {MAX_DEPTH} deep at most.", "too_deep")


async def shape_of(session: AsyncSession, group: Group, parent_id: UUID | None) -> Shape:
    """The shape of the subtree that begins at ``group``, deleted groups included."""
    values = {"group_id": group.id, "tenant_id": group.tenant_id, "parent_id": parent_id}
    return Shape(*(await session.execute(_SHAPE, values)).one())


async def rewrite_paths_below(session: AsyncSession, group: Group) -> None:
    """Makes the paths of everything below ``group`` follow from its own, which must be flushed."""
    await session.execute(_REWRITE, {"group_id": group.id, "tenant_id": group.tenant_id})
