"""Requests as the specification writes them (sections 5 to 7). Members that it does not name are ignored."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta
from pydantic import BaseModel, Field

from vaultaris_policy.checks.schemas import MAX_ACTION_CHARS

MAX_EVALUATIONS: Final = 100
MAX_TYPE_CHARS: Final = 128
MAX_ID_CHARS: Final = 320

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]
Kind = Annotated[str, Meta(min_length=1, max_length=MAX_TYPE_CHARS)]
Ident = Annotated[str, Meta(min_length=1, max_length=MAX_ID_CHARS)]
Properties = dict[str, Any]


class Subject(msgspec.Struct):
    """``user``: a user's id, user name or e-mail address. Subjects of other types are taken as told."""

    type: Kind
    id: Ident
    properties: Properties | None = None


class Action(msgspec.Struct):
    name: Annotated[str, Meta(min_length=1, max_length=MAX_ACTION_CHARS)]
    properties: Properties | None = None


class Resource(msgspec.Struct):
    type: Kind
    id: Ident
    properties: Properties | None = None


class Evaluation(msgspec.Struct):
    """One question; in a batch what is missing comes from the request."""

    subject: Subject | None = None
    action: Action | None = None
    resource: Resource | None = None
    context: Properties | None = None


class Options(msgspec.Struct):
    evaluations_semantic: Semantic = "execute_all"


class EvaluationRequest(msgspec.Struct):
    """Section 6."""

    subject: Subject
    action: Action
    resource: Resource
    context: Properties | None = None


class EvaluationsRequest(Evaluation):
    """Section 7. Without ``evaluations`` it is a single evaluation."""

    evaluations: Annotated[list[Evaluation], Meta(max_length=MAX_EVALUATIONS)] | None = None
    options: Options | None = None


class EvaluationResponse(BaseModel):
    """Section 6.2. A denial is an answer; ``context.error`` tells of a subject that is not known."""

    decision: bool
    context: dict[str, Any] | None = None


class EvaluationsResponse(BaseModel):
    """Section 7.2; without ``evaluations`` in the request the answer is that of a single evaluation."""

    evaluations: list[EvaluationResponse]


class Configuration(BaseModel):
    """Section 9.1."""

    policy_decision_point: str = Field(description="The base address.")
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str
