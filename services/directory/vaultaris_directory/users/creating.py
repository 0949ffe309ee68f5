"""Creating a user in one statement: the names are checked, the row is written, and so is its event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import SCHEMA
from vaultaris_directory.users.inserting import insert_statement, new_user, told_of
from vaultaris_kit.consistency import note_event
from vaultaris_kit.errors import Conflict
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.principal import Principal

_CREATE = f"""
WITH made AS ({insert_statement("$1")}), told AS (
    INSERT INTO directory.outbox (id, tenant_id, subject, payload) SELECT $2, $3, $4, $5 FROM made
)
SELECT 1 FROM made
"""  # noqa: S608 - made of constants only

_IN_THE_WAY = """
SELECT username_key = $2 AS has_username, email_key = $3 AS has_email FROM directory.users
WHERE tenant_id = $1 AND (username_key = ANY($4::text[]) OR email_key = ANY($4::text[]))
"""


async def create_user(
    connection: "asyncpg.Connection[asyncpg.Record]",
    principal: Principal,
    *,
    tenant_id: UUID,
    fields: Mapping[str, Any],
    password_hash: str | None,
) -> dict[str, Any]:
    """The row of a new user, whose event is written too. Raises :class:`Conflict` for a taken name."""
    row = new_user(tenant_id, fields, password_hash)
    event = new_event(
        principal, "user.created", tenant_id, resource_type="user", resource_id=row["id"], new=told_of(row)
    )  # fmt: skip
    written = await connection.fetchval(
        _CREATE, msgspec.json.encode([row]).decode(), event.id, tenant_id, event.subject(SCHEMA), encode_event(event)
    )
    if written is None:
        raise await _clash(connection, row)
    note_event(event.id)
    return row


async def create_in_session(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    fields: Mapping[str, Any],
    password_hash: str | None,
) -> dict[str, Any]:
    """The same, among other changes of a session."""
    await session.flush()
    pooled = await (await session.connection()).get_raw_connection()
    connection: Any = pooled.driver_connection
    session.info["emitted"] = True
    return await create_user(
        connection, principal, tenant_id=tenant_id, fields=fields, password_hash=password_hash
    )  # fmt: skip


async def _clash(connection: "asyncpg.Connection[asyncpg.Record]", row: Mapping[str, Any]) -> Conflict:
    keys = (row["username_key"], row["email_key"])
    holders = await connection.fetch(_IN_THE_WAY, row["tenant_id"], *keys, list(keys))
    for name in ("username", "email"):
        if any(holder[f"has_{name}"] for holder in holders):
            return Conflict(f"The {name} is taken, or was by a user who has been deleted and can be restored.")
    return Conflict("The username is another user's email, or the other way round.")
