"""Row-level security: the service's own role sees one tenant at a time, in every table."""

import pytest
from sqlalchemy import text

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris_directory.base import SCHEMA
from vaultaris_kit.database import Database

_TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind = 'r' AND c.relname <> 'schema_version'
"""


class TestRowSecurity:
    async def test_every_table_is_isolated(self, database: Database) -> None:
        async with database.instance() as session:
            found = await session.execute(text(_TABLES), {"schema": SCHEMA})
        isolated = [bool(row[1]) for row in found]
        assert isolated == [True] * 24

    async def test_another_tenants_rows_are_not_there(
        self, database: Database, directory: Directory, tenant: Tenant
    ) -> None:
        other = await directory.tenant()
        user, role, group = await tenant.user(), await tenant.role("a:b"), await tenant.group()
        await tenant.give(user, role)
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        linked = (
            "users",
            "roles",
            "permissions",
            "groups",
            "user_roles",
            "group_members",
            "role_permissions",
            "outbox",
        )
        for scope, rows_are_there in ((tenant.id, True), (other.id, False)):
            async with database.tenant(scope) as session:
                for table in linked:
                    query = text(f"SELECT count(*) FROM {table} WHERE tenant_id = :id")  # noqa: S608 - a constant
                    count = (await session.execute(query, {"id": tenant.id})).scalar_one()
                    assert bool(count) is rows_are_there, table
                visible = (await session.execute(text("SELECT id FROM tenants"))).scalars().all()
                assert visible == [scope]

    async def test_rows_of_another_tenant_cannot_be_written(
        self, database: Database, directory: Directory, tenant: Tenant
    ) -> None:
        other = await directory.tenant()
        insert = text("INSERT INTO outbox (id, tenant_id, subject, payload) VALUES (gen_random_uuid(), :id, '', '')")
        with pytest.raises(Exception, match="row-level security"):
            async with database.tenant(tenant.id) as session:
                await session.execute(insert, {"id": other.id})

    async def test_without_a_tenant_nothing_is_there(self, database: Database, tenant: Tenant) -> None:
        async with database.engine.connect() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM users"))).scalar_one() == 0
            assert (await connection.execute(text("SELECT count(*) FROM tenants"))).scalar_one() == 0

    async def test_a_look_sees_one_tenant_or_all_and_leaves_nothing_behind(
        self, database: Database, directory: Directory, tenant: Tenant
    ) -> None:
        other = await directory.tenant()
        all_tenants = text("SELECT id FROM tenants")
        for scope in (tenant.id, other.id, tenant.id):
            assert [row["id"] for row in await database.look(scope, all_tenants)] == [scope]
        assert {tenant.id, other.id} <= {row["id"] for row in await database.look(None, all_tenants)}
        async with database.engine.connect() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM tenants"))).scalar_one() == 0

    async def test_a_look_writes_nothing(self, database: Database, tenant: Tenant) -> None:
        await tenant.user()
        removal = text("DELETE FROM users WHERE tenant_id = :tenant_id RETURNING id")
        with pytest.raises(Exception, match="syntax error"):
            await database.look(tenant.id, removal, tenant_id=tenant.id)
