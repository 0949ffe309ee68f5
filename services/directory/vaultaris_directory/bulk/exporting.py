"""Exporting users: page after page in the order in which they were made, each in a transaction of its own.

No transaction lasts as long as a slow reader. Whoever is made meanwhile comes last; whoever is changed meanwhile
shows as they are when their page is read.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text, tuple_

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.bulk.cells import cell_of
from vaultaris_directory.bulk.formats import Format
from vaultaris_directory.bulk.schemas import EXPORT_COLUMNS
from vaultaris_directory.users.models import User
from vaultaris_directory.users.repository import UserFilter
from vaultaris_kit.database import Database
from vaultaris_kit.principal import Principal

_PAGE = 500

_PLACES = text(
    """
SELECT
    wanted.id,
    ARRAY(
        SELECT r.name FROM directory.user_roles ur
        JOIN directory.roles r ON r.id = ur.role_id AND r.tenant_id = :tenant_id AND r.deleted_at IS NULL
        WHERE ur.user_id = wanted.id ORDER BY r.name
    ) AS roles,
    ARRAY(
        SELECT g.path FROM directory.group_members m
        JOIN directory.groups g ON g.id = m.group_id AND g.tenant_id = :tenant_id AND g.deleted_at IS NULL
        WHERE m.user_id = wanted.id ORDER BY g.path
    ) AS groups
FROM unnest(CAST(:ids AS uuid[])) AS wanted (id)
"""
)


async def export_users(
    database: Database, *, tenant_id: UUID, kind: Format, wanted: UserFilter
) -> AsyncIterator[bytes]:
    """The lines of an export, some hundred at a time."""
    encode = _csv if kind == "csv" else _ndjson
    if kind == "csv":
        yield _csv([dict(zip(EXPORT_COLUMNS, EXPORT_COLUMNS, strict=True))])
    after: tuple[Any, UUID] | None = None
    while True:
        users, lines = await _page(database, tenant_id, wanted, after, encode)
        if lines:
            yield lines
        if len(users) < _PAGE:
            return
        after = (users[-1].created_at, users[-1].id)


async def tell_export(database: Database, principal: Principal, tenant_id: UUID, kind: Format) -> None:
    """Puts on record that somebody exports."""
    async with database.tenant(tenant_id) as session:
        OUTBOX.emit(
            session, principal, "user.exported", tenant_id, resource_type="user", metadata={"format": kind},
            description="Users were exported.",
        )  # fmt: skip


async def _page(
    database: Database,
    tenant_id: UUID,
    wanted: UserFilter,
    after: tuple[Any, UUID] | None,
    encode: Callable[[Sequence[dict[str, Any]]], bytes],
) -> tuple[Sequence[Any], bytes]:
    query = (
        select(*(User.__table__.c[name] for name in EXPORT_COLUMNS if name not in _LISTS))
        .where(User.tenant_id == tenant_id, User.deleted_at.is_(None), *wanted.conditions(tenant_id))
        .order_by(User.created_at, User.id)
        .limit(_PAGE)
    )
    if after is not None:
        query = query.where(tuple_(User.created_at, User.id) > tuple_(*after))
    async with database.tenant(tenant_id) as session:
        users = (await session.execute(query)).all()
        ids = [user.id for user in users]
        places = {row.id: row for row in await session.execute(_PLACES, {"tenant_id": tenant_id, "ids": ids})}
    return users, encode([_line(user, places[user.id]) for user in users])


_LISTS = ("roles", "groups")


def _line(user: Any, places: Any) -> dict[str, Any]:
    values = user._mapping
    lists = {"roles": list(places.roles), "groups": list(places.groups)}
    return {name: lists[name] if name in lists else values[name] for name in EXPORT_COLUMNS}


def _ndjson(lines: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _csv(lines: Sequence[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([cell_of(_plain(line[name])) for name in EXPORT_COLUMNS] for line in lines)
    return out.getvalue().encode()


def _plain(value: Any) -> Any:
    """Ids and times as JSON writes them."""
    return value if value is None or isinstance(value, (str, bool, list, dict)) else msgspec.to_builtins(value)
