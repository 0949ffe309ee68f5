"""Deciding, the same for HTTP and gRPC."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_kit.bus import Bus
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.decision import Question as EngineQuestion
from vaultaris_policy.engine.decision import decide
from vaultaris_policy.engine.grants import PermissionSet
from vaultaris_policy.engine.policies import EMPTY


class Question(Protocol):
    """What the user wants to do: a body's item or a message's, just as it came."""

    @property
    def resource(self) -> str: ...

    @property
    def action(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and why."""

    allowed: bool
    reason: str
    matched_policy: str | None = None


class Checks:
    """Decides on the user's permissions of this moment, and lets the trail know of denials."""

    def __init__(self, snapshots: Snapshots, bus: Bus) -> None:
        self._snapshots, self._bus = snapshots, bus

    async def answer(
        self,
        principal: Principal,
        *,
        tenant_id: UUID,
        user_id: UUID,
        questions: Sequence[Question],
        caller: str | None = None,
    ) -> list[Answer]:
        """Answers in the order of the questions. Raises :class:`NotFound` for an unknown user.

        ``caller`` names the calling service when ``principal`` does not tell.
        """
        effective, permissions = await self._snapshots.of_user(tenant_id, user_id)
        if effective.active:
            answers = [_answer(permissions, question) for question in questions]
        else:
            answers = [Answer(False, _why_not(effective.answer.user))] * len(questions)
        denied = [(asked, told) for asked, told in zip(questions, answers, strict=True) if not told.allowed]
        if denied:
            self._observe(principal, tenant_id, user_id, _facts(denied, single=len(questions) == 1, caller=caller))
        return answers

    def _observe(self, principal: Principal, tenant_id: UUID, user_id: UUID, facts: dict[str, Any]) -> None:
        event = new_event(
            principal, "permission.denied", tenant_id, resource_type="user", resource_id=user_id, metadata=facts
        )
        self._bus.observe("policy", event, encode_event(event))


def _answer(permissions: PermissionSet, question: Question) -> Answer:
    kind, _, ident = question.resource.partition(":")
    decision = decide(EngineQuestion(question.action, kind, ident or None, {}), permissions, EMPTY)
    return Answer(decision.allowed, decision.reason, decision.policy.source.name if decision.policy else None)


def _why_not(user: User) -> str:
    if user.freeze_reason:
        return f"The user is frozen: {user.freeze_reason}."
    return f"The user is {user.status}."


def _facts(denied: Iterable[tuple[Question, Answer]], *, single: bool, caller: str | None) -> dict[str, Any]:
    """What the trail keeps: of one question itself, of a batch the list of what was denied."""
    listed = [{"resource": asked.resource, "action": asked.action, "reason": told.reason} for asked, told in denied]
    facts: dict[str, Any] = listed[0] if single else {"denied": listed}
    return {**facts, "caller": caller} if caller else facts
