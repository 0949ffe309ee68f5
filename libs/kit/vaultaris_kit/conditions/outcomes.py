"""Whether stored conditions hold, when a part of them can't be read.

What the other parts decide alone is decided: one that is false makes ``all`` of them false, one that is true ``any`` of
them true, in whatever order they stand. Slower than the compiled form, and only for what that can't answer.
"""

from collections.abc import Sequence

from vaultaris_kit.conditions.errors import Undecidable
from vaultaris_kit.conditions.language import Leaf, Node, Tree, Unreadable, compile_conditions
from vaultaris_kit.conditions.values import Attributes


def may_be_undecidable(tree: Tree) -> bool:
    """Whether a part can't be read, or may turn out so when it is looked at for the first time."""
    if isinstance(tree, Node):
        return any(map(may_be_undecidable, tree.children))
    return isinstance(tree, Unreadable) or (tree.operator.prove is not None and tree.reference is None)


def outcome(tree: Tree, attributes: Attributes) -> bool | None:
    """None when it can't be decided."""
    if isinstance(tree, Node):
        return combined(tree.combinator, [outcome(child, attributes) for child in tree.children])
    return leaf_outcome(tree, attributes)[0]


def leaf_outcome(leaf: Leaf | Unreadable, attributes: Attributes) -> tuple[bool | None, str | None]:
    """The same of one comparison, with the reason why it can't be decided."""
    condition = compile_conditions(leaf)
    try:
        return condition is None or condition(attributes), None
    except Undecidable as fault:
        return None, fault.reason


def combined(combinator: str, results: Sequence[bool | None]) -> bool | None:
    """What a node says of its children's outcomes."""
    if combinator == "not":
        (result,) = results
        return None if result is None else not result
    decisive = combinator == "any"
    if decisive in results:
        return decisive
    return None if None in results else not decisive
