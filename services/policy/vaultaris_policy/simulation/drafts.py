"""The policies that there would be."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.conditions import refusal
from vaultaris_kit.ids import new_id
from vaultaris_policy.engine.policies import Policy, PolicySet, PolicySource, check_policy, compile_policy
from vaultaris_policy.policies.schemas import PolicyCreate
from vaultaris_policy.simulation.schemas import Draft, Replacement


def apply_draft(current: PolicySet, inactive: Callable[[UUID], PolicySource | None], draft: Draft) -> PolicySet:
    """``current`` with the draft's changes. ``inactive`` finds a policy that is not in force.

    Raises :class:`Invalid` with the path of what is wrong, an unknown id included.
    """
    policies = {} if draft.only else {policy.source.id: policy for policy in current.policies}
    for at, policy_id in enumerate(draft.remove):
        if policies.pop(str(policy_id), None) is None and inactive(policy_id) is None:
            raise _unknown(f"draft.remove.{at}")
    for at, replacement in enumerate(draft.replace):
        known = policies.pop(str(replacement.id), None)
        source = _written(known) if known else inactive(replacement.id)
        if source is None:
            raise _unknown(f"draft.replace.{at}.id")
        changed = _compile(_replaced(source, replacement), f"draft.replace.{at}")
        if replacement.status != "inactive":
            policies[changed.source.id] = changed
    for at, added in enumerate(draft.add):
        policy = _compile(_source(added), f"draft.add.{at}")
        if added.status == "active":
            policies[policy.source.id] = policy
    return PolicySet.of(policies.values())


def _written(policy: Policy) -> PolicySource:
    """The source with its conditions, which compiled policies keep apart."""
    source = policy.source
    return PolicySource(
        source.id, source.name, source.effect, source.resource_pattern, source.actions, source.priority,
        policy.conditions,
    )  # fmt: skip


def _source(added: PolicyCreate) -> PolicySource:
    return PolicySource(
        str(new_id()), added.name, added.effect, added.resource_pattern, tuple(added.actions), added.priority,
        added.conditions,
    )  # fmt: skip


def _replaced(source: PolicySource, replacement: Replacement) -> PolicySource:
    told: dict[str, Any] = {name: getattr(source, name) for name in PolicySource.__dataclass_fields__}
    changes = {name: value for name, value in replacement.changes().items() if name in told and name != "id"}
    if "actions" in changes:
        changes["actions"] = tuple(changes["actions"])
    return PolicySource(**{**told, **changes})


def _compile(source: PolicySource, path: str) -> Policy:
    try:
        check_policy(source)
        return compile_policy(source)
    except RuleFault as fault:
        raise refusal(fault, f"{path}.") from fault


def _unknown(field: str) -> Invalid:
    return Invalid.field(field, "There is no such policy.", "not_found")
