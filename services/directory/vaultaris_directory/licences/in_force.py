"""The terms in force, read in whatever transaction is open.

A tenant's transaction can't see its host's or the instance's licence, so a function of the database looks them up.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.terms import Grounds, Terms, terms_of
from vaultaris_kit.ids import now

_TRANSACTION = timedelta(seconds=90)
"""Longer than anything that makes something takes."""

_GROUNDS = text("SELECT * FROM directory.licence_grounds(:tenant_id)")
_ALL_GROUNDS = text("""
    SELECT g.*, s.terms AS settled, coalesce(s.settled_at > :lately, false) AS is_fresh
    FROM (
        SELECT id FROM directory.tenants WHERE id > :after AND deleted_at IS NULL ORDER BY id LIMIT :limit
    ) t
    CROSS JOIN LATERAL directory.licence_grounds(t.id) g
    LEFT JOIN directory.settled_terms s ON s.tenant_id = t.id
    ORDER BY g.tenant_id
""")


async def terms_in(session: AsyncSession, licences: Licences, tenant_id: UUID) -> Terms:
    """What a tenant may at this moment; for one that is not there, what the instance gives to any."""
    row = (await session.execute(_GROUNDS, {"tenant_id": tenant_id})).mappings().one()
    return _terms(licences, row)


async def terms_on(connection: "asyncpg.Connection[asyncpg.Record]", licences: Licences, tenant_id: UUID) -> Terms:
    """:func:`terms_in` on the connection of a hot path."""
    return _terms(licences, await connection.fetchrow("SELECT * FROM directory.licence_grounds($1)", tenant_id))


async def terms_after(
    session: AsyncSession, licences: Licences, after: UUID, limit: int
) -> Sequence[tuple[UUID, Terms, bool]]:
    """Live tenants behind ``after``, by id: their terms now, and whether they have to be brought in line with them.

    For a transaction over all tenants.
    """
    parameters = {"after": after, "limit": limit, "lately": now() - _TRANSACTION}
    rows = (await session.execute(_ALL_GROUNDS, parameters)).mappings()
    return [_due(row, _terms(licences, row)) for row in rows]


def _due(row: Any, terms: Terms) -> tuple[UUID, Terms, bool]:
    """Terms that differ from those last acted on have to be acted on, and limits for a while longer: something that
    was being made under the terms before may have come to be behind whoever counted.
    """
    lately_limited = row["is_fresh"] and any(terms.caps.values())
    return row["tenant_id"], terms, terms.as_json() != row["settled"] or lately_limited


def _terms(licences: Licences, row: Any) -> Terms:
    instance = licences.applied(row["instance_token"]) or licences.default
    grounds = Grounds(
        tenant_id=row["tenant_id"],
        instance=instance,
        own=licences.applied(row["own_token"]),
        host_id=row["host_tenant_id"],
        host=licences.applied(row["host_token"]),
        tier=row["tier"],
    )
    return terms_of(grounds, now())
