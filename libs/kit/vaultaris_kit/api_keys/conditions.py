"""Conditions of API keys: that part of the language which speaks of the moment and the caller's address.

They are parsed where the key lands and tested on every use, without asking anybody. What is not known here is refused
when a key is made, and holds never when it is met nevertheless.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from vaultaris_kit.conditions.language import Dialect, compile_conditions, parse_conditions

DIALECT: Final = Dialect(
    max_leaves=50,
    comparisons=frozenset(
        {
            ("environment.time", "before"),
            ("environment.time", "after"),
            ("environment.time", "time_between"),
            ("environment.time", "day_of_week"),
            ("environment.ip_address", "ip_in_range"),
        }
    ),
)


class Circumstances(NamedTuple):
    """When and from where a key is used; ``address`` None when it is not known."""

    moment: datetime
    address: str | None


Condition = Callable[[Circumstances], bool]


def condition_of(raw: Any) -> Condition:
    """The condition that ``raw`` describes; nothing describes one that always holds. Raises :class:`RuleFault`."""
    holds = compile_conditions(parse_conditions(raw, dialect=DIALECT))
    return (lambda _at: True) if holds is None else lambda at: holds(_attributes(at))


def _attributes(at: Circumstances) -> dict[str, Any]:
    environment: dict[str, Any] = {"time": at.moment.timestamp()}
    if at.address is not None:
        environment["ip_address"] = at.address
    return {"environment": environment}
