"""One decision: roles and policies together.

A matching deny wins over everything; otherwise a permission held through a role, or a matching allow,
grants; otherwise the answer is no.
"""

from dataclasses import dataclass
from typing import Any, Literal

from vaultaris_policy.engine.grants import Grant, PermissionSet
from vaultaris_policy.engine.policies import Policy, PolicySet
from vaultaris_policy.engine.values import Attributes

Because = Literal["policy", "role", "nothing"]


@dataclass(frozen=True, slots=True)
class Question:
    """May the subject do ``action`` on the resource? ``attributes`` hold everything that conditions look at."""

    action: str
    resource_type: str
    resource_id: str | None
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and what decided it: a policy, a permission, or that nothing matched."""

    allowed: bool
    policy: Policy | None = None
    grant: Grant | None = None

    @property
    def reason(self) -> str:
        """For people."""
        if self.policy is not None:
            return f"The policy '{self.policy.source.name}' {'allows' if self.allowed else 'denies'} it."
        if self.grant is not None:
            held = self.grant.source
            through = f"the role '{held.role}'" if held.role else "a role"
            return f"The permission {held.resource}:{held.action} is held through {through}."
        return "No role grants it and no policy allows it."


_NOTHING = Decision(False)


def decide(question: Question, permissions: PermissionSet, policies: PolicySet) -> Decision:
    """The answer, found with as little work as it takes."""
    action, kind, ident = question.action, question.resource_type, question.resource_id
    attributes = question.attributes
    denies, allows = policies.candidates(action, kind, ident)
    for policy in denies:
        if policy.condition is None or policy.condition(attributes):
            return Decision(False, policy)
    for grant in permissions.candidates(action, kind, ident):
        if grant.condition is None or grant.condition(attributes):
            return Decision(True, None, grant)
    for policy in allows:
        if policy.condition is None or policy.condition(attributes):
            return Decision(True, policy)
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every policy that matched, in order of precedence, with the effect of all of them together."""

    effect: Literal["allow", "deny", "not_applicable"]
    matched: tuple[Policy, ...]


def evaluate(question: Question, policies: PolicySet) -> Evaluation:
    """Runs all policies, without roles."""
    denies, allows = policies.candidates(question.action, question.resource_type, question.resource_id)
    refused = tuple(policy for policy in denies if policy.holds(question.attributes))
    granted = tuple(policy for policy in allows if policy.holds(question.attributes))
    matched = tuple(sorted((*refused, *granted), key=precedence))
    return Evaluation("deny" if refused else "allow" if granted else "not_applicable", matched)


def precedence(policy: Policy) -> tuple[int, bool, Any]:
    """Sorts policies: higher priority first, then denies, then the older id."""
    return (-policy.source.priority, policy.source.effect == "allow", policy.source.id)
