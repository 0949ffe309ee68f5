"""The one event shape: it feeds audit, cache invalidation, statistics and plugin hooks.

Events travel as JSON on ``vaultaris.events.<service>.<type>``; ``docs/events.md`` lists the types.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from vaultaris_kit.context import current_request
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.logs import redact
from vaultaris_kit.principal import Principal

STREAM = "EVENTS"
SUBJECT_PREFIX = "vaultaris.events"


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened in a tenant.

    ``type`` is ``<noun>.<past participle>`` (``user.created``). ``old_value`` and ``new_value`` are the
    object before and after, without secrets.
    """

    id: UUID
    type: str
    tenant_id: UUID
    occurred_at: datetime
    actor_type: str
    actor_id: UUID | None = None
    actor_tenant_id: UUID | None = None
    actor_ip: str | None = None
    actor_user_agent: str | None = None
    resource_type: str
    resource_id: UUID | None = None
    description: str | None = None
    old_value: dict[str, Any] | None = None
    new_value: dict[str, Any] | None = None
    metadata: dict[str, Any] = {}
    request_id: str | None = None
    traceparent: str | None = None

    def subject(self, service: str) -> str:
        """Where it is published."""
        return f"{SUBJECT_PREFIX}.{service}.{self.type}"


encode_event = msgspec.json.Encoder().encode
decode_event = msgspec.json.Decoder(Event).decode
_decode_several = msgspec.json.Decoder(list[Event]).decode


def join_events(payloads: Sequence[bytes]) -> bytes:
    """The payload of one message that carries several encoded events: a JSON array."""
    return b"[" + b",".join(payloads) + b"]"


def decode_events(payload: bytes) -> list[Event]:
    """The events of a message: one, or several observations of one type. Raises ``msgspec.DecodeError``."""
    return _decode_several(payload) if payload.startswith(b"[") else [decode_event(payload)]


def new_event(
    principal: Principal,
    event_type: str,
    tenant_id: UUID,
    *,
    resource_type: str,
    resource_id: UUID | None = None,
    description: str | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Event:
    """An event of now, by ``principal``, in the current request; values that look secret are masked."""
    request = current_request()
    return Event(
        id=new_id(),
        type=event_type,
        tenant_id=tenant_id,
        occurred_at=now(),
        actor_type=principal.kind,
        actor_id=principal.id if principal.kind != "system" else None,
        actor_tenant_id=principal.tenant_id if principal.kind != "system" else None,
        actor_ip=request.address,
        actor_user_agent=request.user_agent,
        resource_type=resource_type,
        resource_id=resource_id,
        description=description,
        old_value=redact(dict(old)) if old is not None else None,
        new_value=redact(dict(new)) if new is not None else None,
        metadata=redact(dict(metadata)) if metadata else {},
        request_id=request.request_id,
        traceparent=request.traceparent,
    )
