"""Evaluating policies against what a caller supplies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from vaultaris_policy.checks.attributes import AskedQuestion
from vaultaris_policy.checks.operations import Answer
from vaultaris_policy.engine.decision import Evaluation, Question, evaluate
from vaultaris_policy.engine.grants import NO_PERMISSIONS
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.engine.trace import explain
from vaultaris_policy.evaluation.schemas import EvaluateRequest, EvaluationAnswer, matched_policies, trace_of

_STRANGER = EvaluationAnswer(
    allowed=False, effect="not_applicable", matched_policies=[], reason="The subject belongs to another tenant."
)


def evaluate_supplied(tenant_id: UUID, asked: EvaluateRequest, policies: PolicySet, at: datetime) -> EvaluationAnswer:
    """All policies against a supplied subject, without roles; those of another tenant get nothing."""
    if asked.subject.tenant_id != tenant_id:
        return _STRANGER
    question = _question(asked, at)
    found = evaluate(question, policies)
    return EvaluationAnswer(
        allowed=found.effect == "allow",
        effect=found.effect,
        matched_policies=matched_policies(found.matched),
        reason=_reason(found),
        trace=trace_of(explain(question, NO_PERMISSIONS, policies) if asked.explain else None),
    )


def evaluation_of(answer: Answer, trace: dict[str, Any] | None) -> EvaluationAnswer:
    """A decision on a user, roles included, with the policies that matched and the trace, if it was asked for."""
    found = answer.evaluation()
    return EvaluationAnswer(
        allowed=answer.allowed,
        effect="allow" if answer.allowed else "deny" if found.effect == "deny" else "not_applicable",
        matched_policies=matched_policies(found.matched),
        reason=answer.reason,
        trace=trace_of(trace),
    )


def _question(asked: EvaluateRequest, at: datetime) -> Question:
    """Names that the caller left out are missing attributes."""
    subject: dict[str, Any] = asked.subject.model_dump(mode="json", exclude_none=True)
    resource = asked.resource.model_dump(mode="json", exclude_none=True)
    name = resource.pop("resource_type")
    ident = resource.pop("resource_id", None)
    environment = asked.environment.model_dump(mode="json", exclude_none=True) if asked.environment else {}
    context = {"resource": resource, "environment": environment}
    return AskedQuestion(subject, f"{name}:{ident}" if ident else name, asked.action, context, at)


def _reason(found: Evaluation) -> str:
    if found.effect == "not_applicable":
        return "No policy applies."
    decided = next(policy for policy in found.matched if policy.source.effect == found.effect)
    return f"The policy '{decided.source.name}' {'allows' if found.effect == 'allow' else 'denies'} it."
