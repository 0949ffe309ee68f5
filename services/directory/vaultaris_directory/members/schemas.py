"""Members of an application on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vaultaris_kit.http.fields import CreateBody, UpdateBody

Role = Literal["owner", "admin", "member"]
Status = Literal["pending", "active", "suspended"]


class MemberAdd(CreateBody):
    """``auto_activate`` spares the person to accept."""

    user_id: UUID
    role: Role = "member"
    auto_activate: bool = False


class MemberUpdate(UpdateBody):
    role: Role | None = None
    status: Status | None = None


class MemberOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    application_id: UUID
    tenant_id: UUID
    role: str
    status: str
    invited_at: datetime
    accepted_at: datetime | None
