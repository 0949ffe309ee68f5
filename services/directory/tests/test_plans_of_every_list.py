"""How PostgreSQL finds what every other list shows, of 20,000 in a tenant: every sort, with every filter."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import ColumnElement

from services.directory.tests.directory_harness import Cluster, fresh_database
from services.directory.tests.multitude import MANY, Multitude, gather_multitude
from services.directory.tests.test_list_plans import Query, nodes, plans_of
from vaultaris_directory.application_links import kinds
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.hosted.repository import page_hosted
from vaultaris_directory.licences.limits import CAPPED
from vaultaris_directory.permissions.repository import Permissions, narrowed_to
from vaultaris_directory.roles.models import Role
from vaultaris_directory.roles.repository import Roles
from vaultaris_directory.settings import DirectorySettings
from vaultaris_directory.tenants.repository import page_tenants
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.database import Database
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.limits.frozen import list_frozen

ENOUGH = MANY // 10
"""From so many rows on, sorting them for a page of twenty is what an index is there to spare."""

LINKABLE = ("roles", "groups", "permissions")
LARGE = {"applications", "tenants", *LINKABLE, *(f"application_{kind}" for kind in LINKABLE)}
Conditions = Sequence[ColumnElement[bool]]


class Stored(NamedTuple):
    """The database and what it holds."""

    database: Database
    many: Multitude


@pytest.fixture(scope="module")
async def stored(cluster: Cluster) -> AsyncIterator[Stored]:
    async with fresh_database(cluster) as urls:
        many = await gather_multitude(urls["OWNER_URL"])
        database = Database(DirectorySettings(_env_file=None, dev=True, database_url=urls["DATABASE_URL"]), "directory")
        yield Stored(database, many)
        await database.close()


def laborious(plan: dict[str, Any]) -> list[str]:
    """Where a plan reads a table from end to end, or sorts much."""
    return [
        f"{each['Node Type']} {each.get('Relation Name', '')}"
        for each in nodes(plan)
        if (each["Node Type"].endswith("Seq Scan") and each["Relation Name"] in LARGE)
        or (each["Node Type"] == "Sort" and each["Plan Rows"] > ENOUGH)
    ]


def filters_of(repository: Any, many: Multitude) -> dict[str, Conditions]:
    """What each list can be narrowed by."""
    filters: dict[Any, dict[str, Conditions]] = {
        Roles: {
            "composite": [Role.is_composite.is_(True)], "simple": [Role.is_composite.is_(False)],
            "system": [Role.is_system.is_(True)], "own": [Role.is_system.is_(False)],
        },
        Permissions: {
            "resource": narrowed_to("thing-7", None), "action": narrowed_to(None, "action-7"),
            "right": narrowed_to("thing-7", "action-7"),
        },
        Groups: {"parent": [Group.parent_id == many.parent_group]},
        Applications: {"active": [Application.is_active.is_(True)], "inactive": [Application.is_active.is_(False)]},
    }  # fmt: skip
    return filters[repository]


def queries(*sorts: str, deleted: Sequence[bool] = (False,)) -> Iterator[PageQuery]:
    """Every sort, both ways, with and without deleted ones."""
    for sort in sorts:
        for include_deleted in deleted:
            yield PageQuery(sort=sort, order="asc", include_deleted=include_deleted)
            yield PageQuery(sort=sort, order="desc", include_deleted=include_deleted)


async def check(stored: Stored, query: Query, told: object) -> None:
    for plan in await plans_of(stored.database, stored.many.tenant_id, query):
        assert laborious(plan) == [], told


class TestRepositories:
    @pytest.mark.parametrize("repository", [Roles, Permissions, Groups, Applications])
    async def test_every_sort_and_filter(self, stored: Stored, repository: Any) -> None:
        filters: dict[str, Conditions] = {"all": [], **filters_of(repository, stored.many)}
        deleted = (False,) if repository is Applications else (False, True)
        for name, conditions in filters.items():
            for query in queries("created_at", *repository.sortable, deleted=deleted):

                async def page(
                    session: Any, tenant_id: Any, query: PageQuery = query, conditions: Conditions = conditions
                ) -> None:
                    await repository(session, tenant_id).page(query, *conditions)

                await check(stored, page, (name, query))


class TestApplications:
    @pytest.mark.parametrize("size", ["common", "rare"])
    @pytest.mark.parametrize("kind", [kinds.ROLES, kinds.GROUPS, kinds.PERMISSIONS], ids=lambda kind: str(kind.plural))
    async def test_what_belongs_to_one(self, stored: Stored, kind: Any, size: str) -> None:
        application_id = getattr(stored.many, f"{size}_application")
        for query in queries("created_at", *kind.repository.sortable):

            async def page(session: Any, tenant_id: Any, query: PageQuery = query) -> None:
                await page_linked(session, kind, query, tenant_id=tenant_id, application_id=application_id)

            await check(stored, page, query)


class TestTenants:
    @pytest.mark.parametrize("status", [None, "active", "suspended"])
    async def test_those_of_a_host(self, stored: Stored, status: str | None) -> None:
        for query in queries("created_at", "name", "slug"):

            async def page(session: Any, tenant_id: Any, query: PageQuery = query) -> None:
                await page_hosted(session, query, host_id=tenant_id, status=status)

            await check(stored, page, query)

    @pytest.mark.parametrize("status", [None, "active", "suspended"])
    async def test_all(self, stored: Stored, status: str | None) -> None:
        for query in queries("created_at", "updated_at", "name", "slug", deleted=(False, True)):

            async def page(session: Any, _tenant_id: Any, query: PageQuery = query) -> None:
                await page_tenants(session, query, only=None, status=status)

            for plan in await plans_of(stored.database, None, page):
                assert laborious(plan) == [], query


class TestFrozen:
    @pytest.mark.parametrize("ascending", [True, False])
    async def test_of_one_kind_and_of_all(self, stored: Stored, ascending: bool) -> None:
        for capped in ([CAPPED["roles"]], list(CAPPED.values())):

            async def read(session: Any, tenant_id: Any, capped: Any = capped) -> None:
                await list_frozen(session, capped, tenant_id, ascending=ascending, limit=20)

            await check(stored, read, ascending)
