"""The operators of the condition language: what each takes, and what it means.

An operator is made once per version of a rule from its operand, where that is constant: ranges are parsed,
patterns compiled, sets built. An attribute that is missing never meets a condition, except for those
operators that say "not".
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import re2

from vaultaris_kit.conditions.expressions import MAX_BYTES, compile_expression, found_in
from vaultaris_kit.conditions.values import MISSING, is_number, key_of, moment, same

Operand = Literal["none", "scalar", "array", "range"]
Test = Callable[[Any], bool]
"""Whether an attribute's value meets the condition."""

MAX_ITEMS = 1000
MAX_PATTERN_CHARS = 1000
MAX_ADDRESS_CHARS = 100
_PAIR = 2
_MAPPED_BITS = 96
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class BadOperand(ValueError):
    """Why an operand does not fit its operator."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. ``make`` turns an operand into a test and raises :class:`BadOperand`."""

    name: str
    label: str
    operand: Operand
    types: tuple[str, ...]
    make: Callable[[Any], Test]
    when_missing: bool = False
    prove: Callable[[Any], None] | None = None
    """What of an operand is looked at only when it is written, for it costs too much to do each time it is read."""

    light: bool = False
    """Whether its test takes next to no time, whatever the value and the operand."""


def _scalar(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise BadOperand("takes a single value")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadOperand("takes a string")
    return value


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadOperand("takes an array")
    if len(value) > MAX_ITEMS:
        raise BadOperand(f"takes at most {MAX_ITEMS} values")
    return value


class _Wanted(NamedTuple):
    """An array of values as sets, so that looking for them takes time linear in both sides."""

    texts: frozenset[str]
    others: frozenset[Hashable]


def _wanted(operand: Any) -> _Wanted:
    items = _items(operand)
    texts = frozenset(item for item in items if isinstance(item, str))
    return _Wanted(texts, frozenset(key_of(item) for item in items if not isinstance(item, str)))


def _ordered(value: Any) -> Any:
    if not (is_number(value) or isinstance(value, str)):
        raise BadOperand("takes a number or a string")
    return value


def _comparable(left: Any, right: Any) -> bool:
    return (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str))


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    def make(operand: Any) -> Test:
        right = _ordered(operand)
        return lambda value: _comparable(value, right) and test(value, right)

    return make


def _equal(operand: Any) -> Test:
    if isinstance(operand, str):
        return lambda value: value == operand
    return lambda value: same(value, operand)


def _not(make: Callable[[Any], Test]) -> Callable[[Any], Test]:
    def made(operand: Any) -> Test:
        test = make(operand)
        return lambda value: not test(value)

    return made


def _equal_ignoring_case(operand: Any) -> Test:
    folded = _text(operand).casefold()
    return lambda value: isinstance(value, str) and value.casefold() == folded


def _between(operand: Any) -> Test:
    bounds = _items(operand)
    if len(bounds) != _PAIR:
        raise BadOperand("takes an array of two values, the bounds, both included")
    low, high = (_ordered(bound) for bound in bounds)
    if not _comparable(low, high):
        raise BadOperand("takes two numbers or two strings")
    return lambda value: _comparable(value, low) and low <= value <= high


def _one_of(operand: Any) -> Test:
    texts, others = _wanted(operand)
    return lambda value: value in texts if isinstance(value, str) else key_of(value) in others


def _holds(value: Any, item: Any) -> bool:
    if isinstance(value, str):
        return isinstance(item, str) and item in value
    return isinstance(value, list) and any(same(each, item) for each in value)


def _contains(operand: Any) -> Test:
    return lambda value: _holds(value, operand)


def _contains_any(operand: Any) -> Test:
    texts, others = _wanted(operand)

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return any(text in value for text in texts)
        if not isinstance(value, list):
            return False
        return any(each in texts if isinstance(each, str) else key_of(each) in others for each in value)

    return test


def _contains_all(operand: Any) -> Test:
    texts, others = _wanted(operand)
    everything = texts | others

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return not others and all(text in value for text in texts)
        return isinstance(value, list) and everything <= set(map(key_of, value))

    return test


def _starts_with(operand: Any) -> Test:
    prefix = _text(operand)
    return lambda value: isinstance(value, str) and value.startswith(prefix)


def _ends_with(operand: Any) -> Test:
    suffix = _text(operand)
    return lambda value: isinstance(value, str) and value.endswith(suffix)


def _pattern(operand: Any) -> str:
    pattern = _text(operand)
    if len(pattern) > MAX_PATTERN_CHARS:
        raise BadOperand(f"takes a pattern of at most {MAX_PATTERN_CHARS} characters")
    return pattern


def _matches(operand: Any) -> Test:
    """An operand that is another attribute is nothing that was proved: the test finds it out."""
    pattern = _pattern(operand)

    def test(value: Any) -> bool:
        try:
            return isinstance(value, str) and found_in(pattern, value)
        except re2.error as fault:
            raise _no_expression() from fault

    return test


def _prove_expression(operand: Any) -> None:
    try:
        compile_expression(_pattern(operand))
    except re2.error as fault:
        raise _no_expression() from fault


def _no_expression() -> BadOperand:
    return BadOperand(f"takes a regular expression of the RE2 syntax, of {MAX_BYTES >> 10} KiB compiled")


def _in_range(operand: Any) -> Test:
    try:
        networks = [_network(_text(item)) for item in (operand if isinstance(operand, list) else [operand])]
    except ValueError as fault:
        raise BadOperand("takes an address range such as 10.0.0.0/8, or an array of them") from fault

    def test(value: Any) -> bool:
        address = _address(value) if isinstance(value, str) else None
        return address is not None and any(address in network for network in networks)

    return test


@lru_cache(4096)
def _network(text: str) -> IPv4Network | IPv6Network:
    """Rules name the same ranges again and again, and parsed ones are large. One of mapped addresses is of IPv4."""
    network = ip_network(text, strict=False)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return network
    return ip_network((mapped, network.prefixlen - _MAPPED_BITS))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address, and for texts too long to be one, which are not remembered either."""
    return _parsed_address(text) if len(text) <= MAX_ADDRESS_CHARS else None


@lru_cache(4096)
def _parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """Parsed once for all the rules that look at the same request. Servers that listen on both kinds of addresses write
    ``::ffff:10.0.0.1`` for 10.0.0.1 (RFC 4291 section 2.5.5.2): a rule on the one means the other.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _moment(operand: Any) -> datetime:
    parsed = moment(operand)
    if parsed is None:
        raise BadOperand("takes a time such as 2026-01-31T09:00:00Z")
    return parsed


def _before(operand: Any) -> Test:
    limit = _moment(operand)
    return lambda value: (at := moment(value)) is not None and at < limit


def _after(operand: Any) -> Test:
    limit = _moment(operand)
    return lambda value: (at := moment(value)) is not None and at > limit


class _Hours(NamedTuple):
    start: time
    end: time
    zone: ZoneInfo


def _hours(operand: Any) -> _Hours:
    """``["09:00", "17:00"]``, with a time zone as third member if not UTC."""
    items = _items(operand)
    if len(items) not in (_PAIR, _PAIR + 1):
        raise BadOperand('takes ["09:00", "17:00"], and a time zone if it is not UTC')
    try:
        start, end = (time.fromisoformat(_text(item)) for item in items[:_PAIR])
        zone = ZoneInfo(_text(items[_PAIR]) if len(items) > _PAIR else "UTC")
    except (ValueError, KeyError, OSError) as fault:
        raise BadOperand('takes ["09:00", "17:00"], and a time zone if it is not UTC') from fault
    if start.tzinfo or end.tzinfo:
        raise BadOperand("takes the time zone as a third value, not in the times")
    return _Hours(start, end, zone)


def _time_between(operand: Any) -> Test:
    """The end is not included; a window whose end is before its start spans midnight."""
    start, end, zone = _hours(operand)

    def test(value: Any) -> bool:
        clock = _clock(moment(value), zone)
        if clock is None:
            return False
        return start <= clock < end if start <= end else clock >= start or clock < end

    return test


def _clock(at: datetime | None, zone: ZoneInfo) -> time | None:
    """What a clock on the wall says; None also for the first and last hours of all times, which a zone shifts away."""
    try:
        return None if at is None else at.astimezone(zone).time()
    except OverflowError:
        return None


def _day_of_week(operand: Any) -> Test:
    """Names in English or ISO numbers, Monday is 1; days are those of UTC."""
    wanted = set()
    for item in operand if isinstance(operand, list) else [operand]:
        if isinstance(item, str) and item.lower() in _DAYS:
            wanted.add(_DAYS.index(item.lower()) + 1)
        elif is_number(item) and 1 <= item <= len(_DAYS):
            wanted.add(int(item))
        else:
            raise BadOperand("takes days such as monday, or numbers from 1 (Monday) to 7")
    return lambda value: (at := moment(value)) is not None and at.isoweekday() in wanted


def _constant(test: Test) -> Callable[[Any], Test]:
    return lambda _operand: test


_ANY = ("string", "number", "boolean", "array", "object")
_ORDERED = ("number", "string")

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("eq", "is", "scalar", _ANY, _equal, light=True),
        Operator("ne", "is not", "scalar", _ANY, _not(_equal), when_missing=True, light=True),
        Operator("eq_ignore_case", "is, in any case", "scalar", ("string",), _equal_ignoring_case),
        Operator("gt", "greater than", "scalar", _ORDERED, _compare(lambda left, right: left > right), light=True),
        Operator("gte", "at least", "scalar", _ORDERED, _compare(lambda left, right: left >= right), light=True),
        Operator("lt", "less than", "scalar", _ORDERED, _compare(lambda left, right: left < right), light=True),
        Operator("lte", "at most", "scalar", _ORDERED, _compare(lambda left, right: left <= right), light=True),
        Operator("between", "between", "range", _ORDERED, _between, light=True),
        Operator("in", "is one of", "array", _ANY, _one_of),
        Operator("not_in", "is none of", "array", _ANY, _not(_one_of), when_missing=True),
        Operator("contains", "contains", "scalar", ("string", "array"), _contains),
        Operator("not_contains", "does not contain", "scalar", ("string", "array"), _not(_contains), when_missing=True),
        Operator("contains_any", "contains any of", "array", ("string", "array"), _contains_any),
        Operator("contains_all", "contains all of", "array", ("string", "array"), _contains_all),
        Operator("starts_with", "starts with", "scalar", ("string",), _starts_with, light=True),
        Operator("ends_with", "ends with", "scalar", ("string",), _ends_with, light=True),
        Operator("matches", "matches the pattern", "scalar", ("string",), _matches, prove=_prove_expression),
        Operator("exists", "is there", "none", _ANY, _constant(lambda value: value is not MISSING), light=True),
        Operator(
            "not_exists", "is not there", "none", _ANY, _constant(lambda _value: False), when_missing=True, light=True,
        ),
        Operator(
            "is_empty", "is empty", "none", _ANY,
            _constant(lambda value: value is None or value in ("", [], {})), when_missing=True, light=True,
        ),
        Operator("is_true", "is true", "none", ("boolean",), _constant(lambda value: value is True), light=True),
        Operator("is_false", "is false", "none", ("boolean",), _constant(lambda value: value is False), light=True),
        Operator("ip_in_range", "is an address in", "array", ("string",), _in_range),
        Operator("before", "before", "scalar", ("string", "number"), _before, light=True),
        Operator("after", "after", "scalar", ("string", "number"), _after, light=True),
        Operator("time_between", "at a time of day between", "range", ("string", "number"), _time_between, light=True),
        Operator("day_of_week", "on a day of", "array", ("string", "number"), _day_of_week, light=True),
    )
}  # fmt: skip
"""The 27 operators by name."""
