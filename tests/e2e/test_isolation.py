"""Tenants can't see or touch each other: through every endpoint, and with the services' own database roles."""

import hashlib
import re

import asyncpg
import pytest
import pytest_asyncio

from tests.e2e.world import Company, World
from vaultaris_kit import surface
from vaultaris_kit.migrations import SERVICES
from vaultaris_stack.local import LocalStack

TENANT_ROWS = [
    row
    for row in surface.rows()
    if re.match(r"/api/v1/tenants/\{(id|host_id)\}(/|$)", row.path) and row.auth in ("bearer", "person")
]
BODIES = {"name": "Stolen", "slug": "stolen-slug", "username": "stolen", "email": "stolen@evil.test"}


@pytest_asyncio.fixture(scope="module")
async def victim(world: World) -> Company:
    company = await world.add_company()
    user = await company.add_user()
    await company.give(user, await company.add_role("orders:read"))
    await company.admin.create(f"{company.path}/identity-providers", {"name": "home", "provider_type": "google"})
    application = await company.admin.create(f"{company.path}/applications", {"slug": "shop", "name": "Shop"})
    await company.admin.create(f"{company.path}/applications/{application['id']}/groups", {"name": "staff"})
    return company


@pytest_asyncio.fixture(scope="module")
async def attacker(world: World) -> Company:
    return await world.add_company()


async def _ids_of(victim: Company) -> dict[str, str]:
    """One real id of the victim's for every kind of path parameter."""
    user, role = victim.admin_user["id"], next(iter(victim.roles.values()))
    permission = (await victim.admin.get(f"{victim.path}/permissions"))["data"][0]["id"]
    client = (await victim.admin.get(f"{victim.path}/clients"))["data"][0]["id"]
    session = (await victim.admin.get(f"{victim.path}/sessions"))["data"][0]["id"]
    entry = (await victim.admin.get(f"{victim.path}/audit"))["data"][0]["id"]
    providers = (await victim.admin.get(f"{victim.path}/identity-providers"))["data"]
    application = (await victim.admin.get(f"{victim.path}/applications"))["data"][0]["id"]
    group = (await victim.admin.get(f"{victim.path}/groups"))["data"][0]["id"]
    return {
        "uid": user, "user_id": user, "role_id": role, "perm_id": permission, "client_id": client,
        "session_id": session, "entry_id": entry, "provider_id": providers[0]["id"],
        "app_id": application, "group_id": group, "resource_id": client,
    }  # fmt: skip


def _fill(path: str, tenant_id: str, ids: dict[str, str]) -> str:
    path = path.replace("{id}", tenant_id, 1).replace("{host_id}", tenant_id, 1)
    words = {"resource_type": "user", **ids}
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], ids["uid"]), path)


async def _fingerprint(stack: LocalStack, tenant_id: str) -> dict[str, str]:
    """A hash per table of everything that belongs to the tenant, but for the record of what was tried, and for what the
    product notes down by itself about the licence's terms."""
    owner = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    try:
        await owner.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
        tables = await owner.fetch(
            "SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = 'tenant_id'"
            " AND table_schema = ANY($1) AND table_schema <> 'audit' AND table_name NOT IN ('outbox', 'settled_terms')",
            list(SERVICES),
        )
        prints = {}
        for schema, table in tables:
            rows = await owner.fetch(
                f'SELECT t::text FROM "{schema}"."{table}" t WHERE tenant_id::text = $1 ORDER BY 1',  # noqa: S608 - names from the catalogue
                tenant_id,
            )
            assert rows or table not in ("users", "roles", "oauth_clients"), f"{table} can't be seen"
            prints[f"{schema}.{table}"] = hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()
        return prints
    finally:
        await owner.close()


class TestThroughTheGateway:
    async def test_another_tenants_path_is_refused(self, stack: LocalStack, victim: Company, attacker: Company) -> None:
        ids = await _ids_of(victim)
        before = await _fingerprint(stack, victim.id)
        for row in TENANT_ROWS:
            response = await attacker.admin.call(row.method, _fill(row.path, victim.id, ids), json=BODIES)
            assert response.status_code in (403, 404, 501), f"{row.id}: {response.status_code} {response.text}"
        assert await _fingerprint(stack, victim.id) == before

    async def test_another_tenants_ids_under_ones_own_path_are_not_found(
        self, stack: LocalStack, victim: Company, attacker: Company
    ) -> None:
        ids = await _ids_of(victim)
        before = await _fingerprint(stack, victim.id)
        for row in TENANT_ROWS:
            if row.path.count("{") == 1:
                continue
            response = await attacker.admin.call(row.method, _fill(row.path, attacker.id, ids), json=BODIES)
            found = response.status_code == 200 and response.json().get("data")
            assert not found, f"{row.id}: {response.text}"
            assert response.status_code in (200, 204, 403, 404, 422, 501), f"{row.id}: {response.status_code}"
        assert await _fingerprint(stack, victim.id) == before

    async def test_another_tenants_role_can_not_be_assigned(self, victim: Company, attacker: Company) -> None:
        foreign = (await _ids_of(victim))["role_id"]
        user = await attacker.add_user()
        path = f"{attacker.path}/users/{user['id']}/roles"
        await attacker.admin.expect(404, "POST", path, json={"role_id": foreign})

    async def test_lists_hold_only_ones_own(self, victim: Company, attacker: Company) -> None:
        for noun in ("users", "roles", "permissions", "clients", "sessions", "audit"):
            page = await attacker.admin.get(f"{attacker.path}/{noun}", per_page=100)
            assert {item["tenant_id"] for item in page["data"]} <= {attacker.id}
        tenants = await attacker.admin.get("/api/v1/tenants", per_page=100)
        assert [tenant["id"] for tenant in tenants["data"]] == [attacker.id]

    async def test_another_tenants_token_is_not_valid_here(self, victim: Company, attacker: Company) -> None:
        application = await attacker.machine("integration:validate")
        answer = await application.act("/api/v1/integration/token/validate", {"token": victim.admin.token})
        assert answer["valid"] is False
        assert (answer["user_id"], answer["roles"], answer["permissions"]) == (None, [], [])

    async def test_tenant_administrators_can_not_make_or_delete_tenants(self, attacker: Company) -> None:
        await attacker.admin.expect(403, "POST", "/api/v1/tenants", json={"name": "Mine", "slug": "mine-too"})
        await attacker.admin.expect(403, "DELETE", attacker.path)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestRowLevelSecurity:
    """The second wall, tried with the role that the service itself logs in as."""

    async def _connect(self, stack: LocalStack, service: str) -> asyncpg.Connection:
        return await asyncpg.connect(stack.environ_of(service)["DATABASE_URL"])

    async def test_every_tenant_table_is_guarded(self, stack: LocalStack, world: World, service: str) -> None:
        connection = await self._connect(stack, service)
        unguarded = await connection.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
            " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
            service,
        )
        await connection.close()
        assert unguarded == []

    async def test_the_role_can_not_step_around(self, stack: LocalStack, world: World, service: str) -> None:
        connection = await self._connect(stack, service)
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        owned = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f'CREATE TABLE "{service}".mine (x int)')
        await connection.close()
        assert (tuple(role or ()), owned) == ((False, False, False, False), 0)

    async def test_only_the_named_tenants_rows_are_seen(
        self, stack: LocalStack, victim: Company, attacker: Company
    ) -> None:
        connection = await self._connect(stack, "directory")
        count = "SELECT count(*), count(DISTINCT tenant_id) FROM directory.users"
        assert tuple(await connection.fetchrow(count) or ()) == (0, 0)
        async with connection.transaction():
            await connection.execute("SELECT set_config('vaultaris.tenant_id', $1, true)", attacker.id)
            seen = await connection.fetch("SELECT DISTINCT tenant_id::text FROM directory.users")
            stolen = await connection.execute(
                "UPDATE directory.users SET status = status WHERE tenant_id::text = $1", victim.id
            )
        await connection.close()
        assert [row[0] for row in seen] == [attacker.id]
        assert stolen == "UPDATE 0"

    async def test_writing_for_another_tenant_is_refused(
        self, stack: LocalStack, victim: Company, attacker: Company
    ) -> None:
        connection = await self._connect(stack, "directory")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute("SELECT set_config('vaultaris.tenant_id', $1, true)", attacker.id)
                await connection.execute(
                    "UPDATE directory.users SET tenant_id = $1::uuid WHERE tenant_id::text = $2", victim.id, attacker.id
                )
        await connection.close()

    async def test_the_audit_trail_can_not_be_changed(self, stack: LocalStack, victim: Company) -> None:
        connection = await self._connect(stack, "audit")
        for statement in ("UPDATE audit.audit_entries SET action = 'x'", "DELETE FROM audit.audit_entries"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        await connection.close()

    async def test_other_services_schemas_are_closed(self, stack: LocalStack, world: World) -> None:
        connection = await self._connect(stack, "policy")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT 1 FROM directory.users")
        await connection.close()
