"""A directory of a known size, copied into the database of the stack: the product's API would take an hour for it."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import uuid_utils
from sqlalchemy.engine import make_url

from bench.place import Place
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import load_secrets

_USERS = (
    "id", "tenant_id", "version", "created_at", "updated_at", "username", "username_key", "email", "email_key",
    "email_verified", "phone_verified", "first_name", "last_name", "display_name", "locale", "timezone", "status",
    "mfa_enabled", "metadata", "password_history", "failed_login_attempts", "lockouts",
)  # fmt: skip
_COPY_TENANT = """
INSERT INTO directory.tenants
SELECT (json_populate_record(t, json_build_object('id', $2::uuid, 'name', $3::text, 'slug', $3::text))).*
FROM directory.tenants t WHERE id = $1
"""
_CHUNK = 20_000
GROUPS, ROLES, PERMISSIONS, DEPTH = 20, 40, 500, 3


@dataclass(frozen=True)
class Busy:
    """A user with many groups, roles and permissions, and how many of each PostgreSQL holds for them."""

    tenant_id: UUID
    user_id: UUID


async def connect(place: Place) -> "asyncpg.Connection[asyncpg.Record]":
    """As PostgreSQL's administrator: COPY does not go together with row-level security, not even for the owner."""
    owner = make_url(place.stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    password = load_secrets(DataDirectory(place.stack.data)).database_admin_password
    url = owner.set(username="postgres", password=password)
    return await asyncpg.connect(url.render_as_string(hide_password=False))


async def add_tenants(connection: "asyncpg.Connection[asyncpg.Record]", model: UUID, count: int) -> list[UUID]:
    """Tenants like ``model`` in all but their names."""
    ids = [_id() for _ in range(count)]
    rows = [(model, each, f"bench-{each}") for each in ids]
    await connection.executemany(_COPY_TENANT, rows)
    return ids


async def add_users(connection: "asyncpg.Connection[asyncpg.Record]", tenants: list[UUID], each: int) -> list[UUID]:
    """``each`` users in every tenant, tenant by tenant in turn; the ids of those in the first one."""
    numbers = itertools.product(range(each), range(len(tenants)))
    first: list[UUID] = []
    while chunk := list(itertools.islice(numbers, _CHUNK)):
        records = [_user(tenants[tenant], number) for number, tenant in chunk]
        first += [record[0] for record, (_, tenant) in zip(records, chunk, strict=True) if tenant == 0]
        await connection.copy_records_to_table("users", schema_name="directory", columns=_USERS, records=records)
    return first


async def analyze(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Brings statistics and the map of visible pages up to date, as autovacuum would within minutes."""
    await connection.execute("VACUUM (ANALYZE) directory.users")


async def add_busy_user(connection: "asyncpg.Connection[asyncpg.Record]", tenant_id: UUID) -> Busy:
    """A user in 20 groups at the bottom of a tree three deep, with 40 roles and 500 permissions in all."""
    user_id = (await add_users(connection, [tenant_id], 1))[0]
    moment = datetime.now(UTC)
    roles, permissions = [_id() for _ in range(ROLES)], [_id() for _ in range(PERMISSIONS)]
    leaves: list[UUID] = []
    stamp = {"version": 1, "created_at": moment.isoformat(), "updated_at": moment.isoformat()}
    base = {**stamp, "tenant_id": tenant_id}
    described = {**base, "metadata": {}}
    await _fill(
        connection, "roles",
        [{**described, "id": each, "name": f"r{n}", "is_system": False, "is_composite": False}
         for n, each in enumerate(roles)],
    )  # fmt: skip
    await _fill(
        connection, "permissions",
        [{**base, "id": each, "name": f"p{n}:read", "resource": f"p{n}", "action": "read", "conditions": {},
          "is_system": False} for n, each in enumerate(permissions)],
    )  # fmt: skip
    for number in range(GROUPS):
        leaves.append(await _branch(connection, described, number, roles))
    stamped = {"tenant_id": tenant_id, "created_at": moment.isoformat()}
    links = {
        "role_permissions": [
            {
                "tenant_id": tenant_id,
                "created_at": moment.isoformat(),
                "role_id": roles[n % ROLES],
                "permission_id": each,
            }
            for n, each in enumerate(permissions)
        ],
        "group_members": [{**stamped, "group_id": leaf, "user_id": user_id} for leaf in leaves],
    }
    for table, rows in links.items():
        await _fill(connection, table, rows)
    return Busy(tenant_id, user_id)


async def _branch(connection: Any, base: dict[str, Any], number: int, roles: list[UUID]) -> UUID:
    """A line of groups, the last of which is answered; the upper two confer a role each."""
    parent: UUID | None = None
    path = ""
    for level in range(DEPTH):
        group, path = _id(), f"{path}/g{number}-{level}"
        row = {**base, "id": group, "name": path.rpartition("/")[2], "path": path, "parent_id": parent}
        await _fill(connection, "groups", [row])
        if level < DEPTH - 1:
            conferred = {"tenant_id": base["tenant_id"], "created_at": base["created_at"], "group_id": group}
            await _fill(connection, "group_roles", [{**conferred, "role_id": roles[(2 * number + level) % ROLES]}])
        parent = group
    assert parent is not None
    return parent


async def _fill(connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
    names = ", ".join(rows[0])
    await connection.execute(
        f"INSERT INTO directory.{table} ({names})"  # noqa: S608 - names of ours
        f" SELECT {names} FROM json_populate_recordset(NULL::directory.{table}, $1::json)",
        json.dumps(rows, default=str),
    )


def _user(tenant_id: UUID, number: int) -> tuple[Any, ...]:
    name, moment = f"user{number}", datetime.now(UTC)
    address = f"{name}@bench.test"
    return (
        _id(), tenant_id, 1, moment, moment, name, name, address, address, True, False, "Ada", f"Number {number}",
        f"Ada Number {number}", "en", "UTC", "active", False, "{}", "[]", 0, 0,
    )  # fmt: skip


def _id() -> UUID:
    return UUID(int=uuid_utils.uuid7().int)
