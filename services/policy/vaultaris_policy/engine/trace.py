"""Why a decision is what it is: the policies and permissions that were looked at, condition by condition."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from vaultaris_kit.conditions.language import Leaf, Node, Tree, read_conditions
from vaultaris_kit.conditions.outcomes import combined, leaf_outcome
from vaultaris_kit.conditions.values import MISSING, Attributes, getter
from vaultaris_policy.engine.decision import Question, decide, holds, precedence
from vaultaris_policy.engine.grants import Grant, PermissionSet
from vaultaris_policy.engine.policies import Policy, PolicySet

MAX_TRACED = 20
"""Policies, and permissions, that one trace tells of; those that matched come first."""

Traced = TypeVar("Traced", Policy, Grant)


def explain(question: Question, permissions: PermissionSet, policies: PolicySet) -> dict[str, Any]:
    """The trace of one decision, ready to be encoded.

    ``decided_by`` is ``policy``, ``role`` or ``nothing``. ``policies`` are those whose pattern and actions fit: the one
    that decided, then those that matched, then the others, each in order of precedence. ``grants`` are the permissions
    that fit with the role that holds them; of each, ``matched`` and the outcome of every condition (null when it has
    none). ``truncated`` says that there are more.
    """
    decision = decide(question, permissions, policies)
    denies, allows = policies.candidates(question.action, question.resource_type, question.resource_id)
    fitting = sorted([*denies, *allows], key=lambda policy: (policy.source is not decision.policy, precedence(policy)))
    grants = permissions.candidates(question.action, question.resource_type, question.resource_id)
    return {
        "decided_by": "policy" if decision.policy else "role" if decision.grant else "nothing",
        "policies": _traced(fitting, question, _policy),
        "grants": _traced(grants, question, _grant),
        "truncated": max(len(fitting), len(grants)) > MAX_TRACED,
    }


def _traced(
    all_of_them: Sequence[Traced], question: Question, describe: Callable[[Traced], dict[str, Any]]
) -> list[dict[str, Any]]:
    outcomes = [(each, holds(each, question)) for each in all_of_them]
    chosen = sorted(outcomes, key=lambda outcome: not outcome[1])  # the sort is stable: their order stays
    return [
        {**describe(each), "matched": matched, "conditions": _conditions(each.conditions, question.attributes)}
        for each, matched in chosen[:MAX_TRACED]
    ]


def _policy(policy: Policy) -> dict[str, Any]:
    source = policy.source
    return {
        "policy_id": source.id,
        "policy_name": source.name,
        "effect": source.effect,
        "priority": source.priority,
    }


def _grant(grant: Grant) -> dict[str, Any]:
    source = grant.source
    return {"permission": f"{source.resource}:{source.action}", "role": source.role, "role_id": source.role_id}


def _conditions(raw: Any, attributes: Attributes) -> dict[str, Any] | None:
    return trace_conditions(read_conditions(raw), attributes) if raw else None


def trace_conditions(tree: Tree, attributes: Attributes) -> dict[str, Any]:
    """The tree as it was written, with the ``result`` of each node; a leaf says too if its attribute is missing.

    A result is null where it can't be decided; the part that can't be read tells an ``error``.
    """
    if not isinstance(tree, Node):
        result, error = leaf_outcome(tree, attributes)
        told = _leaf(tree, attributes) if isinstance(tree, Leaf) else {"unreadable": tree.raw}
        return {**told, "result": result} if error is None else {**told, "result": result, "error": error}
    below = [trace_conditions(child, attributes) for child in tree.children]
    result = combined(tree.combinator, [each["result"] for each in below])
    return {tree.combinator: below[0] if tree.combinator == "not" else below, "result": result}


def _leaf(leaf: Leaf, attributes: Attributes) -> dict[str, Any]:
    told: dict[str, Any] = {"attribute": leaf.attribute, "operator": leaf.operator.name}
    if leaf.reference is not None:
        told["value"] = {"ref": leaf.reference}
    elif leaf.operator.operand != "none":
        told["value"] = leaf.value
    return {**told, "missing": getter(leaf.attribute)(attributes) is MISSING}
