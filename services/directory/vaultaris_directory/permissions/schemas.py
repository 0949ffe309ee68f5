"""Permissions on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from vaultaris_kit.http.conditions import Conditions
from vaultaris_kit.http.fields import CreateBody, Description, Label, UpdateBody

PermissionName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Resource = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$")]
Action = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\s:\x00-\x1f]+$")]


class PermissionCreate(CreateBody):
    """``*`` stands for every resource or every action; ``conditions`` are in the language of policies."""

    name: PermissionName
    resource: Resource
    action: Action
    display_name: Label | None = None
    description: Description | None = None
    conditions: Conditions = None


class PermissionUpdate(UpdateBody):
    clearable: ClassVar[frozenset[str]] = frozenset({"display_name", "description"})

    name: PermissionName | None = None
    resource: Resource | None = None
    action: Action | None = None
    display_name: Label | None = None
    description: Description | None = None
    conditions: Conditions = None


class PermissionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    name: str
    resource: str
    action: str
    display_name: str | None
    description: str | None
    conditions: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    is_system: bool
    freeze_reason: str | None
    deleted_at: datetime | None
