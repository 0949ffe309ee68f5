"""Everything that an application may do itself, in one query: what API keys that it owns are good for."""

from uuid import UUID

from sqlalchemy import text

from vaultaris.directory.v1.directory_pb2 import ApplicationPermissions
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

_OWN = text(
    f"""
WITH RECURSIVE held (id) AS (
    SELECT r.id
    FROM directory.application_roles ar
    JOIN directory.roles r ON r.id = ar.resource_id AND r.tenant_id = :tenant_id AND {live("r")}
    WHERE ar.application_id = :application_id
    UNION
    {COMPOSITES}
)
SELECT {ROLES}, {PERMISSIONS}
FROM directory.applications a JOIN directory.tenants t ON t.id = a.tenant_id AND t.deleted_at IS NULL
CROSS JOIN {GRANTED}
WHERE a.id = :application_id AND a.tenant_id = :tenant_id AND a.is_active
"""  # noqa: S608 - made of constants only
)


async def load_application(database: Database, tenant_id: UUID, application_id: UUID) -> ApplicationPermissions:
    """What an active application holds by its roles. Raises :class:`NotFound`."""
    row = (await database.look(tenant_id, _OWN, tenant_id=tenant_id, application_id=application_id)).first()
    if row is None:
        raise NotFound
    return with_permissions(ApplicationPermissions(roles=roles_of(row)), row)
