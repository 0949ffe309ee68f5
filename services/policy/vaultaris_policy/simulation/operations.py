"""Deciding each question twice: by the policies in force, and by those that there would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from vaultaris_kit.errors import Invalid, NotFound
from vaultaris_kit.ids import now
from vaultaris_policy.checks.askers import Asker
from vaultaris_policy.checks.operations import Answer, Run
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.simulation.schemas import MAX_USERS, AnswerOut, Change, Simulation, SimulationRequest

MAX_SIMULATED_SECONDS: Final = 5.0
"""For all questions of a simulation together, which decides a thousand times and is rare."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One question, and how often it was asked."""

    user_id: UUID
    item: BatchItem
    asked: int = 1
    context_omitted: bool = False


async def simulate(
    snapshots: Snapshots,
    recent: Recent,
    tenant_id: UUID,
    asked: SimulationRequest,
    *,
    before: PolicySet,
    after: PolicySet,
) -> Simulation:
    """What would change.

    Raises :class:`Invalid` for an unknown user in a given question, or too many of them, :class:`TooCostly`.
    """
    questions = _given(asked) if asked.requests else _recorded(recent, tenant_id, asked.recorded)
    askers = await _askers(snapshots, tenant_id, questions, given=bool(asked.requests))
    changes: list[Change] = []
    evaluated, at, run = 0, now(), Run(MAX_SIMULATED_SECONDS)
    for question in questions:
        asker = askers.get(question.user_id)
        if asker is None:
            continue
        evaluated += 1
        old, new = (run.answer(asker, question.item, policies, at) for policies in (before, after))
        if old.allowed != new.allowed or old.matched_policy != new.matched_policy:
            changes.append(_change(question, old, new))
        if run.due:
            await run.take()
    flips = [each.after.allowed for each in changes if each.before.allowed != each.after.allowed]
    return Simulation(
        evaluated=evaluated,
        skipped=len(questions) - evaluated,
        newly_allowed=sum(flips),
        newly_denied=len(flips) - sum(flips),
        changes=changes,
    )


def _given(asked: SimulationRequest) -> list[_Question]:
    return [_Question(each.user_id, BatchItem(each.resource, each.action, each.context)) for each in asked.requests]


def _recorded(recent: Recent, tenant_id: UUID, limit: int) -> list[_Question]:
    return [
        _Question(user_id, BatchItem(resource, action), told.count, told.with_context)
        for (user_id, resource, action), told in recent.of_tenant(tenant_id, limit)
    ]


async def _askers(
    snapshots: Snapshots, tenant_id: UUID, questions: Sequence[_Question], *, given: bool
) -> dict[UUID, Asker]:
    """The users of the questions, a hundred at the most; of recorded ones whoever is gone is left out."""
    wanted = list(dict.fromkeys(question.user_id for question in questions))
    if given and len(wanted) > MAX_USERS:
        raise Invalid.field("requests", f"They may be about {MAX_USERS} users at the most.", "too_many")
    found: dict[UUID, Asker] = {}
    for user_id in wanted[:MAX_USERS]:
        try:
            found[user_id] = (await snapshots.of_user(tenant_id, user_id)).asker
        except NotFound as gone:
            if given:
                at = next(at for at, question in enumerate(questions) if question.user_id == user_id)
                raise Invalid.field(f"requests.{at}.user_id", "There is no such user.", "not_found") from gone
    return found


def _change(question: _Question, old: Answer, new: Answer) -> Change:
    return Change(
        user_id=question.user_id,
        resource=question.item.resource,
        action=question.item.action,
        before=_out(old),
        after=_out(new),
        asked=question.asked,
        context_omitted=question.context_omitted,
    )


def _out(answer: Answer) -> AnswerOut:
    facts: dict[str, Any] = {"reason": answer.reason, "matched_policy": answer.matched_policy}
    return AnswerOut(allowed=answer.allowed, **facts)
