"""Which policies need not be looked at: those that demand a certain text where the question holds another.

Most policies begin with "the department is sales" or "one of the roles is clerk". Policies that fit the same action and
resource are therefore kept in a dictionary by that text. A guard only rules out what its policy's condition would
refuse too, so that nothing depends on which guard is chosen, or whether there is one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from vaultaris_kit.conditions.language import Leaf, Node, Tree
from vaultaris_kit.conditions.values import Attributes, Getter, getter

MAX_GUARDS = 3
MAX_KEYS = 32
MAX_KEY_CHARS = 200
"""Guards are shared among tenants and outlive them: long texts are not worth that."""
_WORTH_IT = 4
"""From so many policies on: below, looking at each costs less than looking one up."""

_PER_SIEVE, _PER_PLACE, _PER_KEY = 80, 16, 90
"""Bytes, by estimate."""

SCALAR, MEMBER = "scalar", "member"


class Guard(NamedTuple):
    """The attribute must be one of ``keys``, or for ``member``: a text or list that contains one of them."""

    path: str
    kind: str
    keys: tuple[str, ...]


@lru_cache(16_384)
def _shared(path: str, kind: str, keys: tuple[str, ...]) -> Guard:
    """Policies of one tenant, and of many, demand the same things."""
    return Guard(path, kind, keys)


def guards_of(tree: Tree) -> tuple[Guard, ...]:
    """What must hold for the conditions to hold; a few of them, or none."""
    return tuple(_demands(tree))[:MAX_GUARDS]


def _demands(tree: Tree) -> Iterable[Guard]:
    if isinstance(tree, Node):
        if tree.combinator == "all" or (tree.combinator == "any" and len(tree.children) == 1):
            for child in tree.children:
                yield from _demands(child)
        return
    found = _demand(tree) if isinstance(tree, Leaf) else None
    if found is not None:
        yield found


def _demand(leaf: Leaf) -> Guard | None:
    if leaf.reference is not None:
        return None
    match leaf.operator.name:
        case "eq":
            return _guard(leaf.attribute, SCALAR, [leaf.value])
        case "in":
            return _guard(leaf.attribute, SCALAR, leaf.value)
        case "contains":
            return _guard(leaf.attribute, MEMBER, [leaf.value])
        case "contains_any":
            return _guard(leaf.attribute, MEMBER, leaf.value)
    return None


def _guard(path: str, kind: str, keys: Sequence[Any]) -> Guard | None:
    if len(keys) > MAX_KEYS or not all(isinstance(key, str) and len(key) <= MAX_KEY_CHARS for key in keys):
        return None
    return _shared(path, kind, tuple(sorted(set(keys))))


class Guarded(NamedTuple):
    """Something with guards; things are kept in the order in which they come."""

    guards: tuple[Guard, ...]
    thing: Any


class _Group(NamedTuple):
    """Those that demand something of one attribute."""

    get: Getter
    member: bool
    by_key: dict[str, tuple[Any, ...]]
    everyone: tuple[Any, ...]


class Sieve:
    """Things in order, with those found quickly that the attributes do not rule out.

    ``weight`` is about how many bytes it takes, the things themselves aside.
    """

    __slots__ = ("_groups", "_open", "everyone", "weight")

    def __init__(self, things: Sequence[Guarded]) -> None:
        self.everyone = tuple(each.thing for each in things)
        self._open: tuple[Any, ...] = self.everyone
        self._groups: tuple[_Group, ...] = ()
        self.weight = _PER_SIEVE + _PER_PLACE * len(things)
        if len(things) >= _WORTH_IT:
            self._sort(things)

    @property
    def sorts(self) -> bool:
        """Whether there is anything to be gained from :meth:`pick`."""
        return bool(self._groups)

    def pick(self, attributes: Attributes) -> list[tuple[Any, ...]]:
        """Lists of those that may hold, each in order."""
        lists = [self._open] if self._open else []
        for group in self._groups:
            value = group.get(attributes)
            if isinstance(value, str):
                found = group.everyone if group.member else group.by_key.get(value)
                if found:
                    lists.append(found)
            elif group.member and isinstance(value, list):
                lists.extend(_of_list(group, value))
        return lists

    def _sort(self, things: Sequence[Guarded]) -> None:
        demanded = {(guard.path, guard.kind, key) for each in things for guard in each.guards for key in guard.keys}
        values = Counter((path, kind) for path, kind, _ in demanded)
        chosen: dict[tuple[str, str], list[tuple[Guard, Any]]] = {}
        unguarded = []
        for each in things:
            guard = max(each.guards, key=lambda it: values[it.path, it.kind], default=None)  # the most telling one
            if guard is None:
                unguarded.append(each.thing)
            else:
                chosen.setdefault((guard.path, guard.kind), []).append((guard, each.thing))
        self._open = tuple(unguarded)
        self._groups = tuple(_group(path, kind, members) for (path, kind), members in chosen.items())
        self.weight += sum(_PER_SIEVE + _PER_KEY * len(group.by_key) for group in self._groups)
        self.weight += _PER_PLACE * sum(len(guard.keys) for members in chosen.values() for guard, _ in members)


def _group(path: str, kind: str, members: Sequence[tuple[Guard, Any]]) -> _Group:
    by_key: dict[str, list[Any]] = {}
    for guard, thing in members:
        for key in guard.keys:
            by_key.setdefault(key, []).append(thing)
    everyone = tuple(thing for _, thing in members)
    return _Group(getter(path), kind == MEMBER, {key: tuple(each) for key, each in by_key.items()}, everyone)


def _of_list(group: _Group, values: list[Any]) -> list[tuple[Any, ...]]:
    """Those whose text is in the list; a long list costs more than looking at all of them."""
    if len(values) > len(group.everyone):
        return [group.everyone]
    return [found for value in values if isinstance(value, str) and (found := group.by_key.get(value))]
