"""Deciding, the same for HTTP and gRPC."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_kit.bus import Bus
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.attributes import question_of
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.decision import Evaluation, decide, evaluate
from vaultaris_policy.engine.decision import Question as EngineQuestion
from vaultaris_policy.engine.grants import PermissionSet
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.engine.trace import explain

PoliciesOf = Callable[[UUID], Awaitable[PolicySet]]
"""The active policies of a tenant, at this moment."""

_UNASKED = {"decided_by": "user", "policies": [], "grants": [], "truncated": False}
_NOTHING_APPLIES = Evaluation("not_applicable", ())


class Question(Protocol):
    """What the user wants to do: a body's item, just as it came."""

    @property
    def resource(self) -> str: ...

    @property
    def action(self) -> str: ...

    @property
    def context(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision was made on."""

    question: EngineQuestion
    permissions: PermissionSet
    policies: PolicySet


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and why. ``case`` is None when the user may not act at all."""

    allowed: bool
    reason: str
    matched_policy: str | None = None
    case: Case | None = None

    def trace(self) -> dict[str, Any]:
        """The long answer to why, worked out when it is asked for."""
        return explain(self.case.question, self.case.permissions, self.case.policies) if self.case else _UNASKED

    def evaluation(self) -> Evaluation:
        """The policies that matched, without roles."""
        return evaluate(self.case.question, self.case.policies) if self.case else _NOTHING_APPLIES


class Checks:
    """Decides on the permissions and policies of this moment, and lets the trail know of denials."""

    def __init__(self, snapshots: Snapshots, policies_of: PoliciesOf, bus: Bus) -> None:
        self._snapshots, self._policies_of, self._bus = snapshots, policies_of, bus

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
        user = await self._snapshots.of_user(tenant_id, user_id)
        if user.effective.active:
            policies, at = await self._policies_of(tenant_id), now()
            answers = [
                _decide(
                    Case(
                        question_of(user.subject, asked.resource, asked.action, asked.context, at),
                        user.permissions,
                        policies,
                    )
                )
                for asked in questions
            ]
        else:
            answers = [Answer(False, _why_not(user.effective.answer.user))] * len(questions)
        denied = [(asked, told) for asked, told in zip(questions, answers, strict=True) if not told.allowed]
        if denied:
            self._observe(principal, tenant_id, user_id, _facts(denied, single=len(questions) == 1, caller=caller))
        return answers

    def _observe(self, principal: Principal, tenant_id: UUID, user_id: UUID, facts: dict[str, Any]) -> None:
        event = new_event(
            principal, "permission.denied", tenant_id, resource_type="user", resource_id=user_id, metadata=facts
        )
        self._bus.observe("policy", event, encode_event(event))


def _decide(case: Case) -> Answer:
    decision = decide(case.question, case.permissions, case.policies)
    name = decision.policy.source.name if decision.policy else None
    return Answer(decision.allowed, decision.reason, name, case)


def _why_not(user: User) -> str:
    if user.freeze_reason:
        return f"The user is frozen: {user.freeze_reason}."
    return f"The user is {user.status}."


def _facts(denied: Iterable[tuple[Question, Answer]], *, single: bool, caller: str | None) -> dict[str, Any]:
    """What the trail keeps: of one question itself, of a batch the list of what was denied."""
    listed = [_fact(asked, told) for asked, told in denied]
    facts: dict[str, Any] = listed[0] if single else {"denied": listed}
    return {**facts, "caller": caller} if caller else facts


def _fact(asked: Question, told: Answer) -> dict[str, Any]:
    fact = {"resource": asked.resource, "action": asked.action, "reason": told.reason}
    return {**fact, "matched_policy": told.matched_policy} if told.matched_policy else fact
