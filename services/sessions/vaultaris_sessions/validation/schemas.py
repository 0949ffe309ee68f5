"""HTTP shape of a session's validation."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class ValidatedSession(BaseModel):
    user_id: UUID
    tenant_id: UUID
    is_active: bool
    mfa_verified: bool
    expires_at: datetime


class ValidatedUser(BaseModel):
    id: UUID
    username: str
    email: str


class SessionValidation(BaseModel):
    """``error`` says in a word why a session is not good: unknown, ended, expired, revoked or user_inactive."""

    valid: bool
    session: ValidatedSession | None = None
    user: ValidatedUser | None = None
    error: str | None = None
