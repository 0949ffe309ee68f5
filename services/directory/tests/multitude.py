"""A database with very many of everything that lists show, made inside it in seconds: no replica runs on it."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from vaultaris_kit.ids import new_id

MANY = 20_000
_BATCH = "now() - make_interval(secs => n), now() - make_interval(secs => n % 1000)"

_TENANTS = f"""
INSERT INTO directory.tenants (
    id, version, created_at, updated_at, deleted_at, name, slug, settings, access_token_lifetime_seconds,
    refresh_token_lifetime_seconds, id_token_lifetime_seconds, authorization_code_lifetime_seconds, password_policy,
    mfa_enabled, mfa_required, status, is_billing_shadow, host_tenant_id
)
SELECT CASE n WHEN 1 THEN $1 WHEN 2 THEN $2 ELSE gen_random_uuid() END, 1, {_BATCH}, NULL, 'Tenant ' || md5(n::text),
    'tenant-' || n, '{{}}', 60, 60, 60, 60, '{{}}', false, false,
    CASE WHEN n % 100 = 0 THEN 'suspended' ELSE 'active' END, false, CASE WHEN n > 2 AND n % 2 = 0 THEN $1 END
FROM generate_series(1, $3::int) n
"""  # noqa: S608 - constants
_RESOURCE = "id, tenant_id, version, created_at, updated_at"
_COMMON = f"gen_random_uuid(), $1, 1, {_BATCH}"
_DELETED = "CASE WHEN n % 97 = 0 THEN now() END"
_FROM = "FROM generate_series(1, $2::int) n"

_BELOW = (
    "INSERT INTO directory.groups (id, tenant_id, version, created_at, updated_at, parent_id, name, path, metadata)"
    " SELECT gen_random_uuid(), tenant_id, 1, created_at, updated_at, id, 'below', path || '/below', '{}'"
    " FROM directory.groups WHERE tenant_id = $1 LIMIT 50"
)
_THINGS = (
    f"INSERT INTO directory.roles ({_RESOURCE}, deleted_at, name, is_system, is_composite, metadata)"
    f" SELECT {_COMMON}, {_DELETED}, 'role-' || md5(n::text), n % 1000 = 0, n % 100 = 0, '{{}}' {_FROM}",
    f"INSERT INTO directory.permissions ({_RESOURCE}, deleted_at, name, resource, action, conditions, is_system)"
    f" SELECT {_COMMON}, {_DELETED}, 'permission-' || md5(n::text), 'thing-' || n % 500, 'action-' || n % 40, '{{}}',"
    f" false {_FROM}",
    f"INSERT INTO directory.groups ({_RESOURCE}, deleted_at, name, path, metadata)"
    f" SELECT {_COMMON}, {_DELETED}, 'group-' || md5(n::text), '/group-' || md5(n::text), '{{}}' {_FROM}",
    f"INSERT INTO directory.applications ({_RESOURCE}, slug, name, redirect_uris_base, allowed_scopes,"
    " allowed_audiences, is_active, isolation_enabled, settings)"
    f" SELECT {_COMMON}, 'app-' || n, 'App ' || md5(n::text), '[]', '[]', '[]', n % 50 <> 0, false, '{{}}' {_FROM}",
)
_LINK = """
INSERT INTO directory.application_{plural} (
    tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at
)
SELECT tenant_id, $2, id, false, false, created_at FROM directory.{plural} WHERE tenant_id = $1 LIMIT $3
"""
_FREEZE = """
UPDATE directory.{plural} SET freeze_reason = 'license_downgrade'
WHERE id IN (SELECT id FROM directory.{plural} WHERE tenant_id = $1 LIMIT 100)
"""


@dataclass(frozen=True)
class Multitude:
    """A tenant and what it has; another tenant of the same database has as much."""

    tenant_id: UUID
    common_application: UUID
    rare_application: UUID
    parent_group: UUID


async def gather_multitude(owner_url: str) -> Multitude:
    """All is linked to one application, half to another, thirty of each kind to a third; a hundred are frozen."""
    owner = await asyncpg.connect(owner_url)
    try:
        await owner.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
        tenants = (new_id(), new_id())
        await owner.execute(_TENANTS, *tenants, MANY)
        for tenant_id in tenants:
            for statement in _THINGS:
                await owner.execute(statement, tenant_id, MANY)
            await owner.execute(_BELOW, tenant_id)
        found = await owner.fetch("SELECT id FROM directory.applications WHERE tenant_id = $1 LIMIT 3", tenants[0])
        largest, common, rare = (each["id"] for each in found)
        for plural in ("roles", "permissions", "groups"):
            for application, share in ((largest, MANY), (common, MANY // 2), (rare, 30)):
                await owner.execute(_LINK.format(plural=plural), tenants[0], application, share)
            await owner.execute(_FREEZE.format(plural=plural), tenants[0])
        parent = await owner.fetchval(
            "SELECT parent_id FROM directory.groups WHERE tenant_id = $1 AND parent_id IS NOT NULL LIMIT 1", tenants[0]
        )
        await owner.execute("VACUUM ANALYZE")
    finally:
        await owner.close()
    return Multitude(tenants[0], common, rare, parent)
