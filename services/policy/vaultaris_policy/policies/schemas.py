"""Policies on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_kit.http.conditions import Conditions
from vaultaris_kit.http.fields import CreateBody, Description, Label, Name, UpdateBody

MAX_ACTIONS: Final = 100
MAX_PATTERN_CHARS: Final = 200
MAX_INT32: Final = 2**31 - 1

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PATTERN_CHARS)]
Actions = Annotated[list[Pattern], Field(min_length=1, max_length=MAX_ACTIONS)]
Priority = Annotated[int, Field(strict=True, ge=-MAX_INT32 - 1, le=MAX_INT32)]
Effect = Literal["allow", "deny"]
Status = Literal["active", "inactive"]


class PolicyCreate(CreateBody):
    """``*`` in ``resource_pattern`` and ``actions`` stands for anything within a segment."""

    name: Name
    effect: Effect
    resource_pattern: Pattern
    actions: Actions
    display_name: Label | None = None
    description: Description | None = None
    priority: Priority = 0
    conditions: Conditions = Field(default_factory=dict)
    status: Status = "active"


class PolicyUpdate(UpdateBody):
    clearable: ClassVar[frozenset[str]] = frozenset({"display_name", "description"})

    name: Name | None = None
    effect: Effect | None = None
    resource_pattern: Pattern | None = None
    actions: Actions | None = None
    display_name: Label | None = None
    description: Description | None = None
    priority: Priority | None = None
    conditions: Conditions = None
    status: Status | None = None


class PolicyState(BaseModel):
    """What a policy says."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    effect: Effect
    resource_pattern: str
    actions: list[str]
    display_name: str | None
    description: str | None
    priority: int
    conditions: dict[str, Any]
    status: Status


class PolicyOut(PolicyState):
    id: UUID
    tenant_id: UUID
    created_at: datetime
    updated_at: datetime


class PolicyVersionOut(BaseModel):
    """What a policy said from ``changed_at`` on, and who made it so."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    changed_at: datetime
    actor_type: str
    actor_id: UUID | None
    policy: PolicyState = Field(validation_alias="state")
