"""Every event of the product becomes one entry of its tenant's chain, once."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_audit.chain.canonical import GENESIS, link
from vaultaris_audit.entries.content import content_of
from vaultaris_audit.entries.models import AuditEntry
from vaultaris_audit.entries.repository import heads, known
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.ids import now

SUBJECTS: Final = (">",)

_LOCK = text("SELECT pg_advisory_xact_lock(key) FROM unnest(:keys) AS tenant (key)").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
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
        async with self._database.instance() as session:
            await _lock(session, {event.tenant_id for event in events})
            present = await known(session, [event.id for event in events])
            fresh = {event.id: event for event in events if event.id not in present}
            await _append(session, list(fresh.values()))


async def _lock(session: AsyncSession, tenants: Iterable[UUID]) -> None:
    await session.execute(_LOCK, {"keys": sorted(map(_lock_key, tenants))})


def _lock_key(tenant_id: UUID) -> int:
    """A number for PostgreSQL's advisory locks, which all schemas share."""
    return int.from_bytes(sha256(b"audit chain" + tenant_id.bytes).digest()[:8], signed=True)


async def _append(session: AsyncSession, events: Sequence[Event]) -> None:
    tips = dict(await heads(session, list({event.tenant_id for event in events})))
    for event in events:
        sequence, previous_hash = tips.get(event.tenant_id, (0, GENESIS))
        entry = entry_of(event, sequence + 1, previous_hash)
        session.add(entry)
        tips[event.tenant_id] = (entry.sequence, entry.hash)


def entry_of(event: Event, sequence: int, previous_hash: bytes) -> AuditEntry:
    """The entry that an event becomes at its place in the chain."""
    entry = AuditEntry(
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
        details=event.metadata,
        request_id=_text(event.request_id),
        created_at=event.occurred_at,
        recorded_at=now(),
        previous_hash=previous_hash,
    )
    entry.hash = link(previous_hash, content_of(entry))
    return entry


def _text(value: str | None) -> str | None:
    """Without NUL, the one character that PostgreSQL's text can't hold."""
    return value.replace("\x00", "\ufffd") if value else value
