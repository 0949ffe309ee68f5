"""The canonical form that is hashed, so that anybody can recompute a chain from exported entries."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

GENESIS: Final = bytes(32)
"""``previous_hash`` of a tenant's first entry."""

_encode = msgspec.json.Encoder(order="sorted").encode


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an entry says; each of its fields is under the hash."""

    id: UUID
    tenant_id: UUID
    sequence: int
    actor_id: UUID | None
    actor_type: str
    actor_tenant_id: UUID | None
    actor_ip: str | None
    actor_user_agent: str | None
    action: str
    resource_type: str
    resource_id: UUID | None
    description: str | None
    old_value: dict[str, Any] | None
    new_value: dict[str, Any] | None
    metadata: dict[str, Any]
    request_id: str | None
    created_at: datetime
    recorded_at: datetime


def canonical(value: Any) -> bytes:
    """JSON in UTF-8 without white space, members sorted by name at every depth, UUIDs in lower case with hyphens.

    Times are RFC 3339 in UTC with ``Z`` and, unless they are whole seconds, six decimals.
    """
    return _encode(value)


def link(previous_hash: bytes, content: Content) -> bytes:
    """The hash of an entry: SHA-256 over the 32 bytes of the hash before it and its own canonical form."""
    return sha256(previous_hash + canonical(content)).digest()
