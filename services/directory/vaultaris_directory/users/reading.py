"""Reading one user: the row that is asked for most."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from vaultaris_directory.users.wire import NEEDED
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound

_USER = text(
    f"SELECT {', '.join(NEEDED)} FROM directory.users"  # noqa: S608 - names of ours
    " WHERE tenant_id = :tenant_id AND id = :user_id AND deleted_at IS NULL"
)


async def read_user(database: Database, tenant_id: UUID, user_id: UUID) -> dict[str, Any]:
    """The columns of a live user that the wire needs. Raises :class:`NotFound`."""
    row = (await database.look(tenant_id, _USER, tenant_id=tenant_id, user_id=user_id)).first()
    if row is None:
        raise NotFound
    return dict(row)
