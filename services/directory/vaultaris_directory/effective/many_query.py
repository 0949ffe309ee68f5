"""Effective permissions of many users at once: two queries a page, whatever its size."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import text

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, ListUserPermissionsResponse
from vaultaris_directory.effective.query import PERMISSIONS, granted, live, user_of, with_permissions
from vaultaris_kit.plain import PlainSession

MAX_USERS: Final = 500

_HOLDERS = text(
    f"""
WITH RECURSIVE granting (id) AS (
    SELECT DISTINCT r.id
    FROM directory.permissions p
    JOIN directory.role_permissions rp ON rp.permission_id = p.id
    JOIN directory.roles r ON r.id = rp.role_id AND {live("r")}
    WHERE p.tenant_id = :tenant_id AND {live("p")}
        AND (p.resource = ANY(:resources) OR p.resource LIKE '%*%') AND (p.action = :action OR p.action LIKE '%*%')
    UNION
    SELECT r.id
    FROM granting JOIN directory.role_members m ON m.member_id = granting.id
    JOIN directory.roles r ON r.id = m.composite_id AND {live("r")}
), giving (id) AS (
    SELECT g.id
    FROM granting JOIN directory.group_roles gr ON gr.role_id = granting.id
    JOIN directory.groups g ON g.id = gr.group_id AND {live("g")}
    UNION
    SELECT g.id FROM giving JOIN directory.groups g ON g.parent_id = giving.id AND {live("g")}
)
SELECT u.id FROM directory.users u
WHERE u.tenant_id = :tenant_id AND u.id > :after AND u.deleted_at IS NULL AND u.status = 'active' AND (
    EXISTS (SELECT FROM directory.user_roles ur JOIN granting ON granting.id = ur.role_id WHERE ur.user_id = u.id)
    OR EXISTS (SELECT FROM directory.group_members m JOIN giving ON giving.id = m.group_id WHERE m.user_id = u.id)
)
ORDER BY u.id LIMIT :limit
"""  # noqa: S608 - made of constants only
)

_ALL = text(
    """
SELECT u.id FROM directory.users u
WHERE u.tenant_id = :tenant_id AND u.id > :after AND u.deleted_at IS NULL AND u.status = 'active'
ORDER BY u.id LIMIT :limit
"""
)

_MANY = text(
    f"""
WITH RECURSIVE member_of (user_id, id, parent_id) AS (
    SELECT m.user_id, g.id, g.parent_id
    FROM directory.group_members m JOIN directory.groups g ON g.id = m.group_id AND {live("g")}
    WHERE m.user_id = ANY(:users) AND m.tenant_id = :tenant_id
    UNION
    SELECT below.user_id, g.id, g.parent_id
    FROM member_of below JOIN directory.groups g ON g.id = below.parent_id AND {live("g")}
), held (user_id, id) AS (
    SELECT given.user_id, r.id
    FROM (
        SELECT user_id, role_id FROM directory.user_roles WHERE user_id = ANY(:users) AND tenant_id = :tenant_id
        UNION
        SELECT m.user_id, gr.role_id FROM directory.group_roles gr JOIN member_of m ON m.id = gr.group_id
    ) given JOIN directory.roles r ON r.id = given.role_id AND {live("r")}
    UNION
    SELECT held.user_id, r.id
    FROM held JOIN directory.role_members m ON m.composite_id = held.id
    JOIN directory.roles r ON r.id = m.member_id AND {live("r")}
)
SELECT
    u.id, u.tenant_id, u.username, u.email, u.email_verified, u.phone, u.phone_verified, u.first_name, u.last_name,
    u.display_name, u.avatar_url, u.locale, u.timezone, u.status, u.mfa_enabled,
    extract(epoch FROM u.updated_at)::bigint AS updated_at,
    coalesce(u.freeze_reason, t.freeze_reason, CASE WHEN t.status <> 'active' THEN 'suspension' END) AS freeze_reason,
    u.metadata::text AS metadata,
    (SELECT json_agg(held.id) FROM held WHERE held.user_id = u.id)::text AS role_ids,
    (
        SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'path', g.path) ORDER BY g.path)
        FROM directory.group_members m JOIN directory.groups g ON g.id = m.group_id AND {live("g")}
        WHERE m.user_id = u.id AND m.tenant_id = u.tenant_id
    )::text AS groups
FROM directory.users u JOIN directory.tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL
WHERE u.tenant_id = :tenant_id AND u.id = ANY(:users) ORDER BY u.id
"""  # noqa: S608 - made of constants only
)

_OF_ROLE = granted(f"""
    SELECT p.id, p.resource, p.action, p.conditions, rp.role_id
    FROM directory.role_permissions rp JOIN directory.permissions p ON p.id = rp.permission_id AND {live("p")}
    WHERE rp.role_id = r.id
""")  # noqa: S608 - made of constants only

_ROLES = text(
    f"""
SELECT r.id, r.name, r.display_name, {PERMISSIONS}
FROM directory.roles r CROSS JOIN {_OF_ROLE}
WHERE r.tenant_id = :tenant_id AND r.id = ANY(:roles)
"""  # noqa: S608 - made of constants only
)


async def list_user_permissions(
    session: PlainSession, tenant_id: UUID, *, after: UUID, limit: int, resources: Sequence[str], action: str
) -> ListUserPermissionsResponse:
    """A page of active users after ``after``; with ``resources`` only those who may hold a permission that fits."""
    limit = max(1, min(limit, MAX_USERS))
    wanted: dict[str, Any] = {"tenant_id": tenant_id, "after": after, "limit": limit + 1}
    if resources:
        wanted |= {"resources": list(resources), "action": action}
    found = [row["id"] for row in await session.execute(_HOLDERS if resources else _ALL, wanted)]
    rows = await session.execute(_MANY, {"tenant_id": tenant_id, "users": found[:limit]})
    members = [_member(row) for row in rows]
    held = sorted({UUID(role_id) for member in members for role_id in member.role_ids})
    roles = await session.execute(_ROLES, {"tenant_id": tenant_id, "roles": held})
    return ListUserPermissionsResponse(users=members, roles=map(_role, roles), more=len(found) > limit)


def _member(row: Any) -> ListUserPermissionsResponse.Member:
    return ListUserPermissionsResponse.Member(
        user=user_of(row),
        role_ids=msgspec.json.decode(row["role_ids"]) if row["role_ids"] else [],
        groups=[
            EffectivePermissions.Group(**each) for each in (msgspec.json.decode(row["groups"]) if row["groups"] else ())
        ],
        metadata="" if row["metadata"] == "{}" else row["metadata"],
    )


def _role(row: Any) -> ListUserPermissionsResponse.RolePermissions:
    role = EffectivePermissions.Role(id=str(row["id"]), name=row["name"], display_name=row["display_name"] or "")
    return with_permissions(ListUserPermissionsResponse.RolePermissions(role=role), row)
