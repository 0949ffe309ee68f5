"""Simulations on the wire."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from vaultaris_kit.http.fields import CreateBody, JsonObject
from vaultaris_policy.evaluation.schemas import ActionName, ResourceName
from vaultaris_policy.policies.schemas import PolicyCreate, PolicyUpdate

MAX_DRAFTED: Final = 200
MAX_REQUESTS: Final = 500
MAX_USERS: Final = 100


class Replacement(PolicyUpdate):
    """An existing policy and what it would say differently; missing fields keep their value."""

    id: UUID


class Draft(CreateBody):
    """Changes to the policies in force. With ``only`` those in ``add`` and ``replace`` are all that there would be."""

    add: Annotated[list[PolicyCreate], Field(max_length=MAX_DRAFTED)] = Field(default_factory=list)
    replace: Annotated[list[Replacement], Field(max_length=MAX_DRAFTED)] = Field(default_factory=list)
    remove: Annotated[list[UUID], Field(max_length=MAX_DRAFTED)] = Field(default_factory=list)
    only: bool = False


class Given(CreateBody):
    """A question about a user."""

    user_id: UUID
    resource: ResourceName
    action: ActionName
    context: JsonObject | None = None


class SimulationRequest(CreateBody):
    """Either ``requests``, or ``recorded``: that many of the questions asked lately."""

    draft: Draft
    requests: Annotated[list[Given], Field(max_length=MAX_REQUESTS)] = Field(default_factory=list)
    recorded: Annotated[int, Field(strict=True, ge=0, le=MAX_REQUESTS)] = 0

    @model_validator(mode="after")
    def _one_of_both(self) -> "SimulationRequest":
        if bool(self.requests) == bool(self.recorded):
            raise ValueError("either requests or recorded is needed")
        return self


class AnswerOut(BaseModel):
    allowed: bool
    reason: str
    matched_policy: str | None


class Change(BaseModel):
    """A question whose answer would be another. Of a recorded one the context is not known: both are without it."""

    user_id: UUID
    resource: str
    action: str
    before: AnswerOut
    after: AnswerOut
    asked: int = Field(description="How often it was asked lately; 1 for a given one.")
    context_omitted: bool


class Simulation(BaseModel):
    """``changes`` are those that flip between yes and no, and those decided by something else."""

    evaluated: int
    skipped: int = Field(description="Recorded questions about users who are gone, or beyond the first hundred users.")
    newly_allowed: int
    newly_denied: int
    changes: list[Change]
