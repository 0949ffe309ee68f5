"""Deciding, the same for HTTP and gRPC."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from vaultaris_kit.bus import Bus
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.askers import Asker
from vaultaris_policy.checks.attributes import AskedQuestion
from vaultaris_policy.checks.meter import MAX_SECONDS, MAX_TOGETHER_SECONDS, Together, TooCostly
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.checks.turns import Turns
from vaultaris_policy.engine.decision import Decision, Evaluation, decide, evaluate, holds
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.engine.trace import explain

PoliciesOf = Callable[[UUID], Awaitable[PolicySet]]
"""The active policies of a tenant, at this moment."""

_UNASKED = {"decided_by": "user", "policies": [], "grants": [], "truncated": False}
_NOTHING_APPLIES = Evaluation("not_applicable", ())
_UNDECIDED = {"decided_by": "nothing", "policies": [], "grants": [], "truncated": True}
BEYOND_CEILING = Decision(False, refusal="It is beyond the scopes of the API key.")
NOT_DECIDED = Decision(False, refusal=TooCostly.message)
"""One of many questions that would take too long, alone or together with those before it."""


class Question(Protocol):
    """What somebody wants to do: a body's item, just as it came."""

    @property
    def resource(self) -> str: ...

    @property
    def action(self) -> str: ...

    @property
    def context(self) -> dict[str, Any] | None: ...


@dataclass(slots=True, eq=False)
class Answer:
    """A decision and what it was made on."""

    decision: Decision
    question: AskedQuestion
    asker: Asker
    policies: PolicySet

    @property
    def allowed(self) -> bool:
        return self.decision.allowed

    @property
    def reason(self) -> str:
        return self.decision.reason

    @property
    def matched_policy(self) -> str | None:
        return self.decision.matched_policy

    @property
    def denied_outright(self) -> bool:
        """Whether a policy said no, rather than nobody yes."""
        return not self.decision.allowed and self.decision.policy is not None

    def denies_part(self) -> str | None:
        """For a question whose stars ask for everything at once: the name of a policy that denies some of it."""
        question = self.question
        question.restart()
        denies = self.policies.denies_within(question.action, question.resource)
        return next((each.source.name for each in denies if holds(each, question)), None)

    def trace(self, seconds: float = MAX_SECONDS) -> dict[str, Any]:
        """The long answer to why, worked out when it is asked for. Raises :class:`TooCostly`."""
        if self.asker.refused is not None:
            return dict(_UNASKED)
        if self.decision is NOT_DECIDED:
            return dict(_UNDECIDED)
        self.question.restart(seconds)
        told = explain(self.question, self.asker.permissions, self.policies)
        return {**told, "decided_by": "scopes"} if self.decision is BEYOND_CEILING else told

    def evaluation(self) -> Evaluation:
        """The policies that matched, without roles."""
        if self.asker.refused is not None:
            return _NOTHING_APPLIES
        self.question.restart()
        return evaluate(self.question, self.policies)


class Checks:
    """Decides on the permissions and policies of this moment, and lets the trail know of denials."""

    def __init__(self, snapshots: Snapshots, policies_of: PoliciesOf, bus: Bus, recent: Recent) -> None:
        self._snapshots, self.policies_of, self._bus, self._recent = snapshots, policies_of, bus, recent

    async def answer(
        self,
        principal: Principal,
        *,
        tenant_id: UUID,
        user_id: UUID,
        questions: Sequence[Question],
        caller: str | None = None,
        told: bool = True,
        batch: bool = False,
    ) -> list[Answer]:
        """Answers on a user, in the order of the questions. Raises :class:`NotFound` for an unknown one.

        ``caller`` names the calling service when ``principal`` does not tell; unless ``told`` the trail hears nothing.
        For ``batch`` see :meth:`decide`.
        """
        asker = (await self._snapshots.of_user(tenant_id, user_id)).asker
        answers = await self.decide(tenant_id, asker, questions, batch=batch)
        self.note(tenant_id, user_id, ((asked.resource, asked.action, bool(asked.context)) for asked in questions))
        if told:
            self.observe(principal, tenant_id, ("user", user_id), answers, caller=caller)
        return answers

    def note(self, tenant_id: UUID, user_id: UUID, questions: Iterable[tuple[str, str, bool]]) -> None:
        """Remembers for simulations what was asked: resource, action, and whether with a context."""
        self._recent.note(tenant_id, user_id, questions)

    async def decide(
        self, tenant_id: UUID, asker: Asker, questions: Sequence[Question], *, batch: bool = False
    ) -> list[Answer]:
        """Answers on anybody, all of them on the same policies and at the same moment.

        Raises :class:`TooCostly`; of a ``batch`` the questions that would take too long are :data:`NOT_DECIDED`.
        """
        policies, at, run = await self.policies_of(tenant_id), now(), Run()
        answer = run.answer_or_leave if batch else run.answer
        answers = []
        for asked in questions:
            answers.append(answer(asker, asked, policies, at))
            if run.due:
                await run.take()
        return answers

    def observe(
        self,
        principal: Principal,
        tenant_id: UUID,
        subject: tuple[str, UUID | None],
        answers: Sequence[Answer],
        *,
        caller: str | None = None,
    ) -> None:
        """Tells the trail of what was denied: one event a call. ``subject`` is the kind and id of who was denied."""
        denied = [answer for answer in answers if not answer.decision.allowed]
        if not denied:
            return
        kind, ident = subject
        facts = _facts(denied, single=len(answers) == 1, caller=caller)
        event = new_event(
            principal, "permission.denied", tenant_id, resource_type=kind, resource_id=ident, metadata=facts
        )
        self._bus.observe("policy", event, encode_event(event))


class Run(Turns):
    """The decisions of one request: bounded together, with turns for everybody else. Nothing is told to anybody."""

    __slots__ = ("together",)

    def __init__(self, seconds: float = MAX_TOGETHER_SECONDS) -> None:
        super().__init__()
        self.together = Together(seconds)

    def answer(self, asker: Asker, asked: Question, policies: PolicySet, at: datetime) -> Answer:
        """One of the answers. Raises :class:`TooCostly`."""
        question = _question(asker, asked, at, self.together.seconds)
        with self.together:
            return Answer(_decide(question, asker, policies), question, asker, policies)

    def answer_or_leave(self, asker: Asker, asked: Question, policies: PolicySet, at: datetime) -> Answer:
        """The same, or :data:`NOT_DECIDED`."""
        try:
            return self.answer(asker, asked, policies, at)
        except TooCostly:
            return Answer(NOT_DECIDED, _question(asker, asked, at, self.together.seconds), asker, policies)


async def traces_of(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The trace of each. Raises :class:`TooCostly`."""
    traces, run = [], Run()
    for answer in answers:
        with run.together:
            traces.append(answer.trace(run.together.seconds))
        if run.due:
            await run.take()
    return traces


def _question(asker: Asker, asked: Question, at: datetime, seconds: float) -> AskedQuestion:
    return AskedQuestion(asker.subject, asked.resource, asked.action, asked.context, at, seconds)


def _decide(question: AskedQuestion, asker: Asker, policies: PolicySet) -> Decision:
    if asker.refused is not None:
        return asker.refused
    ceiling = asker.ceiling
    if ceiling is not None and not ceiling.candidates(question.action, question.resource_type, question.resource_id):
        return BEYOND_CEILING
    return decide(question, asker.permissions, policies)


def _facts(denied: Sequence[Answer], *, single: bool, caller: str | None) -> dict[str, Any]:
    """What the trail keeps: of one question itself, of a batch the pairs that were denied, by what denied them."""
    facts: dict[str, Any] = _fact(denied[0]) if single else {"denied": _grouped(denied)}
    return {**facts, "caller": caller} if caller else facts


def _fact(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {"resource": question.resource, "action": question.action, **_why(answer.decision)}


def _grouped(denied: Sequence[Answer]) -> list[dict[str, Any]]:
    """Resource and action of each denial; most of a batch are denied for the same reason, which is told once."""
    groups: dict[Decision, list[tuple[str, str]]] = {}
    for answer in denied:
        groups.setdefault(answer.decision, []).append((answer.question.resource, answer.question.action))
    return [{**_why(decision), "pairs": pairs} for decision, pairs in groups.items()]


def _why(decision: Decision) -> dict[str, Any]:
    if decision.policy is None:
        return {"reason": decision.reason}
    return {"reason": decision.reason, "matched_policy": decision.matched_policy}
