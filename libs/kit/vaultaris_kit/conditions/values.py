"""Attribute values: how they are looked up, and when two of them are equal."""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast


class Missing:
    """The value of an attribute that is not there; not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

ROOTS: Final = frozenset({"subject", "resource", "action", "environment"})

Attributes = Mapping[str, Any]
"""What a decision looks at: one entry per root; ``action`` is a string, the others are objects."""

Getter = Callable[[Attributes], Any]


@lru_cache(4096)
def getter(path: str) -> Getter:
    """Looks a dotted path up; whatever is not there gives :data:`MISSING`."""
    root, *keys = path.split(".")
    match keys:
        case []:
            return lambda attributes: attributes.get(root, MISSING)
        case [key]:
            return _one_key(root, key)
        case [first, second]:
            return _two_keys(root, first, second)
    return _many_keys(root, tuple(keys))


def _one_key(root: str, key: str) -> Getter:
    def get(attributes: Attributes) -> Any:
        value = attributes.get(root)
        return value.get(key, MISSING) if isinstance(value, dict) else MISSING

    return get


def _two_keys(root: str, first: str, second: str) -> Getter:
    def get(attributes: Attributes) -> Any:
        value = attributes.get(root)
        if isinstance(value, dict):
            value = value.get(first)
            if isinstance(value, dict):
                return value.get(second, MISSING)
        return MISSING

    return get


def _many_keys(root: str, keys: tuple[str, ...]) -> Getter:
    def get(attributes: Attributes) -> Any:
        value = attributes.get(root, MISSING)
        for key in keys:
            if not isinstance(value, dict):
                return MISSING
            value = value.get(key, MISSING)
        return value

    return get


def is_number(value: object) -> bool:
    """Whether this is a JSON number; in Python a bool is an int, in JSON it is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(left: object, right: object) -> bool:
    """JSON equality: 1 equals 1.0, but true does not equal 1, at any depth."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def key_of(value: Any) -> Hashable:
    """Equal for two values just when they are the :func:`same`: to look for one among many."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, tuple(map(key_of, value)))
    if isinstance(value, dict):
        return (dict, frozenset((name, key_of(each)) for name, each in value.items()))
    return cast("Hashable", value)


def moment(value: object) -> datetime | None:
    """The time that an RFC 3339 string or a number of Unix seconds tells, in UTC; None for anything else."""
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        if is_number(value):
            return datetime.fromtimestamp(float(value), UTC)  # type: ignore[arg-type]  # is_number says that it is one
    except (ValueError, OverflowError, OSError):
        return None
    return None
