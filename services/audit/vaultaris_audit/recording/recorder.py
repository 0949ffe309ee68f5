"""Every event of the product becomes one entry of its tenant's chain, once.

A hot path: whatever the product does comes through here, so it is plain SQL, and a batch is written as one.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from vaultaris_audit.chain.canonical import GENESIS, Content, canonical, link
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.ids import now

SUBJECTS: Final = (">",)

GATHER_SECONDS: Final = 0.05
"""How long events gather between two transactions; the trail is never further behind than that while it keeps up."""

_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS tenant (key)"
_KNOWN = "SELECT id FROM audit.audit_entries WHERE id = ANY ($1::uuid[])"
_HEADS = """
    SELECT tenant.id, head.sequence, head.hash
      FROM unnest($1::uuid[]) AS tenant (id)
     CROSS JOIN LATERAL (
        SELECT sequence, hash FROM audit.audit_entries
         WHERE tenant_id = tenant.id ORDER BY sequence DESC LIMIT 1
     ) AS head
"""
_COLUMNS: Final = {
    "id": "uuid", "tenant_id": "uuid", "sequence": "bigint", "actor_id": "uuid", "actor_type": "text",
    "actor_tenant_id": "uuid", "actor_ip": "text", "actor_user_agent": "text", "action": "text",
    "resource_type": "text", "resource_id": "uuid", "description": "text", "old_value": "text", "new_value": "text",
    "metadata": "text", "request_id": "text", "created_at": "timestamptz", "recorded_at": "timestamptz",
    "previous_hash": "bytea", "hash": "bytea",
}  # fmt: skip
_APPEND = (
    f"INSERT INTO audit.audit_entries ({', '.join(_COLUMNS)})"  # noqa: S608 - fixed texts only
    f" SELECT * FROM unnest({', '.join(f'${at}::{kind}[]' for at, kind in enumerate(_COLUMNS.values(), 1))})"
)


class Recorder:
    """Appends events to the trail.

    Replicas share the work: for the length of one transaction the chains it extends are locked, in one
    order, so that two of them can neither fork a chain nor wait for each other in a circle.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, events: Sequence[Event]) -> None:
        """Writes a batch in one transaction; events already written are passed over."""
        tenants = list({event.tenant_id for event in events})
        async with self._database.hot(None) as connection:
            await connection.execute(_LOCK, sorted(map(_lock_key, tenants)))
            known = {row[0] for row in await connection.fetch(_KNOWN, [event.id for event in events])}
            fresh = {event.id: event for event in events if event.id not in known}
            if fresh:
                await _append(connection, tenants, fresh.values())


def _lock_key(tenant_id: UUID) -> int:
    """A number for PostgreSQL's advisory locks, which all schemas share."""
    return int.from_bytes(sha256(b"audit chain" + tenant_id.bytes).digest()[:8], signed=True)


async def _append(connection: asyncpg.Connection, tenants: Sequence[UUID], events: Iterable[Event]) -> None:
    tips = {row[0]: (row[1], row[2]) for row in await connection.fetch(_HEADS, tenants)}
    recorded_at = now()
    rows = []
    for event in events:
        sequence, previous_hash = tips.get(event.tenant_id, (0, GENESIS))
        content = content_of(event, sequence + 1, recorded_at)
        own_hash = link(previous_hash, content)
        rows.append((*_row(content), previous_hash, own_hash))
        tips[event.tenant_id] = (content.sequence, own_hash)
    await connection.execute(_APPEND, *zip(*rows, strict=True))


def content_of(event: Event, sequence: int, recorded_at: datetime) -> Content:
    """What an event says at its place in the chain."""
    return Content(
        id=event.id,
        tenant_id=event.tenant_id,
        sequence=sequence,
        actor_id=event.actor_id,
        actor_type=event.actor_type,
        actor_tenant_id=event.actor_tenant_id,
        actor_ip=_text(event.actor_ip),
        actor_user_agent=_text(event.actor_user_agent),
        action=event.type,
        resource_type=event.resource_type,
        resource_id=event.resource_id,
        description=_text(event.description),
        old_value=event.old_value,
        new_value=event.new_value,
        metadata=event.metadata,
        request_id=_text(event.request_id),
        created_at=event.occurred_at.astimezone(UTC),
        recorded_at=recorded_at,
    )


def _row(content: Content) -> tuple[Any, ...]:
    """The columns up to the hashes: the fields of ``Content`` in their order, JSON as its canonical text."""
    return (
        content.id, content.tenant_id, content.sequence, content.actor_id, content.actor_type,
        content.actor_tenant_id, content.actor_ip, content.actor_user_agent, content.action,
        content.resource_type, content.resource_id, content.description, _json(content.old_value),
        _json(content.new_value), _json(content.metadata), content.request_id, content.created_at,
        content.recorded_at,
    )  # fmt: skip


def _json(value: dict[str, Any] | None) -> str | None:
    """What was hashed is, byte for byte, what is stored."""
    return None if value is None else canonical(value).decode()


def _text(value: str | None) -> str | None:
    """Without NUL, the one character that PostgreSQL's text can't hold."""
    return value.replace("\x00", "\ufffd") if value else value
