"""Conditions of API keys: that part of the policies' language which speaks of the moment and the caller's address.

A node is ``{"all": […]}``, ``{"any": […]}``, ``{"not": {…}}`` or a leaf ``{"attribute", "operator", "value"}``; a bare
array means ``all``. They are parsed where the key lands and tested on every use, without asking anybody. What is
not known here is refused when a key is made, and holds never when it is met nevertheless.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time
from ipaddress import ip_address, ip_network
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

MAX_DEPTH: Final = 10
MAX_LEAVES: Final = 50
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Circumstances(NamedTuple):
    """When and from where a key is used; ``address`` None when it is not known."""

    moment: datetime
    address: str | None


Condition = Callable[[Circumstances], bool]


def parse_conditions(raw: Any) -> Condition:
    """The condition that ``raw`` describes; nothing describes one that always holds. Raises :class:`ValueError`."""
    leaves = [0]
    return _parse(raw, 1, leaves) if raw else lambda _at: True


def _parse(raw: Any, depth: int, leaves: list[int]) -> Condition:
    if depth > MAX_DEPTH:
        raise ValueError(f"conditions may be nested {MAX_DEPTH} deep")
    if isinstance(raw, list):
        return _all([_parse(each, depth + 1, leaves) for each in raw])
    if not isinstance(raw, dict):
        raise ValueError("a condition is an object or an array")
    if set(raw) == {"not"}:
        inner = _parse(raw["not"], depth + 1, leaves)
        return lambda at: not inner(at)
    for combinator, combine in (("all", _all), ("any", _any)):
        if set(raw) == {combinator} and isinstance(raw[combinator], list):
            return combine([_parse(each, depth + 1, leaves) for each in raw[combinator]])
    return _leaf(raw, leaves)


def _all(parts: list[Condition]) -> Condition:
    return lambda at: all(part(at) for part in parts)


def _any(parts: list[Condition]) -> Condition:
    return lambda at: any(part(at) for part in parts)


def _leaf(raw: dict[str, Any], leaves: list[int]) -> Condition:
    leaves[0] += 1
    if leaves[0] > MAX_LEAVES:
        raise ValueError(f"at most {MAX_LEAVES} comparisons are allowed")
    if set(raw) != {"attribute", "operator", "value"}:
        raise ValueError("a comparison has attribute, operator and value")
    make = _OPERATORS.get((str(raw["attribute"]), str(raw["operator"])))
    if make is None:
        known = ", ".join(f"{attribute} {operator}" for attribute, operator in _OPERATORS)
        raise ValueError(f"API keys know these comparisons: {known}")
    return make(raw["value"])


def _before(value: Any) -> Condition:
    limit = _moment(value)
    return lambda at: at.moment < limit


def _after(value: Any) -> Condition:
    limit = _moment(value)
    return lambda at: at.moment > limit


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("takes a moment such as 2027-01-01T00:00:00Z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time_between(value: Any) -> Condition:
    """The end is not included; a window whose end is before its start spans midnight."""
    if not isinstance(value, list) or len(value) not in (2, 3) or not all(isinstance(each, str) for each in value):
        raise ValueError('takes ["09:00", "17:00"], and a time zone if it is not UTC')
    start, end = time.fromisoformat(value[0]), time.fromisoformat(value[1])
    zone = _zone(value[2] if len(value) > 2 else "UTC")  # noqa: PLR2004 - as said

    def test(at: Circumstances) -> bool:
        clock = at.moment.astimezone(zone).time()
        return start <= clock < end if start <= end else clock >= start or clock < end

    return test


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as fault:
        raise ValueError("names no time zone") from fault


def _day_of_week(value: Any) -> Condition:
    """Names in English or ISO numbers, Monday is 1; days are those of UTC."""
    wanted = {_day(each) for each in (value if isinstance(value, list) else [value])}
    return lambda at: at.moment.astimezone(UTC).isoweekday() in wanted


def _day(value: Any) -> int:
    if isinstance(value, str) and value.lower() in _DAYS:
        return _DAYS.index(value.lower()) + 1
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(_DAYS):
        return value
    raise ValueError("takes days such as monday, or numbers from 1 (Monday) to 7")


def _ip_in_range(value: Any) -> Condition:
    texts = value if isinstance(value, list) else [value]
    networks = [ip_network(str(each), strict=False) for each in texts]

    def test(at: Circumstances) -> bool:
        try:
            address = ip_address(at.address or "")
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in networks)

    return test


_OPERATORS: Final[dict[tuple[str, str], Callable[[Any], Condition]]] = {
    ("environment.time", "before"): _before,
    ("environment.time", "after"): _after,
    ("environment.time", "time_between"): _time_between,
    ("environment.time", "day_of_week"): _day_of_week,
    ("environment.ip_address", "ip_in_range"): _ip_in_range,
}
