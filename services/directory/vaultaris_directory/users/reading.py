"""Reading one user: the row that is asked for most."""

from typing import Any
from uuid import UUID

import asyncpg

from vaultaris_directory.users.wire import NEEDED
from vaultaris_kit.errors import NotFound

_USER = f"SELECT {', '.join(NEEDED)} FROM directory.users WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"  # noqa: S608


async def read_user(connection: "asyncpg.Connection[asyncpg.Record]", tenant_id: UUID, user_id: UUID) -> dict[str, Any]:
    """The columns of a live user that the wire needs. Raises :class:`NotFound`."""
    row = await connection.fetchrow(_USER, tenant_id, user_id)
    if row is None:
        raise NotFound
    return dict(row)
