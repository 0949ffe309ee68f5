"""Conditions that may turn out to be undecidable, because a stored part of them can't be read any more.

Nobody gets anything by them: a deny counts as met, an allow or a permission does not.
"""

import logging
from collections.abc import Callable
from functools import lru_cache

from vaultaris_kit.conditions.errors import Undecidable
from vaultaris_kit.conditions.language import Condition, Tree, compile_conditions
from vaultaris_kit.conditions.outcomes import may_be_undecidable, outcome
from vaultaris_kit.conditions.values import Attributes

log = logging.getLogger(__name__)


def compile_carefully(tree: Tree, again: Callable[[], Tree], *, of: str, deny: bool) -> Condition | None:
    """The condition behind ``tree``; None when it always holds.

    ``again`` reads the tree once more when it is needed, which is hardly ever; ``of`` names the conditions in the log.
    """
    condition = compile_conditions(tree)
    if condition is None or not may_be_undecidable(tree):
        return condition
    return _careful(condition, again, of, deny=deny)


def _careful(condition: Condition, again: Callable[[], Tree], of: str, *, deny: bool) -> Condition:
    tree: Tree | None = None

    def test(attributes: Attributes) -> bool:
        nonlocal tree
        try:
            return condition(attributes)
        except Undecidable as fault:
            _tell(of, fault.reason)
        tree = tree or again()
        found = outcome(tree, attributes)
        return deny if found is None else found

    return test


@lru_cache(1_000)
def _tell(of: str, reason: str) -> None:
    """Once: remembering is all that the cache is for."""
    log.warning("conditions_undecidable: %s: %s", of, reason)
