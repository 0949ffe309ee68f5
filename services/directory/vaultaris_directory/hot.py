"""Transactions of the paths that are taken most: asyncpg itself, without a session between.

Commits and rolls back like :meth:`vaultaris_kit.database.Database.tenant`; the transaction and its tenant begin in one
round trip.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from vaultaris_kit.database import Database, translate
from vaultaris_kit.errors import Unavailable

_OUTAGES = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError, OSError)


@asynccontextmanager
async def hot(database: Database, tenant_id: UUID) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A transaction that sees one tenant's rows. Raises :class:`Unavailable` when PostgreSQL is away."""
    if not isinstance(tenant_id, UUID):  # it becomes part of a statement
        raise TypeError("a tenant is named by a UUID")
    try:
        pooled = await database.engine.raw_connection()
        try:
            connection: Any = pooled.driver_connection
            try:
                await connection.execute(f"BEGIN; SELECT set_config('vaultaris.tenant_id', '{tenant_id}', true)")
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(pooled, connection)
                raise
        finally:
            pooled.close()
    except (DBAPIError, PoolTimeout) as fault:
        raise translate(fault) from fault
    except _OUTAGES as fault:
        raise Unavailable from fault


async def _roll_back(pooled: Any, connection: Any) -> None:
    """Leaves no transaction behind; a connection that can't do that is thrown away."""
    try:
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except BaseException:
        pooled.invalidate()
        raise
