"""What is asked and answered. Structs, because these bodies are read on the hottest paths."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import BaseModel, Field

MAX_CHECKS: Final = 100
MAX_RESOURCE_CHARS: Final = 512
MAX_ACTION_CHARS: Final = 128
MAX_EXPLAINED: Final = 10

Resource = Annotated[
    str, Meta(min_length=1, max_length=MAX_RESOURCE_CHARS, description="`type` or `type:id`, such as `orders:42`.")
]
Action = Annotated[str, Meta(min_length=1, max_length=MAX_ACTION_CHARS)]
Explain = Annotated[bool, Meta(description="Whether the answer carries a trace.")]
FreshAs = Annotated[
    str | None,
    Meta(description="A `Vaultaris-Consistency-Token`: the answer takes that write into account for certain."),
]
Context = Annotated[dict[str, Any] | None, Meta(description="Free attributes for conditions; at most 64 KiB.")]


class CheckRequest(msgspec.Struct):
    """One question."""

    user_id: UUID
    resource: Resource
    action: Action
    context: Context = None
    explain: Explain | None = None
    at_least_as_fresh: FreshAs = None


class KeyCheckRequest(msgspec.Struct):
    """A question about the API key that it comes with."""

    resource: Resource
    action: Action
    context: Context = None
    explain: Explain | None = None
    at_least_as_fresh: FreshAs = None


class BatchItem(msgspec.Struct):
    """One of many questions about the same user."""

    resource: Resource
    action: Action
    context: Context = None


class BatchCheckRequest(msgspec.Struct):
    """Many questions about one user."""

    user_id: UUID
    checks: Annotated[list[BatchItem], Meta(min_length=1, max_length=MAX_CHECKS)]
    explain: Explain | None = None
    at_least_as_fresh: FreshAs = None


class Trace(BaseModel):
    """Why: what fits the question, condition by condition. At most 20 policies and 20 permissions are told."""

    decided_by: Literal["policy", "role", "nothing", "user", "scopes"]
    policies: list[dict[str, Any]] = Field(
        description="Those whose pattern and actions fit: the one that decided, other matches, the rest."
    )
    grants: list[dict[str, Any]] = Field(description="The user's permissions that fit, with the role of each.")
    truncated: bool


class CheckAnswer(BaseModel):
    """A denial is an answer: ``allowed`` false, with a reason."""

    allowed: bool
    reason: str | None
    matched_policy: str | None = Field(description="Name of the policy that decided, if one did.")
    trace: Trace | None = Field(None, description="Only with `explain`.")


class BatchAnswerItem(BaseModel):
    resource: str
    action: str
    allowed: bool
    reason: str | None
    matched_policy: str | None
    trace: Trace | None = Field(None, description="Only with `explain`, for at most 10 checks.")


class BatchAnswer(BaseModel):
    """Answers in the order of the questions."""

    results: list[BatchAnswerItem]
    all_allowed: bool
