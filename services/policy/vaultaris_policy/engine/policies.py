"""A tenant's policies, compiled once per version into an index by action and resource."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.conditions.language import Condition, parse_conditions, read_conditions
from vaultaris_kit.conditions.values import Attributes
from vaultaris_policy.engine.careful import compile_carefully
from vaultaris_policy.engine.guards import Guard, Guarded, Sieve, guards_of
from vaultaris_policy.engine.patterns import Matcher, fault_in, first_segment, matcher, overlap

if TYPE_CHECKING:
    from vaultaris_policy.engine.decision import Decision

Effect = Literal["allow", "deny"]

MAX_ACTIONS = 100
MAX_REMEMBERED = 8 * 1024 * 1024
"""Bytes that one set may remember of what it was asked about, by estimate; a single slot may take more."""

_PER_SLOT, _PER_NAME, _PER_PLACE = 250, 120, 8


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy as it was written. Only active ones are handed to the engine."""

    id: str
    name: str
    effect: Effect
    resource_pattern: str
    actions: tuple[str, ...]
    priority: int = 0
    conditions: Any = None


@dataclass(slots=True, eq=False)
class Policy:
    """A compiled policy. ``condition`` is None when it always holds; ``decision`` is made when it first decides.

    ``written`` are its conditions as JSON, from which traces are made; parsed they would take most of the memory.
    """

    source: PolicySource
    written: bytes
    condition: Condition | None
    matches_resource: Matcher
    matches_action: Matcher | None
    guards: tuple[Guard, ...]
    decision: "Decision | None" = None

    def takes(self, action: str) -> bool:
        """Whether the action is one of the policy's."""
        return self.matches_action is None or action in self.source.actions or self.matches_action(action)

    @property
    def conditions(self) -> Any:
        """As they were written."""
        return msgspec.json.decode(self.written)

    def holds(self, attributes: Attributes) -> bool:
        """Whether the conditions are met."""
        return self.condition is None or self.condition(attributes)


def check_policy(source: PolicySource) -> None:
    """Whether it may be written. Raises :class:`RuleFault` for the first thing that is wrong."""
    parse_conditions(source.conditions)
    if source.effect not in ("allow", "deny"):
        raise RuleFault("effect", "An effect is allow or deny.", "bad_effect")
    _check_pattern(source.resource_pattern, "resource_pattern")
    if not 0 < len(source.actions) <= MAX_ACTIONS:
        raise RuleFault("actions", f"A policy has 1 to {MAX_ACTIONS} actions.", "bad_actions")
    for at, action in enumerate(source.actions):
        _check_pattern(action, f"actions.{at}")


def compile_policy(source: PolicySource) -> Policy:
    """The runnable form of one policy that has been checked when it was written, perhaps by an older version of us."""
    tree = read_conditions(source.conditions)
    written = msgspec.json.encode(source.conditions or {})
    condition = compile_carefully(
        tree,
        lambda: read_conditions(msgspec.json.decode(written)),
        of=f"policy {source.id}",
        deny=source.effect == "deny",
    )
    return Policy(
        source=replace(source, conditions=None),
        written=written,
        condition=condition,
        matches_resource=matcher(source.resource_pattern),
        matches_action=_action_matcher(source.actions),
        guards=guards_of(tree),
    )


def _check_pattern(pattern: str, path: str) -> None:
    fault = fault_in(pattern)
    if fault:
        raise RuleFault(path, fault, "bad_pattern")


@lru_cache(4096)
def _action_matcher(actions: tuple[str, ...]) -> Matcher | None:
    """None when every action is meant."""
    if "*" in actions:
        return None
    tests = [matcher(action) for action in actions if "*" in action]
    return lambda action: any(test(action) for test in tests)


class Candidates(NamedTuple):
    """Policies whose pattern and actions fit, conditions aside, each in order of precedence."""

    denies: Sequence[Policy]
    allows: Sequence[Policy]


class Fitting:
    """The same, prepared for decisions."""

    __slots__ = ("allows", "denies")

    def __init__(self, policies: Sequence[Policy]) -> None:
        denies, allows = _split(policies)
        self.denies, self.allows = _sieve(denies), _sieve(allows)

    @property
    def weight(self) -> int:
        """Bytes, by estimate."""
        return self.denies.weight + self.allows.weight

    @property
    def candidates(self) -> Candidates:
        """All of them."""
        return Candidates(self.denies.everyone, self.allows.everyone)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What fits one action and resource type: without an id, with any id, and with certain ids only."""

    bare: Fitting
    any_id: Fitting
    exact: dict[str, list[Policy]]
    globs: tuple[Policy, ...]

    @property
    def weight(self) -> int:
        """Bytes, by estimate."""
        fitting = self.bare.weight + (0 if self.any_id is self.bare else self.any_id.weight)
        named = _PER_NAME * len(self.exact) + _PER_PLACE * (sum(map(len, self.exact.values())) + len(self.globs))
        return _PER_SLOT + fitting + named


_NONE = Candidates((), ())


class PolicySet:
    """The active policies of one tenant, in order of precedence: higher priority first, then the older id.

    What fits an action and a resource type is worked out when it is first asked for, and remembered; ``remembered`` is
    about how many bytes that takes.
    """

    def __init__(self, sources: Iterable[PolicySource]) -> None:
        self._index(map(compile_policy, sources))

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> "PolicySet":
        """A set of policies that have been compiled already."""
        made = cls.__new__(cls)
        made._index(policies)
        return made

    def _index(self, policies: Iterable[Policy]) -> None:
        self._by_segment: dict[str, list[Policy]] = {}
        self._anywhere: list[Policy] = []
        self._count = 0
        for policy in policies:
            segment = first_segment(policy.source.resource_pattern)
            (self._anywhere if "*" in segment else self._by_segment.setdefault(segment, [])).append(policy)
            self._count += 1
        for held in (self._anywhere, *self._by_segment.values()):
            held.sort(key=order_of)
        self._slots: dict[tuple[str, str], _Slot] = {}
        self.remembered = 0

    def __len__(self) -> int:
        return self._count

    @property
    def policies(self) -> Iterator[Policy]:
        """All of them, in no order that means anything."""
        yield from self._anywhere
        for policies in self._by_segment.values():
            yield from policies

    def denies_within(self, action: str, resource: str) -> Iterator[Policy]:
        """The denies that fit something of what two patterns cover, conditions aside; their order means nothing."""
        names = (resource, resource.partition(":")[0])
        for policy in self.policies:
            source = policy.source
            if (
                source.effect == "deny"
                and any(overlap(each, action) for each in source.actions)
                and any(overlap(source.resource_pattern, name) for name in names)
            ):
                yield policy

    def candidates(self, action: str, resource_type: str, resource_id: str | None) -> Candidates:
        """Everything that may apply to the action on the resource."""
        fitting, named = self.fitting(action, resource_type, resource_id)
        if named is _NONE:
            return fitting.candidates
        found = fitting.candidates
        return Candidates(
            sorted([*found.denies, *named.denies], key=order_of), sorted([*found.allows, *named.allows], key=order_of)
        )

    def fitting(self, action: str, resource_type: str, resource_id: str | None) -> tuple[Fitting, Candidates]:
        """The same in two parts: what applies to the type, and what names this very resource or some like it."""
        key = (action, resource_type)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._fill(action, resource_type)
            self._remember(key, slot)
        if resource_id is None:
            return slot.bare, _NONE
        if not slot.exact and not slot.globs:
            return slot.any_id, _NONE
        return slot.any_id, _naming(slot, f"{resource_type}:{resource_id}")

    def _remember(self, key: tuple[str, str], slot: _Slot) -> None:
        """Bounded by what is remembered, not by how many questions: one slot may name thousands of policies."""
        weight = slot.weight + len(key[0]) + len(key[1])
        if self.remembered + weight > MAX_REMEMBERED:
            self._slots.clear()
            self.remembered = 0
        self._slots[key] = slot
        self.remembered += weight

    def _fill(self, action: str, resource_type: str) -> _Slot:
        bare: list[Policy] = []
        any_id: list[Policy] = []
        exact: dict[str, list[Policy]] = {}
        globs: list[Policy] = []
        near = self._by_segment.get(first_segment(resource_type), ())
        for policy in sorted([*near, *self._anywhere], key=order_of):  # two sorted runs: merged in one pass
            pattern = policy.source.resource_pattern
            if not policy.takes(action):
                continue
            if policy.matches_resource(resource_type):
                bare.append(policy)
                any_id.append(policy)
            elif pattern.endswith(":*") and policy.matches_resource(f"{resource_type}:any"):
                any_id.append(policy)
            elif "*" in pattern:
                globs.append(policy)
            elif pattern.startswith(f"{resource_type}:"):
                exact.setdefault(pattern, []).append(policy)
        fits_any = Fitting(any_id)
        return _Slot(fits_any if len(bare) == len(any_id) else Fitting(bare), fits_any, exact, tuple(globs))


def _naming(slot: _Slot, resource: str) -> Candidates:
    named = [*slot.exact.get(resource, ()), *(policy for policy in slot.globs if policy.matches_resource(resource))]
    if not named:
        return _NONE
    return _split(sorted(named, key=order_of))


def _sieve(policies: Sequence[Policy]) -> Sieve:
    return Sieve([Guarded(policy.guards, policy) for policy in policies])


def _split(policies: Sequence[Policy]) -> Candidates:
    return Candidates(
        tuple(policy for policy in policies if policy.source.effect == "deny"),
        tuple(policy for policy in policies if policy.source.effect == "allow"),
    )


def order_of(policy: Policy) -> tuple[int, str]:
    """Higher priority first, then the older id."""
    return (-policy.source.priority, policy.source.id)


EMPTY = PolicySet(())
