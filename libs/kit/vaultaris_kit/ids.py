"""Identifiers: UUIDv7 (RFC 9562 section 5.7), which sort by the millisecond they were made in."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import uuid_utils

MASTER_TENANT_ID = UUID("00000000-0000-0000-0000-000000000001")
"""The tenant that administers the instance; only its administrators act across tenants."""

_VERSION_7 = 7
_CHARS: Final = 36
_KNOWN: Final = 16_384


def new_id() -> UUID:
    """A new time-ordered id."""
    return UUID(int=uuid_utils.uuid7().int)


def read_id(text: str) -> UUID:
    """The id that ``text`` spells. Raises ``ValueError`` for what spells none.

    The same few texts come again and again, and one object for each of them is also found faster in every dictionary.
    """
    return _read(text) if len(text) == _CHARS else UUID(text)


@lru_cache(_KNOWN)
def _read(text: str) -> UUID:
    return UUID(text)


def created_ms(identifier: UUID) -> int:
    """When a UUIDv7 was made, in milliseconds since the epoch; 0 for every other kind of UUID."""
    return identifier.int >> 80 if identifier.version == _VERSION_7 else 0


def last_id_of(milliseconds: int) -> UUID:
    """The greatest id that can be made in that millisecond: every UUIDv7 of a later one is greater."""
    return UUID(int=(milliseconds + 1 << 80) - 1)


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)
