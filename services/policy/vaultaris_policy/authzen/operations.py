"""Evaluating, one after the other, until the semantics say that it is enough."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_policy.authzen.questions import question_of
from vaultaris_policy.authzen.schemas import EvaluationRequest, Semantic, Subject
from vaultaris_policy.authzen.subjects import Subjects
from vaultaris_policy.checks.askers import Asker
from vaultaris_policy.checks.operations import NOT_DECIDED, Answer, Checks, Run

Found = tuple[UUID | None, Asker] | None
_UNKNOWN: Final = {"decision": False, "context": {"error": {"status": 404, "message": "There is no such user."}}}


async def evaluate(
    checks: Checks,
    subjects: Subjects,
    principal: Principal,
    asked: Sequence[EvaluationRequest],
    *,
    many: bool = False,
    semantic: Semantic = "execute_all",
    fresh: str | None = None,
) -> list[dict[str, Any]]:
    """Responses in the order of the requests, by the policies of one moment; fewer when a decision ends it.

    Raises :class:`Invalid` before any. One of ``many`` that would take too long is an error among the responses; a
    single one raises :class:`TooCostly`.
    """
    tenant_id = principal.tenant_id
    questions = [question_of(each, f"evaluations.{at}." if len(asked) > 1 else "") for at, each in enumerate(asked)]
    subjects.freshness.for_policies(fresh, tenant_id)
    policies, at, run = await checks.policies_of(tenant_id), now(), Run()
    known: dict[str, Found] = {}
    told: list[dict[str, Any]] = []
    answers: dict[tuple[str, UUID | None], list[Answer]] = {}
    for each, question in zip(asked, questions, strict=True):
        found = await _find(subjects, tenant_id, each.subject, fresh, known)
        if found is None:
            told.append(_UNKNOWN)
        else:
            user_id, asker = found
            answer = (run.answer_or_leave if many else run.answer)(asker, question, policies, at)
            if user_id is not None:
                checks.note(tenant_id, user_id, [(question.resource, question.action, _with_context(each))])
            answers.setdefault((each.subject.type, user_id), []).append(answer)
            told.append(_response(answer))
        if told[-1]["decision"] == _ENDS.get(semantic):
            break
        if run.due:
            await run.take()
    for subject, given in answers.items():
        checks.observe(principal, tenant_id, subject, given)
    return told


_ENDS: Final[dict[str, bool]] = {"deny_on_first_deny": False, "permit_on_first_permit": True}


def _with_context(asked: EvaluationRequest) -> bool:
    properties = (asked.subject.properties, asked.action.properties, asked.resource.properties)
    return bool(asked.context) or any(properties)


async def _find(
    subjects: Subjects, tenant_id: UUID, subject: Subject, fresh: str | None, known: dict[str, Found]
) -> Found:
    """Each subject is looked up once a request: all of its answers are of one moment."""
    key = f"{subject.type}\x00{subject.id}\x00{subject.properties!r}"
    if key not in known:
        try:
            known[key] = await subjects.find(tenant_id, subject, fresh)
        except NotFound:
            known[key] = None
    return known[key]


def _response(answer: Answer) -> dict[str, Any]:
    if answer.decision is NOT_DECIDED:
        return {"decision": False, "context": {"error": {"status": 400, "message": answer.reason}}}
    context: dict[str, Any] = {"reason_admin": {"en": answer.reason}}
    if answer.matched_policy is not None:
        context["matched_policy"] = answer.matched_policy
    return {"decision": answer.allowed, "context": context}
