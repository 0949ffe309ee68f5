"""A tenant with very many users, made inside the database in seconds."""

from dataclasses import dataclass
from uuid import UUID

from services.directory.tests.directory_harness import Directory, Tenant

PEOPLE = 100_000

_USERS = """
INSERT INTO directory.users (
    id, tenant_id, version, created_at, updated_at, deleted_at, username, username_key, email, email_key,
    email_verified, phone_verified, first_name, last_name, display_name, locale, timezone, status, mfa_enabled,
    metadata, password_history, failed_login_attempts, lockouts
)
SELECT
    gen_random_uuid(), $1, 1, now() - make_interval(secs => n), now() - make_interval(secs => n % 1000),
    CASE WHEN n % 97 = 0 THEN now() END, 'user' || n, 'user' || n, tag || n || '@crowd.test', tag || n || '@crowd.test',
    true, false, left(tag, 3), right(tag, 4), tag, 'en', 'UTC',
    CASE WHEN n % 1000 = 0 THEN 'suspended' WHEN n % 10 = 0 THEN 'inactive' ELSE 'active' END,
    false, '{}', '[]', 0, 0
FROM (SELECT n, left(md5(n::text), 8) AS tag FROM generate_series(1, $2::int) n) people
"""

_HOLD = """
INSERT INTO directory.user_roles (tenant_id, user_id, role_id)
SELECT tenant_id, id, $2 FROM directory.users WHERE tenant_id = $1 LIMIT $3
"""
_JOIN = """
INSERT INTO directory.group_members (tenant_id, user_id, group_id)
SELECT tenant_id, id, $2 FROM directory.users WHERE tenant_id = $1 LIMIT $3
"""
_MEMBERS = """
INSERT INTO directory.application_members (tenant_id, application_id, user_id, version, role, status, invited_at)
SELECT tenant_id, $2, id, 1, 'member', 'active', created_at FROM directory.users WHERE tenant_id = $1 LIMIT $3
"""


@dataclass(frozen=True)
class Crowd:
    """The tenant; roles and groups that many hold and few; an application with many members, beside a larger one; one
    of the users.
    """

    tenant: Tenant
    common_role: UUID
    rare_role: UUID
    common_group: UUID
    rare_group: UUID
    application: UUID
    somebody: UUID


async def gather_crowd(directory: Directory, people: int = PEOPLE) -> Crowd:
    """Half of them have the common role and stand in the common group, fifty the rare ones."""
    tenant = await directory.tenant()
    roles = [UUID((await tenant.role())["id"]) for _ in range(2)]
    groups = [UUID((await tenant.group())["id"]) for _ in range(2)]
    application, other = [UUID((await tenant.application())["id"]) for _ in range(2)]
    await directory.as_owner(_USERS, tenant.id, people)
    for share, role, group in zip((people // 2, 50), roles, groups, strict=True):
        await directory.as_owner(_HOLD, tenant.id, role, share)
        await directory.as_owner(_JOIN, tenant.id, group, share)
    await directory.as_owner(_MEMBERS, tenant.id, application, people // 5)
    await directory.as_owner(_MEMBERS, tenant.id, other, people // 2)
    for table in ("users", "user_roles", "group_members", "application_members"):
        await directory.as_owner(f"VACUUM ANALYZE directory.{table}")
    (somebody,) = await directory.as_owner(
        "SELECT id FROM directory.users WHERE tenant_id = $1 AND deleted_at IS NULL LIMIT 1", tenant.id
    )
    return Crowd(tenant, roles[0], roles[1], groups[0], groups[1], application, somebody["id"])
