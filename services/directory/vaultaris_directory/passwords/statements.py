"""The statements around a right guess: plain SQL, a round trip each, because signing in is a hot path."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import inspect, text

from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.users.models import User
from vaultaris_kit.database import Database

_TENANT: Final = ("status", "deleted_at", "freeze_reason", "password_policy")
_USER: Final = {each.key: each.columns[0].name for each in inspect(User).column_attrs}
_FOUND: Final = (
    f"SELECT {', '.join(f'u.{name} AS {key}' for key, name in _USER.items())},"  # noqa: S608 - fixed texts only
    f" {', '.join(f't.{name} AS tenant_{name}' for name in _TENANT)}"
    " FROM directory.users u JOIN directory.tenants t ON t.id = u.tenant_id"
    " WHERE u.tenant_id = :tenant_id AND u.deleted_at IS NULL"
)
_BY_ID: Final = text(f"{_FOUND} AND u.id = :who")
_BY_LOGIN: Final = text(
    f"{_FOUND} AND (u.username_key = :who OR u.email_key = :who) ORDER BY (u.username_key = :who) DESC LIMIT 1"
)
_MAY: Final = text("""
    SELECT u.failed_login_attempts = 0 AND u.lockouts = 0 AND u.locked_until IS NULL AS clean
      FROM directory.users u JOIN directory.tenants t ON t.id = u.tenant_id
     WHERE u.tenant_id = :tenant_id AND u.id = :user_id AND u.password_hash = :stored
       AND u.status = 'active' AND u.deleted_at IS NULL AND u.freeze_reason IS NULL
       AND t.status = 'active' AND t.deleted_at IS NULL AND t.freeze_reason IS NULL
""")
_NOTE: Final = """
    WITH noted AS (SELECT * FROM json_to_recordset($1) AS noted (id uuid, at timestamptz)),
    locked AS (  -- in one order for everybody, so that nobody deadlocks
        SELECT u.id FROM directory.users u JOIN noted USING (id) ORDER BY u.id FOR NO KEY UPDATE OF u
    )
    UPDATE directory.users u SET last_login_at = greatest(u.last_login_at, noted.at)
      FROM noted JOIN locked USING (id) WHERE u.id = noted.id
"""


async def find_user(database: Database, tenant_id: UUID, who: UUID | str) -> tuple[User, Tenant] | tuple[None, None]:
    """The live user of an id or a folded login, and of their tenant what decides whether anybody may sign in.

    The rows belong to no session: they are read, and never written back.
    """
    statement = _BY_ID if isinstance(who, UUID) else _BY_LOGIN
    row = (await database.look(tenant_id, statement, tenant_id=tenant_id, who=who)).first()
    if row is None:
        return None, None
    values: dict[str, Any] = dict(row)
    tenant = Tenant(id=tenant_id, **{name: values.pop(f"tenant_{name}") for name in _TENANT})
    return User(**values), tenant


async def is_plain_success(database: Database, user: User, stored: str) -> bool:
    """Whether the user, with the password behind ``stored``, may still sign in, and nothing is to be reset by it."""
    row = (
        await database.look(user.tenant_id, _MAY, tenant_id=user.tenant_id, user_id=user.id, stored=stored)
    ).first()  # fmt: skip
    return row is not None and bool(row["clean"])


async def note_sign_ins(database: Database, latest: Mapping[UUID, datetime]) -> None:
    """Writes when users of any tenants have signed in last, all in one statement."""
    noted = [{"id": user_id, "at": at} for user_id, at in latest.items()]
    async with database.hot(None) as connection:
        await connection.execute(_NOTE, msgspec.json.encode(noted).decode())
