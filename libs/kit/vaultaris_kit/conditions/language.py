"""The condition language: parsed with precise faults, compiled into one closure.

What is written is parsed and refused with precise faults; what is stored is read, whatever has become of it.

A node is ``{"all": […]}``, ``{"any": […]}``, ``{"not": {…}}`` or a leaf ``{"attribute", "operator", "value"}``;
a bare array means ``all``, ``{}`` means always. A ``value`` may be ``{"ref": "resource.owner_id"}``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from vaultaris_kit.conditions.errors import RuleFault, Undecidable
from vaultaris_kit.conditions.operators import OPERATORS, BadOperand, Operator, Test
from vaultaris_kit.conditions.values import MISSING, ROOTS, Attributes, Getter, getter

MAX_DEPTH = 10
MAX_LEAVES = 200
MAX_PROVED = 20
"""Comparisons whose operands are dear to check, as regular expressions are: milliseconds on the event loop each."""
MAX_PATH_CHARS = 200
_COMBINATORS = ("all", "any", "not")
_TOLD_CHARS = 40
_MEMBERS = {"attribute", "operator", "value"}

Condition = Callable[[Attributes], bool]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How much of the language is spoken somewhere.

    ``comparisons`` are the pairs of attribute and operator that are known, None for all; where they are named there
    are no references.
    """

    max_leaves: int = MAX_LEAVES
    comparisons: frozenset[tuple[str, str]] | None = None


WHOLE: Final = Dialect()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison. ``reference`` is set instead of ``value`` when the other side is an attribute too."""

    attribute: str
    operator: Operator
    value: Any
    reference: str | None
    test: Test | None


@dataclass(frozen=True, slots=True)
class Node:
    """``all``, ``any`` or ``not`` of what is below."""

    combinator: str
    children: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part that says nothing any more, and ``reason``: why."""

    raw: Any
    reason: str


Tree = Node | Leaf | Unreadable

ALWAYS = Node("all", ())


def parse_conditions(raw: Any, path: str = "conditions", *, dialect: Dialect = WHOLE) -> Tree:
    """The tree behind ``conditions`` that somebody writes. Raises :class:`RuleFault`.

    Members that mean nothing are refused too, which are mostly slips of the pen.
    """
    return _Parser(dialect, strict=True).parse(raw, path, 1) if raw else ALWAYS


def read_conditions(raw: Any) -> Tree:
    """The tree behind ``conditions`` that have been stored once: parts that can't be read are :class:`Unreadable`."""
    return _Parser(WHOLE, strict=False).parse(raw, "conditions", 1) if raw else ALWAYS


class _Parser:
    def __init__(self, dialect: Dialect, *, strict: bool) -> None:
        self._dialect, self._strict = dialect, strict
        self._leaves, self._proved = 0, 0

    def parse(self, raw: Any, path: str, depth: int) -> Tree:
        try:
            return self._parse(raw, path, depth)
        except RuleFault as fault:
            if self._strict:
                raise
            return Unreadable(raw, fault.message)

    def _parse(self, raw: Any, path: str, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise RuleFault(path, f"Conditions may be nested {MAX_DEPTH} deep at the most.", "too_deep")
        if isinstance(raw, list):
            return self._combine("all", raw, path, depth)
        if not isinstance(raw, dict):
            raise RuleFault(path, "A condition is an object or an array.", "not_a_condition")
        named = [name for name in _COMBINATORS if name in raw]
        if not named:
            return self._leaf(raw, path)
        if len(raw) > 1:
            raise RuleFault(path, f"'{named[0]}' stands alone in its object.", "ambiguous")
        return self._combine(named[0], raw[named[0]], f"{path}.{named[0]}", depth)

    def _combine(self, combinator: str, raw: Any, path: str, depth: int) -> Node:
        if combinator == "not":
            return Node("not", (self.parse(raw, path, depth + 1),))
        if not isinstance(raw, list):
            raise RuleFault(path, f"'{combinator}' takes an array of conditions.", "not_an_array")
        return Node(combinator, tuple(self.parse(each, f"{path}.{at}", depth + 1) for at, each in enumerate(raw)))

    def _leaf(self, raw: dict[str, Any], path: str) -> Leaf:
        self._leaves += 1
        if self._leaves > self._dialect.max_leaves:
            raise RuleFault(path, f"{self._dialect.max_leaves} comparisons are allowed at the most.", "too_many")
        if self._strict and (unknown := sorted(raw.keys() - _MEMBERS)):
            raise RuleFault(f"{path}.{unknown[0]}", "A comparison has attribute, operator and value only.", "unknown")
        attribute = _attribute(raw.get("attribute"), f"{path}.attribute")
        operator = _operator(raw, f"{path}.operator")
        self._require_known(attribute, operator, path)
        if operator.operand != "none" and "value" not in raw:
            raise RuleFault(f"{path}.value", f"'{operator.name}' needs a value.", "missing_value")
        value = raw.get("value")
        if self._strict and operator.operand == "none" and value is not None:
            raise RuleFault(f"{path}.value", f"'{operator.name}' takes no value.", "unexpected_value")
        if isinstance(value, dict) and value.keys() == {"ref"} and self._dialect.comparisons is None:
            return Leaf(attribute, operator, None, _attribute(value["ref"], f"{path}.value.ref"), None)
        return Leaf(attribute, operator, value, None, self._make(operator, value, f"{path}.value"))

    def _make(self, operator: Operator, value: Any, path: str) -> Test:
        try:
            if self._strict and operator.prove is not None:
                self._proved += 1
                if self._proved > MAX_PROVED:
                    raise RuleFault(path, f"'{operator.name}' is allowed {MAX_PROVED} times at the most.", "too_many")
                operator.prove(value)
            return operator.make(value)
        except BadOperand as fault:
            raise RuleFault(path, f"'{operator.name}' {fault}.", "bad_operand") from fault

    def _require_known(self, attribute: str, operator: Operator, path: str) -> None:
        known = self._dialect.comparisons
        if known is not None and (attribute, operator.name) not in known:
            told = ", ".join(f"{each[0]} {each[1]}" for each in sorted(known))
            raise RuleFault(path, f"These comparisons are known here: {told}.", "unknown_comparison")


def _operator(raw: dict[str, Any], path: str) -> Operator:
    name = raw.get("operator")
    if name is None:
        raise RuleFault(path, "A comparison needs an operator.", "missing_operator")
    operator = OPERATORS.get(name) if isinstance(name, str) else None
    if operator is None:
        told = str(name)[:_TOLD_CHARS]
        near = get_close_matches(told, OPERATORS, n=1)
        hint = f" Is '{near[0]}' meant?" if near else ""
        raise RuleFault(path, f"There is no operator {told!r}.{hint}", "unknown_operator")
    return operator


def _attribute(raw: Any, path: str) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_PATH_CHARS or raw.split(".")[0] not in ROOTS or ".." in raw:
        raise RuleFault(path, f"An attribute is a path that starts with {', '.join(sorted(ROOTS))}.", "bad_attribute")
    return raw


def compile_conditions(tree: Tree) -> Condition | None:
    """One closure for the whole tree; None when it always holds.

    It raises :class:`Undecidable` where it comes to a part that can't be read.
    """
    if isinstance(tree, Leaf):
        return _compile_leaf(tree)
    if isinstance(tree, Unreadable):
        return _unreadable(tree.reason)
    below = [compile_conditions(child) for child in tree.children]
    if tree.combinator == "not":
        inner = below[0]
        return _never if inner is None else lambda attributes: not inner(attributes)
    if tree.combinator == "any":
        if tree.children and None in below:
            return None
        return _any([each for each in below if each is not None])
    return _all([each for each in below if each is not None])


def _unreadable(reason: str) -> Condition:
    def test(_attributes: Attributes) -> bool:
        raise Undecidable(reason)

    return test


def _never(_attributes: Attributes) -> bool:
    return False


def _all(conditions: Sequence[Condition]) -> Condition | None:
    if len(conditions) <= 1:
        return conditions[0] if conditions else None

    def test(attributes: Attributes) -> bool:
        for condition in conditions:  # a loop: a generator in all() would cost more than the comparisons
            if not condition(attributes):
                return False
        return True

    return test


def _any(conditions: Sequence[Condition]) -> Condition:
    def test(attributes: Attributes) -> bool:
        for condition in conditions:
            if condition(attributes):
                return True
        return False

    return test


def _compile_leaf(leaf: Leaf) -> Condition:
    get = getter(leaf.attribute)
    if leaf.reference is not None:
        return _compare_attributes(leaf.operator, _watched(get), getter(leaf.reference))
    if not leaf.operator.light:
        get = _watched(get)
    test = leaf.test
    assert test is not None
    if leaf.operator.prove is not None:
        test = _doubted(leaf.operator.name, test)
    if not leaf.operator.when_missing:  # then the test refuses what is missing like any other value of a wrong kind
        return lambda attributes: test(get(attributes))
    return lambda attributes: (value := get(attributes)) is MISSING or test(value)


def _doubted(operator: str, test: Test) -> Test:
    """Whether the operand is sound was found out when it was written; it may not be any more."""

    def doubted(value: Any) -> bool:
        try:
            return test(value)
        except BadOperand as fault:
            raise Undecidable(f"'{operator}' {fault}.") from fault

    return doubted


def _watched(get: Getter) -> Getter:
    """The same, but attributes that know how long a decision may take (``check``) can break off here."""

    def look(attributes: Attributes) -> Any:
        check = getattr(attributes, "check", None)
        if check is not None:
            check()
        return get(attributes)

    return look


def _compare_attributes(operator: Operator, get: Getter, get_other: Getter) -> Condition:
    """The operand is known only now: what does not fit the operator is treated as missing."""
    missing = operator.when_missing

    def check(attributes: Attributes) -> bool:
        value, other = get(attributes), get_other(attributes)
        if value is MISSING or other is MISSING:
            return missing
        try:
            return operator.make(other)(value)
        except BadOperand:
            return missing

    return check
