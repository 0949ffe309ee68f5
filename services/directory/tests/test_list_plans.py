"""How PostgreSQL finds what lists show, in a tenant with 100,000 users: by index, under row-level security."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from services.directory.tests.crowd import Crowd, gather_crowd
from services.directory.tests.directory_harness import Cluster, Directory
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.members.models import Member
from vaultaris_directory.members.repository import page_members
from vaultaris_directory.users.repository import UserFilter, Users, accounts_of
from vaultaris_kit.database import Database
from vaultaris_kit.http.envelopes import PageQuery

LARGE = {"users", "user_roles", "group_members", "application_members"}
SORTS = ["created_at", "updated_at", "username", "email"]
Query = Callable[[AsyncSession, Any], Awaitable[Any]]


_SEARCH = """
EXPLAIN (FORMAT JSON) SELECT id FROM directory.users
WHERE tenant_id = nullif(nullif(current_setting('vaultaris.tenant_id', true), '*'), '')::uuid
    AND search_text LIKE '%user4711%'
LIMIT 1001
"""
"""What the function of the database does, in its own words."""


@pytest.fixture(scope="module")
async def crowd(directory: Directory) -> Crowd:
    return await gather_crowd(directory)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes, from the top down."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read_through(plan: dict[str, Any]) -> set[str]:
    """The large tables that a plan reads from end to end."""
    return {each["Relation Name"] for each in nodes(plan) if each["Node Type"].endswith("Seq Scan")} & LARGE


async def plans_of(database: Database, tenant_id: UUID | None, query: Query) -> list[dict[str, Any]]:
    """The plans of the statements that ``query`` really sends, as the service's role; without a tenant, over all."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    async with database.tenant(tenant_id) if tenant_id else database.instance() as session:
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        await query(session, tenant_id)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        connection = await session.connection()
        explained = [await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", values) for text, values in sent]
        return [_plan(rows.scalar_one()) for rows in explained]


def _plan(answer: Any) -> dict[str, Any]:
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def users(wanted: UserFilter | None = None, **query: Any) -> Query:
    return lambda session, tenant_id: Users(session, tenant_id).page_filtered(
        PageQuery(**query), wanted or UserFilter()
    )


class TestListPlans:
    @pytest.mark.parametrize("include_deleted", [False, True])
    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize("sort", SORTS)
    async def test_every_sort_of_users(
        self, database: Database, crowd: Crowd, sort: str, order: str, include_deleted: bool
    ) -> None:
        query = users(sort=sort, order=order, include_deleted=include_deleted)
        for plan in await plans_of(database, crowd.tenant.id, query):
            assert not read_through(plan)

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize(
        "name", ["active", "suspended", "email", "common_role", "rare_role", "common_group", "rare_group"]
    )
    async def test_every_filter_of_users(self, database: Database, crowd: Crowd, name: str, sort: str) -> None:
        wanted = {
            "active": UserFilter(status="active"),
            "suspended": UserFilter(status="suspended"),
            "email": UserFilter(email="c4ca42381@crowd.test"),
            "common_role": UserFilter(role_id=crowd.common_role),
            "rare_role": UserFilter(role_id=crowd.rare_role),
            "common_group": UserFilter(group_id=crowd.common_group),
            "rare_group": UserFilter(group_id=crowd.rare_group),
        }[name]
        for plan in await plans_of(database, crowd.tenant.id, users(wanted, sort=sort)):
            assert not read_through(plan)

    @pytest.mark.parametrize("search", ["user4711", "c4ca"])
    async def test_a_search_that_finds_few(self, database: Database, crowd: Crowd, search: str) -> None:
        for plan in await plans_of(database, crowd.tenant.id, users(search=search)):
            assert not read_through(plan)

    @pytest.mark.parametrize("search", ["crowd.test", "ab"])
    async def test_a_search_that_finds_many_or_is_too_short(
        self, database: Database, crowd: Crowd, search: str
    ) -> None:
        """Counting them means looking at everybody; the page itself does not."""
        for plan in await plans_of(database, crowd.tenant.id, users(search=search)):
            counting = [each for each in plan.get("Plans", ()) if each.get("Parent Relationship") == "InitPlan"]
            page = {**plan, "Plans": [each for each in plan.get("Plans", ()) if each not in counting]}
            assert not read_through(page)

    async def test_trigrams_find_names(self, directory: Directory, cluster: Cluster, crowd: Crowd) -> None:
        database = directory.owner_url.rpartition("/")[2]
        admin = await asyncpg.connect(cluster.url(database, "postgres", cluster.admin_password))
        try:
            await admin.execute("SET ROLE vaultaris_directory_search")
            await admin.fetch("SELECT set_config('vaultaris.tenant_id', $1, false)", str(crowd.tenant.id))
            plan = await admin.fetchval(_SEARCH)
        finally:
            await admin.close()
        used = {node.get("Index Name") for node in nodes(_plan(plan))}
        assert "ix_users_trigrams" in used

    async def test_members(self, database: Database, crowd: Crowd) -> None:
        async def group(session: AsyncSession, tenant_id: UUID) -> None:
            await Groups(session, tenant_id).members_of(crowd.common_group)

        async def application(session: AsyncSession, tenant_id: UUID) -> None:
            await page_members(session, PageQuery(), tenant_id=tenant_id, application_id=crowd.application)

        for query in (group, application):
            for plan in await plans_of(database, crowd.tenant.id, query):
                assert not read_through(plan)

    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize(
        "wanted", [(), (Member.role == "owner",), (Member.status == "pending",)], ids=["all", "role", "status"]
    )
    async def test_every_filter_of_members(self, database: Database, crowd: Crowd, wanted: Any, order: Any) -> None:
        async def application(session: AsyncSession, tenant_id: UUID) -> None:
            query = PageQuery(sort="invited_at", order=order)
            await page_members(session, query, *wanted, tenant_id=tenant_id, application_id=crowd.application)

        for plan in await plans_of(database, crowd.tenant.id, application):
            assert not read_through(plan)

    async def test_what_one_user_has(self, database: Database, crowd: Crowd) -> None:
        async def here(session: AsyncSession, tenant_id: UUID) -> None:
            await Users(session, tenant_id).roles_of(crowd.somebody)
            await Users(session, tenant_id).groups_of(crowd.somebody)

        async def accounts(session: AsyncSession, _tenant_id: Any) -> None:
            await accounts_of(session, crowd.somebody)

        for tenant_id, query in ((crowd.tenant.id, here), (None, accounts)):
            for plan in await plans_of(database, tenant_id, query):
                assert not read_through(plan)


class TestSearch:
    async def test_few_and_many_are_counted_alike(self, database: Database, crowd: Crowd) -> None:
        async with database.tenant(crowd.tenant.id) as session:
            listed = Users(session, crowd.tenant.id)
            few, found = await listed.page_filtered(PageQuery(search="USER4711"), UserFilter())
            many, all_found = await listed.page_filtered(PageQuery(search="crowd.test"), UserFilter())
        assert found == len(few) == 11
        assert len(many) == 20
        assert all_found == 100_000 - 100_000 // 97

    async def test_it_stays_in_the_tenant_of_the_transaction(
        self, database: Database, directory: Directory, crowd: Crowd
    ) -> None:
        other = await directory.tenant()
        query = PageQuery(search="user4711")
        async with database.tenant(other.id) as session:
            assert await Users(session, crowd.tenant.id).page_filtered(query, UserFilter()) == ([], 0)
        async with database.instance() as session:
            ids = await session.connection()
            found = await ids.exec_driver_sql("SELECT search_users('%user4711%', 10)")
            assert found.all() == []
