"""One decision: roles and policies together.

A matching deny wins over everything; otherwise a permission held through a role, or a matching allow,
grants; otherwise the answer is no.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vaultaris_kit.conditions.values import Attributes
from vaultaris_policy.engine.grants import Grant, PermissionSet, PermissionSource
from vaultaris_policy.engine.guards import Sieve
from vaultaris_policy.engine.policies import Policy, PolicySet, PolicySource, order_of


class Question:
    """May the subject do ``action`` on the resource? ``attributes`` hold everything that conditions look at.

    A subclass may put them together only when the first condition asks for them.
    """

    __slots__ = ("_attributes", "action", "resource_id", "resource_type")

    def __init__(
        self, action: str, resource_type: str, resource_id: str | None, attributes: Attributes | None = None
    ) -> None:
        self.action, self.resource_type, self.resource_id = action, resource_type, resource_id
        self._attributes = attributes

    @property
    def attributes(self) -> Attributes:
        """One entry per root."""
        return self._attributes if self._attributes is not None else {}

    def heed(self) -> None:
        """Called now and then while conditions are tried: a subclass may break off what takes too long."""


@dataclass(slots=True, eq=False)
class Decision:
    """The answer and what decided it: a policy, a permission, a refusal of the subject, or that nothing matched.

    One object answers every question that the same policy or permission decides; ``wire`` and ``message`` are its
    forms for HTTP and gRPC, kept by whoever writes them. It is kept with what decided and refers only to what that was
    made of: a cycle would have to be found by the garbage collector.
    """

    allowed: bool
    policy: PolicySource | None = None
    grant: PermissionSource | None = None
    refusal: str | None = None
    wire: bytes | None = None
    message: Any = None

    @property
    def reason(self) -> str:
        """For people."""
        if self.policy is not None:
            return f"The policy '{self.policy.name}' {'allows' if self.allowed else 'denies'} it."
        if self.grant is not None:
            held = self.grant
            if not held.role:
                return f"The API key's owner holds the permission {held.resource}:{held.action}."
            return f"The permission {held.resource}:{held.action} is held through the role '{held.role}'."
        return self.refusal or "No role grants it and no policy allows it."

    @property
    def matched_policy(self) -> str | None:
        """Name of the policy that decided, if one did."""
        return self.policy.name if self.policy is not None else None


_STRETCH = 64
"""Policies that are looked at in a row."""

NOTHING = Decision(False)
"""No role grants it and no policy allows it."""


def decide(question: Question, permissions: PermissionSet, policies: PolicySet) -> Decision:
    """The answer, found with as little work as it takes: attributes are looked at only if a condition asks."""
    action, kind, ident = question.action, question.resource_type, question.resource_id
    fitting, named = policies.fitting(action, kind, ident)
    policy = _first(fitting.denies, named.denies, question)
    if policy is not None:
        return policy.decision or _decided(policy, allowed=False)
    attributes: Attributes | None = None
    for grant in permissions.candidates(action, kind, ident):
        if grant.condition is None or grant.condition(attributes := attributes or question.attributes):
            return grant.decision or _granted(grant)
    policy = _first(fitting.allows, named.allows, question)
    if policy is not None:
        return policy.decision or _decided(policy, allowed=True)
    return NOTHING


def _first(sieve: Sieve, named: Sequence[Policy], question: Question) -> Policy | None:
    """The first of them in order of precedence that holds."""
    if not sieve.sorts:
        if not named:
            return _first_of(sieve.everyone, question)
        lists: list[Sequence[Policy]] = [sieve.everyone, named]
    else:
        lists = [*sieve.pick(question.attributes), named]
    best: Policy | None = None
    for policies in lists:
        found = _first_of(policies, question)
        if found is not None and (best is None or order_of(found) < order_of(best)):
            best = found
    return best


def _first_of(policies: Sequence[Policy], question: Question) -> Policy | None:
    if not policies:
        return None
    if len(policies) > _STRETCH:
        return _first_of_many(policies, question)
    attributes: Attributes | None = None
    for policy in policies:
        if policy.condition is None or policy.condition(attributes := attributes or question.attributes):
            return policy
    return None


def _first_of_many(policies: Sequence[Policy], question: Question) -> Policy | None:
    for start in range(0, len(policies), _STRETCH):
        question.heed()
        found = _first_of(policies[start : start + _STRETCH], question)
        if found is not None:
            return found
    return None


def _decided(policy: Policy, *, allowed: bool) -> Decision:
    policy.decision = made = Decision(allowed, policy.source)
    return made


def _granted(grant: Grant) -> Decision:
    grant.decision = made = Decision(True, None, grant.source)
    return made


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every policy that matched, in order of precedence, with the effect of all of them together."""

    effect: Literal["allow", "deny", "not_applicable"]
    matched: tuple[Policy, ...]


def evaluate(question: Question, policies: PolicySet) -> Evaluation:
    """Runs all policies, without roles."""
    denies, allows = policies.candidates(question.action, question.resource_type, question.resource_id)
    refused, granted = (tuple(each for each in some if holds(each, question)) for some in (denies, allows))
    matched = tuple(sorted((*refused, *granted), key=precedence))
    return Evaluation("deny" if refused else "allow" if granted else "not_applicable", matched)


def holds(one: Policy | Grant, question: Question) -> bool:
    """Whether its conditions hold, for paths that try them all."""
    question.heed()
    return one.holds(question.attributes)


def precedence(policy: Policy) -> tuple[int, bool, Any]:
    """Sorts policies: higher priority first, then denies, then the older id."""
    return (-policy.source.priority, policy.source.effect == "allow", policy.source.id)
