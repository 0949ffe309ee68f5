"""Groups on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_kit.http.fields import CreateBody, Description, JsonObject, Label, UpdateBody

GroupName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^/\x00-\x1f]+$")
]
"""No slash: it separates the names in a path."""


class GroupCreate(CreateBody):
    name: GroupName
    parent_id: UUID | None = None
    display_name: Label | None = None
    description: Description | None = None
    meta: JsonObject = Field(default_factory=dict, alias="metadata")


class GroupUpdate(UpdateBody):
    """Null as ``parent_id`` moves the group to the root."""

    clearable: ClassVar[frozenset[str]] = frozenset({"parent_id", "display_name", "description"})

    name: GroupName | None = None
    parent_id: UUID | None = None
    display_name: Label | None = None
    description: Description | None = None
    meta: JsonObject | None = Field(None, alias="metadata")


class GroupOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    parent_id: UUID | None
    name: str
    display_name: str | None
    description: str | None
    path: str
    meta: dict[str, Any] = Field(serialization_alias="metadata")
    created_at: datetime
    updated_at: datetime
    freeze_reason: str | None
    deleted_at: datetime | None


class RoleConferral(CreateBody):
    role_id: UUID
