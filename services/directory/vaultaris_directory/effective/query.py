"""Everything that is in force for a user, in one query.

Direct roles, roles of the user's groups and of the groups above them, and the members of composite roles;
deleted and frozen ones neither count nor pass anything on.
"""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import text

from vaultaris.directory.v1.directory_pb2 import (
    ApplicationPermissions,
    EffectivePermissions,
    GroupPermissions,
    ListUserPermissionsResponse,
    User,
)
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound

Listing = TypeVar(
    "Listing",
    EffectivePermissions,
    GroupPermissions,
    ApplicationPermissions,
    ListUserPermissionsResponse.RolePermissions,
)
"""Messages that list permissions."""


def live(alias: str) -> str:
    """The condition that a row is neither deleted nor frozen."""
    return f"{alias}.deleted_at IS NULL AND {alias}.freeze_reason IS NULL"


COMPOSITES = f"""
    SELECT r.id
    FROM held JOIN directory.role_members m ON m.composite_id = held.id
    JOIN directory.roles r ON r.id = m.member_id AND {live("r")}
"""  # noqa: S608 - made of constants only
"""Goes on from the roles in ``held`` to the members of the composite ones."""

ROLES = """
    (
        SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'display_name', r.display_name) ORDER BY r.name)
        FROM directory.roles r JOIN held ON held.id = r.id
    )::text AS roles
"""

PERMISSIONS = "granted.permission_ids, granted.resources, granted.actions, granted.granting_roles, granted.conditions"
"""The columns that :func:`granted` brings."""


def granted(permissions: str) -> str:
    """What ``permissions`` selects (id, resource, action, conditions, role_id), an array a column, to be joined.

    Hundreds of rows cost less as five arrays than as rows or as JSON, in the database and here. All of them are of
    texts: asyncpg would ask the catalogue what an array of uuids is, once a connection.
    """
    return f"""
    LATERAL (
        SELECT array_agg(p.id::text) AS permission_ids, array_agg(p.resource) AS resources,
            array_agg(p.action) AS actions,
            array_agg(p.role_id::text) AS granting_roles,
            array_agg(CASE WHEN p.conditions = '{{}}'::jsonb THEN '' ELSE p.conditions::text END) AS conditions
        FROM ({permissions}) p
    ) granted
"""  # noqa: S608 - made of constants only


GRANTED = granted(f"""
    SELECT DISTINCT ON (p.id) p.id, p.resource, p.action, p.conditions, rp.role_id
    FROM held JOIN directory.role_permissions rp ON rp.role_id = held.id
    JOIN directory.permissions p ON p.id = rp.permission_id AND {live("p")}
    ORDER BY p.id, rp.role_id
""")  # noqa: S608 - made of constants only
"""The permissions of the roles in ``held``, each once."""


def _allowed(kind: str) -> str:
    """What the allow-lists of the groups in ``placed`` leave of ``kind``; null when none of them limits it.

    A frozen group goes on limiting: freezing never opens anything.
    """
    return f"""
    (
        SELECT coalesce(json_agg(DISTINCT l.resource_id) FILTER (WHERE l.resource_id IS NOT NULL), '[]'::json)
        FROM placed JOIN directory.groups g ON g.id = placed.id AND g.limits_{kind}
        LEFT JOIN directory.group_{kind} l ON l.group_id = g.id
        HAVING count(*) > 0
    )::text AS {kind}
"""  # noqa: S608 - made of constants only


_EFFECTIVE = text(
    f"""
WITH RECURSIVE placed (id, parent_id, is_live) AS (
    SELECT g.id, g.parent_id, g.freeze_reason IS NULL
    FROM directory.group_members m JOIN directory.groups g ON g.id = m.group_id AND g.deleted_at IS NULL
    WHERE m.user_id = :user_id AND m.tenant_id = :tenant_id
    UNION
    SELECT g.id, g.parent_id, below.is_live AND g.freeze_reason IS NULL
    FROM placed below JOIN directory.groups g ON g.id = below.parent_id AND g.deleted_at IS NULL
), held (id) AS (
    SELECT r.id
    FROM (
        SELECT role_id FROM directory.user_roles WHERE user_id = :user_id AND tenant_id = :tenant_id
        UNION
        SELECT gr.role_id FROM directory.group_roles gr JOIN placed ON placed.id = gr.group_id AND placed.is_live
    ) given JOIN directory.roles r ON r.id = given.role_id AND {live("r")}
    UNION
    {COMPOSITES}
)
SELECT
    u.id, u.tenant_id, u.username, u.email, u.email_verified, u.phone, u.phone_verified, u.first_name, u.last_name,
    u.display_name, u.avatar_url, u.locale, u.timezone, u.status, u.mfa_enabled,
    extract(epoch FROM u.updated_at)::bigint AS updated_at,
    coalesce(u.freeze_reason, t.freeze_reason, CASE WHEN t.status <> 'active' THEN 'suspension' END) AS freeze_reason,
    u.metadata::text AS metadata,
    {ROLES},
    (
        SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'path', g.path) ORDER BY g.path)
        FROM directory.group_members m JOIN directory.groups g ON g.id = m.group_id AND {live("g")}
        WHERE m.user_id = u.id AND m.tenant_id = u.tenant_id
    )::text AS groups,
    (
        SELECT json_agg(m.application_id)
        FROM directory.application_members m
        JOIN directory.applications a ON a.id = m.application_id AND a.isolation_enabled
        WHERE m.user_id = u.id AND m.tenant_id = u.tenant_id AND m.status = 'active'
    )::text AS member_of,
    {_allowed("clients")},
    {_allowed("login_providers")},
    {PERMISSIONS}
FROM directory.users u JOIN directory.tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL
CROSS JOIN {GRANTED}
WHERE u.tenant_id = :tenant_id AND u.id = :user_id AND u.deleted_at IS NULL
"""  # noqa: S608 - made of constants only
)

_TEXTS = (
    "username", "email", "phone", "first_name", "last_name", "display_name", "avatar_url", "locale", "timezone",
    "status", "freeze_reason",
)  # fmt: skip


async def load_effective(database: Database, tenant_id: UUID, user_id: UUID) -> EffectivePermissions:
    """What is in force for a live user. Raises :class:`NotFound`."""
    answer, _ = await load_effective_with_metadata(database, tenant_id, user_id)
    return answer


async def load_effective_with_metadata(
    database: Database, tenant_id: UUID, user_id: UUID
) -> tuple[EffectivePermissions, dict[str, Any]]:
    """The same, and the user's free metadata."""
    row = (await database.look(tenant_id, _EFFECTIVE, tenant_id=tenant_id, user_id=user_id)).first()
    if row is None:
        raise NotFound
    return _answer(row), msgspec.json.decode(row["metadata"])


def _answer(row: Any) -> EffectivePermissions:
    answer = EffectivePermissions(
        user=user_of(row),
        roles=roles_of(row),
        groups=[EffectivePermissions.Group(**each) for each in _items(row["groups"])],
        member_of=msgspec.json.decode(row["member_of"] or "[]"),
        clients=_allow_list(row["clients"]),
        login_providers=_allow_list(row["login_providers"]),
    )
    return with_permissions(answer, row)


def user_of(row: Any) -> User:
    """The columns of a user."""
    user = User(
        id=str(row["id"]),
        tenant_id=str(row["tenant_id"]),
        email_verified=row["email_verified"],
        phone_verified=row["phone_verified"],
        mfa_enabled=row["mfa_enabled"],
        updated_at=row["updated_at"],
    )
    for name in _TEXTS:
        setattr(user, name, row[name] or "")
    return user


def _allow_list(column: str | None) -> EffectivePermissions.AllowList | None:
    return None if column is None else EffectivePermissions.AllowList(ids=msgspec.json.decode(column))


def roles_of(row: Any) -> list[EffectivePermissions.Role]:
    """The column that :data:`ROLES` makes."""
    return [EffectivePermissions.Role(**_filled(each)) for each in _items(row["roles"])]


def with_permissions(answer: Listing, row: Any) -> Listing:
    """The answer with what the columns :data:`PERMISSIONS` hold; put in in place, for there may be hundreds."""
    columns = (row["permission_ids"], row["resources"], row["actions"], row["granting_roles"], row["conditions"])
    if columns[0] is None:  # nothing was granted
        return answer
    for permission_id, resource, action, role_id, conditions in zip(*columns, strict=True):
        each = answer.permissions.add()
        each.id, each.resource, each.action, each.role_id = permission_id, resource, action, role_id
        if conditions:
            each.conditions = conditions
    return answer


def _items(column: str | None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = msgspec.json.decode(column) if column else []
    return items


def _filled(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value or "" for name, value in item.items()}
