"""Regular expressions of the RE2 syntax, which take time linear in the text, whatever the pattern.

A compiled one takes up to a thousand times the memory of its pattern, and a tenant can write a hundred thousand of
them. So they are compiled when they are first looked for in a text, and the least recently used are forgotten.
"""

from functools import lru_cache
from typing import Any, Final

import re2

MAX_BYTES: Final = 256 * 1024
"""What one expression may take, compiled and with what it remembers of the texts that it has seen."""

_STORED_BYTES: Final = 1024 * 1024
"""What one was allowed that was stored before there was a smaller bound."""

_HELD: Final = 1_000
_HELD_LARGE: Final = 50


def compile_expression(pattern: str) -> Any:
    """The expression. Raises :class:`re2.error` for one that is malformed or takes too much."""
    return _compiled(pattern, MAX_BYTES)


def found_in(pattern: str, text: str) -> bool:
    """Whether the expression matches anywhere in the text. Raises :class:`re2.error` for one that is unsound."""
    expression = _ordinary(pattern)
    if expression is None:
        expression = _large(pattern)
    return expression.search(text) is not None


@lru_cache(_HELD)
def _ordinary(pattern: str) -> Any:
    """None when it takes more than an ordinary one."""
    try:
        return compile_expression(pattern)
    except re2.error:
        return None


@lru_cache(_HELD_LARGE)
def _large(pattern: str) -> Any:
    return _compiled(pattern, _STORED_BYTES)


def _compiled(pattern: str, max_bytes: int) -> Any:
    options = re2.Options()
    options.max_mem = max_bytes
    options.log_errors = False
    return re2.compile(pattern, options)
