"""By which ways a user holds roles: given directly, through groups and those above them, inside composite roles."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import text

from vaultaris.directory.v1.directory_pb2 import ExplainRolesResponse
from vaultaris_directory.effective.query import COMPOSITES, live
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound

MAX_PATHS: Final = 10
MAX_STEPS: Final = 32

_WAYS = text(
    f"""
WITH RECURSIVE member_of (id, parent_id, name, path) AS (
    SELECT g.id, g.parent_id, g.name, g.path
    FROM directory.group_members m JOIN directory.groups g ON g.id = m.group_id AND {live("g")}
    WHERE m.user_id = :user_id AND m.tenant_id = :tenant_id
    UNION
    SELECT g.id, g.parent_id, g.name, g.path
    FROM member_of below JOIN directory.groups g ON g.id = below.parent_id AND {live("g")}
), given (group_id, role_id) AS (
    SELECT NULL::uuid, role_id FROM directory.user_roles WHERE user_id = :user_id AND tenant_id = :tenant_id
    UNION
    SELECT gr.group_id, gr.role_id FROM directory.group_roles gr JOIN member_of ON member_of.id = gr.group_id
), held (id) AS (
    SELECT r.id FROM given JOIN directory.roles r ON r.id = given.role_id AND {live("r")}
    UNION
    {COMPOSITES}
)
SELECT
    (SELECT json_agg(json_build_object('id', id, 'parent', parent_id, 'path', path)) FROM member_of)::text AS groups,
    (SELECT json_agg(group_id) FROM directory.group_members
        WHERE user_id = u.id AND tenant_id = u.tenant_id)::text AS joined,
    (SELECT json_agg(json_build_object('group', group_id, 'role', role_id)) FROM given)::text AS given,
    (SELECT json_agg(json_build_object('composite', m.composite_id, 'member', m.member_id))
        FROM directory.role_members m JOIN held ON held.id = m.composite_id)::text AS members,
    (SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'permissions', (
            SELECT json_agg(rp.permission_id) FROM directory.role_permissions rp
            JOIN directory.permissions p ON p.id = rp.permission_id AND {live("p")} WHERE rp.role_id = r.id
        )) ORDER BY r.name) FROM directory.roles r JOIN held ON held.id = r.id)::text AS roles
FROM directory.users u WHERE u.tenant_id = :tenant_id AND u.id = :user_id AND u.deleted_at IS NULL
"""  # noqa: S608 - made of constants only
)

Step = tuple[str, str]
"""Kind and id."""


@dataclass(frozen=True, slots=True)
class _Graph:
    """What a user was given and joined, and where it leads."""

    starts: tuple[Step, ...]
    next_of: Mapping[Step, tuple[Step, ...]]


async def explain_roles(database: Database, tenant_id: UUID, user_id: UUID) -> ExplainRolesResponse:
    """Every role in force with its ways, the shortest first. Raises :class:`NotFound`."""
    row = (await database.look(tenant_id, _WAYS, tenant_id=tenant_id, user_id=user_id)).first()
    if row is None:
        raise NotFound
    groups, roles = _items(row["groups"]), _items(row["roles"])
    names = {("group", each["id"]): each["path"] for each in groups}
    names |= {("role", each["id"]): each["name"] for each in roles}
    paths = _paths(_graph(row, groups), names.keys())
    return ExplainRolesResponse(roles=[_held(role, paths.get(role["id"], ()), names) for role in roles])


def _items(column: str | None) -> list[Any]:
    items: list[Any] = msgspec.json.decode(column) if column else []
    return items


def _graph(row: Any, groups: Iterable[dict[str, Any]]) -> _Graph:
    edges: dict[Step, list[Step]] = {}
    starts: list[Step] = [("group", joined) for joined in _items(row["joined"])]
    for given in _items(row["given"]):
        role = ("role", given["role"])
        if given["group"] is None:
            starts.append(role)
        else:
            edges.setdefault(("group", given["group"]), []).append(role)
    for group in groups:
        if group["parent"] is not None:
            edges.setdefault(("group", group["id"]), []).append(("group", group["parent"]))
    for member in _items(row["members"]):
        edges.setdefault(("role", member["composite"]), []).append(("role", member["member"]))
    return _Graph(tuple(starts), {step: tuple(after) for step, after in edges.items()})


def _paths(graph: _Graph, live_steps: Iterable[Step]) -> dict[str, list[tuple[Step, ...]]]:
    """Breadth first, so that shorter ways are found first; no step is gone twice within a way."""
    alive = set(live_steps)
    found: dict[str, list[tuple[Step, ...]]] = {}
    visits: dict[Step, int] = {}
    waiting: deque[tuple[Step, ...]] = deque((start,) for start in graph.starts if start in alive)
    while waiting:
        path = waiting.popleft()
        last = path[-1]
        visits[last] = visits.get(last, 0) + 1
        if visits[last] > MAX_PATHS:
            continue
        if last[0] == "role":
            found.setdefault(last[1], []).append(path)
        if len(path) < MAX_STEPS:
            waiting.extend((*path, step) for step in graph.next_of.get(last, ()) if step in alive and step not in path)
    return found


def _held(
    role: dict[str, Any], paths: Iterable[tuple[Step, ...]], names: Mapping[Step, str]
) -> ExplainRolesResponse.HeldRole:
    return ExplainRolesResponse.HeldRole(
        id=role["id"],
        name=role["name"],
        permission_ids=role["permissions"] or [],
        paths=[
            ExplainRolesResponse.Path(
                steps=[ExplainRolesResponse.Step(kind=step[0], id=step[1], name=names[step]) for step in path]
            )
            for path in paths
        ],
    )
