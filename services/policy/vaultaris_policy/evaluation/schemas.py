"""What is evaluated and answered (shapes of the public API)."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.http.fields import CreateBody, JsonObject
from vaultaris_policy.checks.schemas import MAX_ACTION_CHARS, MAX_RESOURCE_CHARS, Trace
from vaultaris_policy.engine.policies import Policy

MAX_NAMES: Final = 1000

Names = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=300)]], Field(max_length=MAX_NAMES)]
ResourceName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_RESOURCE_CHARS)]
ActionName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ACTION_CHARS)]
Explain = Annotated[bool, Field(description="Whether the answer carries a trace.")]


class Subject(CreateBody):
    """Whoever asks, just as supplied: nothing is looked up."""

    id: UUID
    tenant_id: UUID
    roles: Names | None = None
    groups: Names | None = None
    permissions: Names | None = None
    attributes: JsonObject | None = None


class ResourceBody(CreateBody):
    resource_type: ResourceName
    resource_id: UUID | None = None
    owner_id: UUID | None = None
    tenant_id: UUID | None = None
    attributes: JsonObject | None = None


class Environment(CreateBody):
    ip_address: Annotated[str, StringConstraints(max_length=100)] | None = None
    user_agent: Annotated[str, StringConstraints(max_length=1000)] | None = None
    attributes: JsonObject | None = None


class EvaluateRequest(CreateBody):
    subject: Subject
    resource: ResourceBody
    action: ActionName
    environment: Environment | None = None
    explain: Explain = False


class AccessRequest(CreateBody):
    """What a user wants to do. ``resource`` may name the type alone or ``type:id``."""

    resource: ResourceName
    action: ActionName
    resource_id: ResourceName | None = None
    owner_id: ResourceName | None = None
    context: JsonObject | None = None
    explain: Explain = False


class MatchedPolicy(BaseModel):
    policy_id: UUID
    policy_name: str
    effect: Literal["allow", "deny"]
    priority: int


class EvaluationAnswer(BaseModel):
    """``not_applicable`` means that nothing matched, which is no."""

    allowed: bool
    effect: Literal["allow", "deny", "not_applicable"]
    matched_policies: list[MatchedPolicy] = Field(description="In order of precedence; the first thousand.")
    reason: str | None
    trace: Trace | None = Field(None, description="Only with `explain`.")


def matched_policies(policies: Sequence[Policy]) -> list[MatchedPolicy]:
    return [
        MatchedPolicy(
            policy_id=UUID(policy.source.id),
            policy_name=policy.source.name,
            effect=policy.source.effect,
            priority=policy.source.priority,
        )
        for policy in policies[:MAX_LIST]
    ]


class AttributeOut(BaseModel):
    path: str
    type: Literal["string", "number", "boolean", "array", "object"]
    description: str
    enum: list[str] | None = None


class OperatorOut(BaseModel):
    name: str
    label: str
    operand: Literal["none", "scalar", "array", "range"]
    types: list[str]


class ConditionsSchema(BaseModel):
    attributes: list[AttributeOut]
    operators: list[OperatorOut]
    combinators: list[Literal["all", "any", "not"]]
    resource_types: list[str]
    actions: list[str]


def trace_of(raw: dict[str, Any] | None) -> Trace | None:
    return Trace.model_validate(raw) if raw is not None else None
