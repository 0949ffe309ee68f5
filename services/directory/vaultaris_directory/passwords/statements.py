"""The two statements around a right guess: plain SQL, because signing in is a hot path."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import inspect

from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.users.models import User

_TENANT: Final = ("status", "deleted_at", "freeze_reason", "password_policy")
_USER: Final = {each.key: each.columns[0].name for each in inspect(User).column_attrs}
_FOUND: Final = (
    f"SELECT {', '.join(f'u.{name} AS {key}' for key, name in _USER.items())},"  # noqa: S608 - fixed texts only
    f" {', '.join(f't.{name} AS tenant_{name}' for name in _TENANT)}"
    " FROM directory.users u JOIN directory.tenants t ON t.id = u.tenant_id"
    " WHERE u.tenant_id = $1 AND u.deleted_at IS NULL"
)
_BY_ID: Final = f"{_FOUND} AND u.id = $2"
_BY_LOGIN: Final = f"{_FOUND} AND (u.username_key = $2 OR u.email_key = $2) ORDER BY (u.username_key = $2) DESC LIMIT 1"
_SUCCEED: Final = """
    UPDATE directory.users AS u
       SET last_login_at = $4, failed_login_attempts = 0, lockouts = 0, locked_until = NULL
      FROM directory.tenants AS t
     WHERE u.tenant_id = $1 AND u.id = $2 AND u.password_hash = $3
       AND u.status = 'active' AND u.deleted_at IS NULL AND u.freeze_reason IS NULL
       AND (u.locked_until IS NULL OR u.locked_until <= $4)
       AND t.id = u.tenant_id AND t.status = 'active' AND t.deleted_at IS NULL AND t.freeze_reason IS NULL
"""


async def find_user(
    connection: asyncpg.Connection, tenant_id: UUID, who: UUID | str
) -> tuple[User, Tenant] | tuple[None, None]:
    """The live user of an id or a folded login, and of their tenant what decides whether anybody may sign in.

    The rows belong to no session: they are read, and never written back.
    """
    row = await connection.fetchrow(_BY_ID if isinstance(who, UUID) else _BY_LOGIN, tenant_id, who)
    if row is None:
        return None, None
    values: dict[str, Any] = dict(row)
    tenant = Tenant(id=tenant_id, **{name: values.pop(f"tenant_{name}") for name in _TENANT})
    return User(**values), tenant


async def record_success(connection: asyncpg.Connection, user: User, stored: str, at: datetime) -> bool:
    """Notes a sign-in with the password behind ``stored``, if the user may still sign in; whether it was noted."""
    return bool(await connection.execute(_SUCCEED, user.tenant_id, user.id, stored, at) == "UPDATE 1")
