"""Properties of the tree of groups and of composite roles: whatever is done to them, alone or by two at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.directory.tests.directory_harness import Directory
from vaultaris_directory.effective.grants import rights_of_roles
from vaultaris_directory.groups import operations as groups
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.tree import MAX_DEPTH
from vaultaris_directory.roles import operations as roles
from vaultaris_directory.roles.models import RoleMember
from vaultaris_kit.database import Database
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rights import RightSet

ALL = RightSet(["*:*"])
NAMES = st.sampled_from(["a", "b", "ab", "a%", "_", "b.b"])
PLACE = st.integers(0, 7)
"""Which of the groups or roles made so far; it wraps around."""

Step = tuple[str, int, int, str]
STEPS = st.tuples(st.sampled_from(["create", "move", "root", "rename", "delete", "restore"]), PLACE, PLACE, NAMES)
EXAMPLES = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Forest:
    """The groups of a tenant, and how a step is done to them: in a transaction of its own, refusals being fine."""

    database: Database
    tenant_id: UUID
    made: list[UUID] = field(default_factory=list)

    async def do(self, step: Step) -> None:
        verb, first, second, name = step
        try:
            async with self.database.tenant(self.tenant_id) as session:
                await self._do(session, verb, self._pick(first), self._pick(second), name)
        except VaultarisError as refusal:
            assert refusal.status < 500, refusal  # noqa: PT017 - a fault is none of the refusals

    def _pick(self, place: int) -> UUID | None:
        return self.made[place % len(self.made)] if self.made else None

    async def _do(self, session: Any, verb: str, group_id: UUID | None, other: UUID | None, name: str) -> None:
        if verb == "create" or group_id is None:
            fields: dict[str, Any] = {
                "name": name,
                "parent_id": group_id,
                "display_name": None,
                "description": None,
                "meta": {},
            }
            made = await groups.create_group(session, SYSTEM, tenant_id=self.tenant_id, fields=fields)
            self.made.append(made.id)
        elif verb == "delete":
            await groups.delete_group(session, SYSTEM, tenant_id=self.tenant_id, group_id=group_id, expected=None)
        elif verb == "restore":
            await groups.restore_group(session, SYSTEM, ALL, tenant_id=self.tenant_id, group_id=group_id)
        else:
            changes: dict[str, Any] = {"name": name} if verb == "rename" else {"parent_id": other}
            changes = {"parent_id": None} if verb == "root" else changes
            await groups.update_group(
                session, SYSTEM, ALL, tenant_id=self.tenant_id, group_id=group_id, changes=changes, expected=None
            )

    async def check(self) -> None:
        """Paths are the names from the root; nothing stands below itself, too deep, below what is deleted, or twice."""
        async with self.database.tenant(self.tenant_id) as session:
            rows = (await session.execute(select(Group))).scalars().all()
        by_id = {row.id: row for row in rows}
        for row in rows:
            names = _names_up(by_id, row)
            assert row.path == "".join(f"/{name}" for name in reversed(names))
            assert len(names) <= MAX_DEPTH
            if row.deleted_at is None and row.parent_id is not None:
                assert by_id[row.parent_id].deleted_at is None
        places = [(row.parent_id, row.name) for row in rows]
        assert len(places) == len(set(places))


def _names_up(by_id: dict[UUID, Group], row: Group) -> list[str]:
    names = [row.name]
    while row.parent_id is not None:
        row = by_id[row.parent_id]
        names.append(row.name)
        assert len(names) <= len(by_id), "a cycle"
    return names


class TestGroups:
    @EXAMPLES
    @given(steps=st.lists(STEPS, min_size=5, max_size=30))
    async def test_whatever_is_done(self, directory: Directory, database: Database, steps: Sequence[Step]) -> None:
        forest = Forest(database, (await directory.tenant()).id)
        for step in steps:
            await forest.do(step)
        await forest.check()

    @EXAMPLES
    @given(start=st.lists(PLACE, min_size=3, max_size=6), pairs=st.lists(st.tuples(STEPS, STEPS), max_size=8))
    async def test_by_two_at_once(
        self, directory: Directory, database: Database, start: Sequence[int], pairs: Sequence[tuple[Step, Step]]
    ) -> None:
        forest = Forest(database, (await directory.tenant()).id)
        for number, place in enumerate(start):
            await forest.do(("create", place, 0, f"g{number}"))
        for pair in pairs:
            await asyncio.gather(*map(forest.do, pair))
            await forest.check()

    async def test_two_that_move_below_each_other(self, directory: Directory, database: Database) -> None:
        tenant = await directory.tenant()
        for _ in range(5):
            forest = Forest(database, tenant.id)
            one, other = await tenant.group(), await tenant.group()
            forest.made = [UUID(one["id"]), UUID(other["id"])]
            await asyncio.gather(forest.do(("move", 0, 1, "")), forest.do(("move", 1, 0, "")))
            await forest.check()

    async def test_three_that_move_in_a_ring(self, directory: Directory, database: Database) -> None:
        tenant = await directory.tenant()
        for _ in range(5):
            forest = Forest(database, tenant.id, [UUID((await tenant.group())["id"]) for _ in range(3)])
            await asyncio.gather(*(forest.do(("move", each, (each + 1) % 3, "")) for each in range(3)))
            await forest.check()


Members = tuple[int, frozenset[int]]
ROLES = 5


@dataclass(frozen=True)
class Composites:
    """Composite roles of a tenant, each with a right of its own."""

    database: Database
    tenant_id: UUID
    made: Sequence[UUID]

    async def set_members(self, wanted: Members) -> None:
        place, members = wanted
        try:
            async with self.database.tenant(self.tenant_id) as session:
                await roles.update_role(
                    session, SYSTEM, ALL, tenant_id=self.tenant_id, role_id=self.made[place], changes={},
                    members=[self.made[each] for each in members], expected=None,
                )  # fmt: skip
        except VaultarisError as refusal:
            assert refusal.status == 422, refusal  # noqa: PT017 - a cycle is the only thing to refuse here

    async def check(self) -> None:
        """Nobody inherits from themselves, and everybody has the rights of all that they reach, and no others."""
        async with self.database.tenant(self.tenant_id) as session:
            edges = [tuple(row) for row in await session.execute(select(RoleMember.composite_id, RoleMember.member_id))]
            rights = [await rights_of_roles(session, self.tenant_id, [role_id]) for role_id in self.made]
        for place, role_id in enumerate(self.made):
            reached = _reached(edges, role_id)
            assert role_id not in reached
            assert rights[place] == {f"r{self.made.index(each)}:do" for each in {role_id, *reached}}


@pytest.fixture
async def composites(directory: Directory, database: Database) -> Composites:
    tenant = await directory.tenant()
    made = [await tenant.role(f"r{number}:do", is_composite=True) for number in range(ROLES)]
    return Composites(database, tenant.id, [UUID(role["id"]) for role in made])


class TestComposites:
    @EXAMPLES
    @given(
        pairs=st.lists(
            st.tuples(*[st.tuples(st.integers(0, ROLES - 1), st.frozensets(st.integers(0, ROLES - 1)))] * 2), max_size=8
        )
    )
    async def test_by_two_at_once(self, composites: Composites, pairs: Sequence[tuple[Members, Members]]) -> None:
        for place in range(ROLES):
            await composites.set_members((place, frozenset()))
        for pair in pairs:
            await asyncio.gather(*map(composites.set_members, pair))
            await composites.check()

    async def test_three_that_inherit_in_a_ring(self, composites: Composites) -> None:
        for _ in range(5):
            for place in range(ROLES):
                await composites.set_members((place, frozenset()))
            await asyncio.gather(*(composites.set_members((each, frozenset({(each + 1) % 3}))) for each in range(3)))
            await composites.check()


def _reached(edges: Sequence[tuple[Any, ...]], start: UUID) -> set[UUID]:
    reached: set[UUID] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        found = {member for composite, member in edges if composite == here} - reached
        reached |= found
        todo += found
    return reached


async def at_once(count: int, make: Callable[[], Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*(make() for _ in range(count))))


class TestLinks:
    async def test_twenty_links_at_once_are_one(self, directory: Directory) -> None:
        tenant = await directory.tenant()
        app, role = await tenant.application(), await tenant.role()
        path = f"{tenant.path}/applications/{app['id']}/roles/link/{role['id']}"
        answers = await at_once(20, lambda: tenant.admin.call("POST", path, json={}))
        assert {answer.status_code for answer in answers} == {204}
        assert len(await directory.events(tenant.id, "application.role_linked")) == 1
        answers = await at_once(20, lambda: tenant.admin.call("DELETE", path))
        assert {answer.status_code for answer in answers} == {204}
        assert len(await directory.events(tenant.id, "application.role_unlinked")) == 1

    async def test_lists_set_at_once_are_one_of_them(self, directory: Directory) -> None:
        tenant = await directory.tenant()
        group, clients = await tenant.group(), [new_id() for _ in range(10)]
        directory.auth.clients.update({each: str(each) for each in clients})
        path = f"{tenant.path}/groups/{group['id']}/oauth-clients"
        answers = await asyncio.gather(
            *(tenant.admin.call("PUT", path, json={"client_ids": [str(each)]}) for each in clients)
        )
        assert {answer.status_code for answer in answers} <= {200, 412}
        assert len((await tenant.admin.get(path))["data"]) == 1
