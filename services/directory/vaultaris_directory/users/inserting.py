"""Users written to the table without the detour over the ORM: one statement for any number of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.users.logins import login_key
from vaultaris_directory.users.models import User
from vaultaris_kit.ids import new_id, now

_INITIAL: Final[dict[str, Any]] = {
    "version": 1,
    "email_verified": False,
    "phone_verified": False,
    "locale": "en",
    "timezone": "UTC",
    "status": "active",
    "mfa_enabled": False,
    "metadata": {},
    "password_history": [],
    "failed_login_attempts": 0,
    "lockouts": 0,
}

_COLUMNS: Final = tuple(column.name for column in inspect(User).columns if column.computed is None)
_TOLD: Final = tuple(
    attribute.columns[0].name for attribute in inspect(User).column_attrs if attribute.key not in User.unaudited
)
_LIST: Final = ", ".join(_COLUMNS)


def insert_statement(rows: str) -> str:
    """Writes those of ``rows`` (a parameter, JSON) whose names are free, crosswise too, and returns their ids."""
    return f"""
    INSERT INTO directory.users ({_LIST})
    SELECT {_LIST} FROM json_populate_recordset(NULL::directory.users, CAST({rows} AS json)) AS fresh
    WHERE NOT EXISTS (
        SELECT 1 FROM directory.users u WHERE u.tenant_id = fresh.tenant_id AND u.email_key = fresh.username_key
    ) AND NOT EXISTS (
        SELECT 1 FROM directory.users u WHERE u.tenant_id = fresh.tenant_id AND u.username_key = fresh.email_key
    )
    ON CONFLICT DO NOTHING
    RETURNING id
    """  # noqa: S608 - made of the table's columns only


_INSERT = text(insert_statement(":rows"))

_HOLDERS = text(
    """
SELECT id, username_key, email_key, deleted_at IS NOT NULL AS is_deleted
FROM directory.users WHERE tenant_id = :tenant_id AND username_key = ANY(CAST(:keys AS text[]))
UNION
SELECT id, username_key, email_key, deleted_at IS NOT NULL
FROM directory.users WHERE tenant_id = :tenant_id AND email_key = ANY(CAST(:keys AS text[]))
"""
)


def new_user(tenant_id: UUID, fields: Mapping[str, Any], password_hash: str | None) -> dict[str, Any]:
    """The row of a user to be: ``fields`` as the schemas name them, and an ``id`` where that is settled already."""
    moment = now()
    given = {("metadata" if name == "meta" else name): value for name, value in fields.items()}
    return {
        **dict.fromkeys(_COLUMNS),
        **_INITIAL,
        **given,
        "id": fields.get("id") or new_id(),
        "tenant_id": tenant_id,
        "created_at": moment,
        "updated_at": moment,
        "username_key": login_key(fields["username"]),
        "email_key": login_key(fields["email"]),
        "password_hash": password_hash,
        "password_changed_at": moment if password_hash else None,
    }


def told_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What events and the audit trail learn of a row: no secrets, nothing derived."""
    return {name: row[name] for name in _TOLD}


async def insert_users(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Writes the rows of :func:`new_user`; the ids of those whose names were free."""
    written = await session.execute(_INSERT, {"rows": msgspec.json.encode(rows).decode()})
    return set(written.scalars())


class Holders:
    """Who has which user names and addresses, deleted users included: their names stay taken."""

    def __init__(self, rows: Iterable[Any]) -> None:
        rows = list(rows)
        self._by_username = {row.username_key: row for row in rows}
        self._by_email = {row.email_key: row for row in rows}

    def named(self, username_key: str) -> Any | None:
        """Who has that user name."""
        return self._by_username.get(username_key)

    def in_the_way(self, username_key: str, email_key: str, but: UUID | None = None) -> tuple[str, Any] | None:
        """The field whose value is taken, as a user name or as an address, and by whom; None when both are free."""
        taken = (
            ("username", self._by_username.get(username_key)),
            ("email", self._by_email.get(email_key)),
            ("username", self._by_email.get(username_key)),
            ("email", self._by_username.get(email_key)),
        )
        return next(((field, holder) for field, holder in taken if holder is not None and holder.id != but), None)


async def find_holders(session: AsyncSession, tenant_id: UUID, keys: Collection[str]) -> Holders:
    """Everybody in the tenant who has one of the folded ``keys`` as user name or address."""
    return Holders((await session.execute(_HOLDERS, {"tenant_id": tenant_id, "keys": list(keys)})).all())
