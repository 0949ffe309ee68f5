"""The policies that there would be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.conditions import refusal
from vaultaris_kit.ids import new_id
from vaultaris_kit.pools import BoundedPool
from vaultaris_policy.engine.policies import Policy, PolicySet, PolicySource, check_policy, compile_policy
from vaultaris_policy.policies.schemas import PolicyCreate
from vaultaris_policy.simulation.schemas import Draft, Replacement


@dataclass(frozen=True, slots=True)
class Dormant:
    """A policy that is not in force: inactive, or frozen, which no change undoes."""

    source: PolicySource
    frozen: bool


class Drafts:
    """Applies drafts in a thread of their own: nobody's checks wait for policies behind somebody's trial."""

    def __init__(self) -> None:
        self._pool = BoundedPool("policy-drafts", workers=1, queue=20)

    async def apply(self, current: PolicySet, dormant: Callable[[UUID], Dormant | None], draft: Draft) -> PolicySet:
        """:func:`apply_draft`. Raises :class:`AtCapacity` when too many wait."""
        return await self._pool.run(apply_draft, current, dormant, draft)


def apply_draft(current: PolicySet, dormant: Callable[[UUID], Dormant | None], draft: Draft) -> PolicySet:
    """``current`` with the draft's changes; with ``only`` what the draft adds and replaces, and nothing else.

    ``dormant`` finds a policy that is not in force. Raises :class:`Invalid` with the path of what is wrong, an unknown
    id included.
    """
    untouched = {policy.source.id: policy for policy in current.policies}
    drafted: dict[str, Policy] = {}
    for at, policy_id in enumerate(draft.remove):
        if untouched.pop(str(policy_id), None) is None and dormant(policy_id) is None:
            raise _unknown(f"draft.remove.{at}")
    for at, replacement in enumerate(draft.replace):
        place = f"draft.replace.{at}"
        held = untouched.pop(str(replacement.id), None)
        source = _written(held) if held else _changeable(dormant(replacement.id), place)
        changed = _compile(_replaced(source, replacement), place)
        if (replacement.status or ("active" if held else "inactive")) == "active":
            drafted[changed.source.id] = changed
    for at, added in enumerate(draft.add):
        policy = _compile(_source(added), f"draft.add.{at}")
        if added.status == "active":
            drafted[policy.source.id] = policy
    return PolicySet.of([*({} if draft.only else untouched).values(), *drafted.values()])


def _changeable(policy: Dormant | None, place: str) -> PolicySource:
    if policy is None:
        raise _unknown(f"{place}.id")
    if policy.frozen:
        raise Invalid.field(f"{place}.id", "The policy is frozen: it can't be changed.", "frozen")
    return policy.source


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
