"""Patterns of resources and actions. ``*`` stands for anything within a segment.

A resource is ``type`` or ``type:id``; segments are split by ``:`` or ``/``. A last segment that is just
``*`` stands for one or more segments, so ``k8s:*`` covers ``k8s:apps/deployments``; ``*`` alone covers everything.
"""

import re
from collections.abc import Callable
from functools import lru_cache

MAX_PATTERN_CHARS = 200
MAX_STARS = 10

Matcher = Callable[[str], bool]

_SEPARATORS = re.compile(r"[:/]")


def fault_in(pattern: str) -> str | None:
    """Why a pattern is refused; None when it is fine."""
    if not pattern:
        return "A pattern is not empty."
    if len(pattern) > MAX_PATTERN_CHARS:
        return f"A pattern has at most {MAX_PATTERN_CHARS} characters."
    if pattern.count("*") > MAX_STARS:
        return f"A pattern has at most {MAX_STARS} stars."
    if " " in pattern or not pattern.isprintable():  # no other space is printable
        return "A pattern holds no spaces or control characters."
    return None


@lru_cache(16_384)
def matcher(pattern: str) -> Matcher:
    """Whether a text matches ``pattern``, in time linear in its length for a bounded number of stars.

    Policies of one tenant, and of many, name the same patterns: they share one matcher.
    """
    if pattern == "*":
        return lambda _text: True
    if "*" not in pattern:
        return lambda text: text == pattern
    if pattern.index("*") == len(pattern) - 1:
        return _prefix(pattern[:-1])
    segments, open_end = _SEPARATORS.split(pattern), False
    separators = _SEPARATORS.findall(pattern)
    if segments[-1] == "*":
        open_end = True
    tests = [_segment(segment) for segment in segments]

    def matches(text: str) -> bool:
        parts = _SEPARATORS.split(text)
        if len(parts) < len(tests) or (len(parts) > len(tests) and not open_end):
            return False
        if _SEPARATORS.findall(text)[: len(separators)] != separators:
            return False
        return all(test(part) for test, part in zip(tests, parts, strict=False))

    return matches


def _prefix(prefix: str) -> Matcher:
    """The one star at the end: after a separator it stands for everything, within a segment for the rest of that."""
    if prefix[-1] in ":/":
        return lambda text: text.startswith(prefix)
    length = len(prefix)
    return lambda text: text.startswith(prefix) and _SEPARATORS.search(text, length) is None


def overlap(one: str, other: str) -> bool:
    """Whether there may be a text that both match: yes also where only a closer look at two stars in a segment would
    tell.
    """
    parts, others = _SEPARATORS.split(one), _SEPARATORS.split(other)
    open_ends = parts[-1] == "*", others[-1] == "*"
    if len(parts) != len(others) and not (open_ends[0] if len(parts) < len(others) else open_ends[1]):
        return False
    joints = zip(_SEPARATORS.findall(one), _SEPARATORS.findall(other), strict=False)
    if any(joint != another for joint, another in joints):
        return False
    return all("*" in part + another or part == another for part, another in zip(parts, others, strict=False))


def first_segment(text: str) -> str:
    """What stands before the first separator; a pattern whose first segment has no star matches only its like."""
    return _SEPARATORS.split(text, maxsplit=1)[0]


def _segment(pattern: str) -> Matcher:
    if pattern == "*":
        return lambda _text: True
    if "*" not in pattern:
        return lambda text: text == pattern
    head, *middle, tail = pattern.split("*")

    def matches(text: str) -> bool:
        if len(text) < len(head) + len(tail) or not (text.startswith(head) and text.endswith(tail)):
            return False
        at, end = len(head), len(text) - len(tail)
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return matches
