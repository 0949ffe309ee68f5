"""Everything that a group confers, in one query: on its members, and on API keys that it owns."""

from uuid import UUID

from sqlalchemy import text

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, GroupPermissions
from vaultaris_directory.effective.query import (
    COMPOSITES,
    GRANTED,
    PERMISSIONS,
    ROLES,
    live,
    roles_of,
    with_permissions,
)
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound

_CONFERRED = text(
    f"""
WITH RECURSIVE up (id, parent_id) AS (
    SELECT g.id, g.parent_id
    FROM directory.groups g
    WHERE g.id = :group_id AND g.tenant_id = :tenant_id AND {live("g")}
    UNION
    SELECT g.id, g.parent_id
    FROM up below JOIN directory.groups g ON g.id = below.parent_id AND {live("g")}
), held (id) AS (
    SELECT r.id
    FROM up JOIN directory.group_roles gr ON gr.group_id = up.id
    JOIN directory.roles r ON r.id = gr.role_id AND {live("r")}
    UNION
    {COMPOSITES}
)
SELECT g.id, g.name, g.path, {ROLES}, {PERMISSIONS}
FROM directory.groups g JOIN directory.tenants t ON t.id = g.tenant_id AND t.deleted_at IS NULL
CROSS JOIN {GRANTED}
WHERE g.id = :group_id AND g.tenant_id = :tenant_id AND g.deleted_at IS NULL
"""  # noqa: S608 - made of constants only
)


async def load_conferred(database: Database, tenant_id: UUID, group_id: UUID) -> GroupPermissions:
    """What a live group confers; nothing while it is frozen. Raises :class:`NotFound`."""
    row = (await database.look(tenant_id, _CONFERRED, tenant_id=tenant_id, group_id=group_id)).first()
    if row is None:
        raise NotFound
    answer = GroupPermissions(
        group=EffectivePermissions.Group(id=str(row["id"]), name=row["name"], path=row["path"]),
        roles=roles_of(row),
    )
    return with_permissions(answer, row)
