"""Groups: a tree whose paths stay true, without cycles, also when two change it at once."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris_directory.groups import operations
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.tree import MAX_DEPTH, Shape, check_place
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict, Invalid
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rights import RightSet

ALL = RightSet(["*:*"])
MOVES = st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7), st.sampled_from("abcd")), max_size=12)


def _true_path(groups: dict[UUID, Group], group: Group) -> str:
    """The path by walking up. Ends, or there is a cycle."""
    names = [group.name]
    while group.parent_id is not None:
        group = groups[group.parent_id]
        names.append(group.name)
        assert len(names) <= len(groups)
    return "/" + "/".join(reversed(names))


class TestTree:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(moves=MOVES)
    async def test_paths_stay_true_whatever_moves(
        self, database: Database, tenant: Tenant, moves: Sequence[tuple[int, int, str]]
    ) -> None:
        fields: dict[str, Any] = {"parent_id": None, "meta": {}}
        async with database.tenant(tenant.id) as session:
            outer = await session.begin_nested()
            ids = []
            for number in range(8):
                named = {**fields, "name": f"g{number}"}
                ids.append((await operations.create_group(session, SYSTEM, tenant_id=tenant.id, fields=named)).id)
            for number, onto, name in moves:
                changes = {"parent_id": None if onto < 0 else ids[onto], "name": name + str(number)}
                inner = await session.begin_nested()
                try:
                    await operations.update_group(
                        session, SYSTEM, ALL, tenant_id=tenant.id, group_id=ids[number],
                        changes=changes, expected=None,
                    )  # fmt: skip
                except (Invalid, Conflict):
                    await inner.rollback()
                session.expire_all()
            found = (await session.execute(select(Group).where(Group.tenant_id == tenant.id))).scalars()
            groups = {group.id: group for group in found}
            assert all(group.path == _true_path(groups, group) for group in groups.values())
            await outer.rollback()

    async def test_two_moves_cannot_make_a_cycle_together(self, tenant: Tenant) -> None:
        left, right = await tenant.group(), await tenant.group()
        moves = (
            tenant.admin.call("PUT", f"{tenant.path}/groups/{one['id']}", json={"parent_id": other["id"]})
            for one, other in ((left, right), (right, left))
        )
        assert sorted(answer.status_code for answer in await asyncio.gather(*moves)) == [200, 422]

    async def test_below_itself_is_refused(self, tenant: Tenant) -> None:
        top = await tenant.group()
        below = await tenant.group(await tenant.group(top))
        refused = await tenant.admin.expect(422, "PUT", f"{tenant.path}/groups/{top['id']}", {"parent_id": below["id"]})
        assert refused["details"][0]["code"] == "cycle"

    async def test_depth_is_bounded(self, tenant: Tenant) -> None:
        group = await tenant.group()
        for _ in range(MAX_DEPTH - 1):
            group = await tenant.group(group)
        await tenant.admin.expect(422, "POST", f"{tenant.path}/groups", {"name": "x", "parent_id": group["id"]})
        check_place("/a" * (MAX_DEPTH - 2), Shape(height=2, holds_parent=False))

    async def test_null_moves_to_the_root(self, tenant: Tenant) -> None:
        child = await tenant.group(await tenant.group())
        moved = await tenant.admin.update(f"{tenant.path}/groups/{child['id']}", {"parent_id": None})
        assert (moved["parent_id"], moved["path"]) == (None, f"/{child['name']}")


class TestNames:
    async def test_are_unique_among_siblings_only(self, tenant: Tenant) -> None:
        parent = await tenant.group()
        await tenant.group(parent, name="ops")
        await tenant.group(name="ops")
        await tenant.admin.expect(409, "POST", f"{tenant.path}/groups", {"name": "ops", "parent_id": parent["id"]})

    async def test_of_twenty_at_once_one_wins(self, tenant: Tenant) -> None:
        calls = (tenant.admin.call("POST", f"{tenant.path}/groups", json={"name": "ops"}) for _ in range(20))
        codes = sorted(answer.status_code for answer in await asyncio.gather(*calls))
        assert codes == [201] + [409] * 19


class TestDeleting:
    async def test_not_while_others_stand_below(self, tenant: Tenant) -> None:
        parent = await tenant.group()
        child = await tenant.group(parent)
        await tenant.admin.expect(409, "DELETE", f"{tenant.path}/groups/{parent['id']}")
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{child['id']}")
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/groups/{parent['id']}")
        await tenant.admin.expect(409, "POST", f"{tenant.path}/groups/{child['id']}/restore")
        await tenant.admin.expect(200, "POST", f"{tenant.path}/groups/{parent['id']}/restore")
        await tenant.admin.expect(200, "POST", f"{tenant.path}/groups/{child['id']}/restore")


class TestMembers:
    async def test_come_and_go(self, directory: Directory, tenant: Tenant) -> None:
        user, group = await tenant.user(), await tenant.group()
        path = f"{tenant.path}/users/{user['id']}/groups"
        for _ in range(2):
            await tenant.admin.add(path, {"group_id": group["id"]})
        members = (await tenant.admin.get(f"{tenant.path}/groups/{group['id']}/members"))["data"]
        assert [member["id"] for member in members] == [user["id"]]
        for _ in range(2):
            await tenant.admin.expect(204, "DELETE", f"{path}/{group['id']}")
        assert (await tenant.admin.get(path))["data"] == []
        events = await directory.events(tenant.id, "user.group_joined", "user.group_left")
        assert [event.type for event in events] == ["user.group_joined", "user.group_left"]
