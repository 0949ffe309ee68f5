"""HTTP shape of an audit entry."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from vaultaris_audit.entries.models import AuditEntry


class AuditEntryOut(BaseModel):
    """One entry. ``hash`` covers every field and, through ``previous_hash``, all entries before it."""

    id: UUID
    tenant_id: UUID
    actor_id: UUID | None
    actor_type: str = Field(description="user, client, api_key, service or system.")
    actor_tenant_id: UUID | None = Field(description="The actor's own tenant.")
    actor_ip: str | None
    actor_user_agent: str | None
    action: str
    resource_type: str
    resource_id: UUID | None
    description: str | None
    old_value: dict[str, Any] | None
    new_value: dict[str, Any] | None
    metadata: dict[str, Any]
    created_at: datetime
    recorded_at: datetime
    request_id: str | None
    sequence: int
    previous_hash: str = Field(description="Hexadecimal.")
    hash: str = Field(description="Hexadecimal SHA-256.")


def entry_out(row: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut(
        id=row.id,
        tenant_id=row.tenant_id,
        actor_id=row.actor_id,
        actor_type=row.actor_type,
        actor_tenant_id=row.actor_tenant_id,
        actor_ip=row.actor_ip,
        actor_user_agent=row.actor_user_agent,
        action=row.action,
        resource_type=row.resource_type,
        resource_id=row.resource_id,
        description=row.description,
        old_value=row.old_value,
        new_value=row.new_value,
        metadata=row.details,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
        request_id=row.request_id,
        sequence=row.sequence,
        previous_hash=row.previous_hash.hex(),
        hash=row.hash.hex(),
    )
