"""What a user may do, and who may do something, on the wire."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from vaultaris_kit.http.fields import CreateBody, JsonObject
from vaultaris_policy.evaluation.schemas import ActionName, ResourceName

MAX_SUBJECTS: Final = 200
MAX_CURSOR_CHARS: Final = 100


class StepOut(BaseModel):
    """A group that was joined or lies above one, or a role that is held or lies within a composite one."""

    kind: Literal["group", "role"]
    id: UUID
    name: str = Field(description="A role's name, or a group's path.")


class GrantedBy(BaseModel):
    role_id: UUID
    role_name: str
    paths: list[list[StepOut]] = Field(description="At most 10, the shortest first, each down to the role itself.")


class PermissionOut(BaseModel):
    id: UUID
    permission: str = Field(description="`resource:action`.")
    resource: str
    action: str
    conditions: dict[str, Any] | list[Any] = Field(description="It grants only while these hold; `{}` is always.")
    granted_by: list[GrantedBy] | None = Field(None, description="Only with `explain`.")


class NamedOut(BaseModel):
    id: UUID
    name: str


class GroupOut(NamedOut):
    path: str


class UserPermissions(BaseModel):
    """``active`` false means that none of it counts at the moment, for ``reason``."""

    user_id: UUID
    active: bool
    reason: str | None
    roles: list[NamedOut]
    groups: list[GroupOut]
    permissions: list[PermissionOut]


class SubjectsRequest(CreateBody):
    """Who may do ``action`` on ``resource``?"""

    resource: ResourceName
    action: ActionName
    context: JsonObject | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=MAX_SUBJECTS, description="How many subjects at most.")] = 50
    cursor: Annotated[str, StringConstraints(max_length=MAX_CURSOR_CHARS)] | None = None


class SubjectOut(BaseModel):
    user_id: UUID
    username: str
    display_name: str | None
    reason: str
    matched_policy: str | None


class Subjects(BaseModel):
    """``next_cursor`` null means that everybody has been looked at; a page may be empty and not be the last."""

    subjects: list[SubjectOut]
    next_cursor: str | None
    examined: int = Field(description="How many users were looked at for this page.")
    candidates: Literal["permission_holders", "all_users"] = Field(
        description="Whom it can be at all: an allow policy that fits may grant it to anybody, else a role has to."
    )
