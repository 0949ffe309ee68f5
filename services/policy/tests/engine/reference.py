"""A slow, obvious evaluator of the same language, written without looks at the fast one's insides."""

import datetime
import fnmatch
import ipaddress
import re
from typing import Any

from vaultaris_policy.engine.grants import PermissionSource
from vaultaris_policy.engine.policies import PolicySource

GONE = object()
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def look_up(path: str, attributes: Any) -> Any:
    value = attributes
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return GONE
        value = value[key]
    return value


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def equal(left: Any, right: Any) -> bool:
    if kind(left) != kind(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def when(value: Any) -> datetime.datetime | None:
    try:
        if kind(value) == "number":
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        parsed = datetime.datetime.fromisoformat(value)
        return parsed.astimezone(datetime.UTC) if parsed.tzinfo else parsed.replace(tzinfo=datetime.UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def holds(container: Any, item: Any) -> bool:
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    return isinstance(container, list) and any(equal(each, item) for each in container)


def ordered(left: Any, right: Any) -> bool:
    return kind(left) == kind(right) and kind(left) in ("number", "str")


def in_range(value: Any, ranges: Any) -> bool:
    try:
        address = ipaddress.ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return False
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(
        address in ipaddress.ip_network(each, strict=False)
        for each in (ranges if isinstance(ranges, list) else [ranges])
    )


def compare(operator: str, value: Any, operand: Any) -> bool:  # noqa: C901, PLR0911, PLR0912 - a plain table is the point
    if value is GONE:
        return operator in ("not_exists", "ne", "not_in", "not_contains", "is_empty")
    match operator:
        case "eq":
            return equal(value, operand)
        case "ne":
            return not equal(value, operand)
        case "eq_ignore_case":
            return isinstance(value, str) and value.casefold() == operand.casefold()
        case "gt":
            return ordered(value, operand) and value > operand
        case "gte":
            return ordered(value, operand) and value >= operand
        case "lt":
            return ordered(value, operand) and value < operand
        case "lte":
            return ordered(value, operand) and value <= operand
        case "between":
            return ordered(value, operand[0]) and operand[0] <= value <= operand[1]
        case "in":
            return any(equal(value, each) for each in operand)
        case "not_in":
            return not any(equal(value, each) for each in operand)
        case "contains":
            return holds(value, operand)
        case "not_contains":
            return not holds(value, operand)
        case "contains_any":
            return any(holds(value, each) for each in operand)
        case "contains_all":
            return isinstance(value, (str, list)) and all(holds(value, each) for each in operand)
        case "starts_with":
            return isinstance(value, str) and value[: len(operand)] == operand
        case "ends_with":
            return (
                isinstance(value, str) and value[len(value) - len(operand) :] == operand
                if operand
                else isinstance(value, str)
            )
        case "matches":
            return isinstance(value, str) and re.search(operand, value) is not None
        case "exists":
            return True
        case "not_exists":
            return False
        case "is_empty":
            return value is None or (isinstance(value, (str, list, dict)) and len(value) == 0)
        case "is_true":
            return value is True
        case "is_false":
            return value is False
        case "ip_in_range":
            return in_range(value, operand)
        case "before":
            return when(value) is not None and when(value) < when(operand)  # type: ignore[operator]  # both are there
        case "after":
            return when(value) is not None and when(value) > when(operand)  # type: ignore[operator]  # both are there
        case "time_between":
            at = when(value)
            if at is None:
                return False
            minute = at.astimezone(datetime.UTC).strftime("%H:%M")
            start, end = operand
            return bool(start <= minute < end if start <= end else minute >= start or minute < end)
        case "day_of_week":
            at = when(value)
            wanted = operand if isinstance(operand, list) else [operand]
            return at is not None and bool({DAYS[at.weekday()], at.isoweekday()} & set(wanted))
    raise AssertionError(operator)


def meets(condition: Any, attributes: Any) -> bool | None:  # noqa: PLR0911 - as above
    """None when it can't be decided."""
    if not condition:
        return True
    if isinstance(condition, list):
        return both([meets(each, attributes) for each in condition])
    if "all" in condition:
        return both([meets(each, attributes) for each in condition["all"]])
    if "any" in condition:
        return negated(both([negated(meets(each, attributes)) for each in condition["any"]]))
    if "not" in condition:
        return negated(meets(condition["not"], attributes))
    value = look_up(condition["attribute"], attributes)
    if condition["operator"] == "vanished":
        return None
    if condition["operator"] == "matches" and condition["value"] == "(":
        return None if isinstance(value, str) else False
    return compare(condition["operator"], value, condition.get("value"))


def both(results: list[bool | None]) -> bool | None:
    for result in (False, None):
        if result in results:
            return result
    return True


def negated(result: bool | None) -> bool | None:
    return None if result is None else not result


def fits(pattern: str, text: str) -> bool:
    """Patterns by trying out: segments against segments, the last star against one or more."""
    if pattern == "*":
        return True
    wanted, given = re.split("([:/])", pattern), re.split("([:/])", text)
    if wanted[-1] == "*":
        return len(given) >= len(wanted) and all(map(_fits_part, wanted[:-1], given))
    return len(wanted) == len(given) and all(map(_fits_part, wanted, given))


def _fits_part(pattern: str, text: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))


def allowed(
    action: str, kind_of: str, ident: str | None, attributes: Any,
    permissions: list[PermissionSource], policies: list[PolicySource],
) -> bool:  # fmt: skip
    names = [kind_of] if ident is None else [kind_of, f"{kind_of}:{ident}"]
    matching = [
        policy.effect
        for policy in policies
        if any(fits(each, action) for each in policy.actions)
        and any(fits(policy.resource_pattern, name) for name in names)
        and meets(policy.conditions, attributes) in ((True, None) if policy.effect == "deny" else (True,))
    ]
    if "deny" in matching:
        return False
    return "allow" in matching or any(
        fits(each.action, action)
        and any(fits(each.resource, name) for name in names)
        and meets(each.conditions, attributes)
        for each in permissions
    )
