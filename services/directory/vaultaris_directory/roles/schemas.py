"""Roles on the wire (shapes of the public API)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from vaultaris_directory.roles.models import Role
from vaultaris_kit.http.fields import CreateBody, Description, JsonObject, Label, Name, UpdateBody

MAX_MEMBERS = 100


class RoleCreate(CreateBody):
    name: Name
    display_name: Label | None = None
    description: Description | None = None
    is_composite: bool = False
    composite_role_ids: list[UUID] = Field(default_factory=list, max_length=MAX_MEMBERS)
    meta: JsonObject = Field(default_factory=dict, alias="metadata")


class RoleUpdate(UpdateBody):
    clearable: ClassVar[frozenset[str]] = frozenset({"display_name", "description"})

    name: Name | None = None
    display_name: Label | None = None
    description: Description | None = None
    is_composite: bool | None = None
    composite_role_ids: list[UUID] | None = Field(None, max_length=MAX_MEMBERS)
    meta: JsonObject | None = Field(None, alias="metadata")


class RoleOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    name: str
    display_name: str | None
    description: str | None
    is_system: bool
    is_composite: bool
    meta: dict[str, Any] = Field(serialization_alias="metadata")
    created_at: datetime
    updated_at: datetime
    composite_role_ids: list[UUID] = []
    freeze_reason: str | None
    deleted_at: datetime | None


def role_out(row: Role, members: Sequence[UUID] = ()) -> RoleOut:
    """``members`` are the roles that a composite role inherits from."""
    out = RoleOut.model_validate(row)
    out.composite_role_ids = list(members)
    return out


class PermissionAttachment(CreateBody):
    permission_id: UUID
