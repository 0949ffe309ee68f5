"""What is asked and answered. Structs, because these bodies are read on the hottest paths."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import BaseModel, Field

MAX_CHECKS: Final = 100
MAX_RESOURCE_CHARS: Final = 512
MAX_ACTION_CHARS: Final = 128

Resource = Annotated[
    str, Meta(min_length=1, max_length=MAX_RESOURCE_CHARS, description="`type` or `type:id`, such as `orders:42`.")
]
Action = Annotated[str, Meta(min_length=1, max_length=MAX_ACTION_CHARS)]
Context = Annotated[dict[str, Any] | None, Meta(description="Free attributes for conditions; at most 64 KiB.")]


class CheckRequest(msgspec.Struct):
    """One question."""

    user_id: UUID
    resource: Resource
    action: Action
    context: Context = None


class BatchItem(msgspec.Struct):
    """One of many questions about the same user."""

    resource: Resource
    action: Action
    context: Context = None


class BatchCheckRequest(msgspec.Struct):
    """Many questions about one user."""

    user_id: UUID
    checks: Annotated[list[BatchItem], Meta(min_length=1, max_length=MAX_CHECKS)]


class CheckAnswer(BaseModel):
    """A denial is an answer: ``allowed`` false, with a reason."""

    allowed: bool
    reason: str | None
    matched_policy: str | None = Field(description="Name of the policy that decided, if one did.")


class BatchAnswerItem(BaseModel):
    resource: str
    action: str
    allowed: bool
    reason: str | None
    matched_policy: str | None


class BatchAnswer(BaseModel):
    """Answers in the order of the questions."""

    results: list[BatchAnswerItem]
    all_allowed: bool
