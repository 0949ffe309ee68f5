"""HTTP shape of a session."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from vaultaris_sessions.sessions.models import Session


class SessionOut(BaseModel):
    """One session."""

    id: UUID
    session_id: str = Field(description="The `sid` claim of this session's tokens, as an opaque string.")
    user_id: UUID
    tenant_id: UUID
    client_id: str | None
    user_agent: str | None
    ip_address: str | None
    auth_method: str | None = Field(description="RFC 8176 values, separated by spaces.")
    mfa_verified: bool
    is_active: bool
    last_activity_at: datetime
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None


def session_out(row: Session) -> SessionOut:
    return SessionOut(
        id=row.id,
        session_id=str(row.id),
        user_id=row.user_id,
        tenant_id=row.tenant_id,
        client_id=row.client_id,
        user_agent=row.user_agent,
        ip_address=row.ip_address,
        auth_method=row.auth_method,
        mfa_verified=row.mfa_verified,
        is_active=row.is_active,
        last_activity_at=row.last_activity_at,
        expires_at=row.expires_at,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
