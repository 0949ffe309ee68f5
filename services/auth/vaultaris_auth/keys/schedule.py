"""Rotation on schedule: a new key is published some time before it signs, and the old one verifies some time after.

Every replica looks now and then; a lock in the database lets one of them work at a time, some keys to a transaction.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.keys import operations, repository
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.ids import now
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

BATCH: Final = 50
_EVERY_SECONDS: Final = 60.0
_LOCK: Final = 0x6B657973  # any fixed number
_ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:lock)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """``period``: how old a signing key grows; zero: rotation on demand only. ``published_ahead``: see above."""

    period: timedelta
    published_ahead: timedelta


async def keep_rotating(database: Database, keyring: Keyring, schedule: Schedule) -> None:
    """Runs until cancelled."""
    while schedule.period:
        try:
            while await rotate_due(database, keyring, schedule) == BATCH:
                pass
        except Unavailable:
            log.warning("key_rotation_postponed")
        await asyncio.sleep(_EVERY_SECONDS)


async def rotate_due(database: Database, keyring: Keyring, schedule: Schedule) -> int:
    """Publishes and activates what is due, a batch of it; returns how many keys."""
    async with database.instance() as session:
        if not await session.scalar(_ONE_AT_A_TIME, {"lock": _LOCK}):
            return 0
        activated = await _activate(session, schedule)
        published = await _publish(session, keyring.sealer, schedule)
    if activated or published:
        keyring.forget()
    return max(activated, published)


async def _activate(session: AsyncSession, schedule: Schedule) -> int:
    """Keys that everybody can have seen begin to sign."""
    pending = await repository.pending_keys(session, now() - schedule.published_ahead, BATCH)
    for key in pending:
        await operations.activate_key(session, key)
    return len(pending)


async def _publish(session: AsyncSession, sealer: Sealer, schedule: Schedule) -> int:
    """Successors of keys that will be too old by the time their successors may sign."""
    due = await repository.keys_to_replace(session, now() - schedule.period + schedule.published_ahead, BATCH)
    for key in due:
        await operations.publish_successor(session, sealer, key)
    return len(due)
