"""What a set remembers of its questions is weighed about right, and bounded, whatever its policies are like."""

import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from vaultaris_policy.engine import policies as engine
from vaultaris_policy.engine.policies import PolicySet, PolicySource

SALES = {"attribute": "subject.department", "operator": "eq"}


def policy(number: int, pattern: str, conditions: Any = None) -> PolicySource:
    return PolicySource(str(number), f"p{number}", "allow", pattern, ("*",), 0, conditions)


def listed(number: int) -> dict[str, Any]:
    """As many guards as there may be."""
    return {**SALES, "operator": "in", "value": [f"{number}-{each}" for each in range(32)]}


TENANTS = {
    "nothing fits": [policy(number, f"kind{number}") for number in range(10)],
    "all fit": [policy(number, "*") for number in range(500)],
    "all fit, each for a text": [policy(number, "*", {**SALES, "value": f"{number}"}) for number in range(500)],
    "all fit, each for many texts": [policy(number, "*", listed(number)) for number in range(500)],
    "all name one thing": [policy(number, f"orders:{number}") for number in range(500)],
    "only some fit the type": [policy(number, "*" if number % 2 else "*:*") for number in range(500)],
}


def ask(policies: PolicySet, numbers: Iterable[int]) -> int:
    """Bytes that the questions leave behind; they are the caller's own texts."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in numbers:
        policies.fitting(f"action-{number}", "orders", "1")
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used


@pytest.mark.parametrize("kind", TENANTS)
def test_the_estimate_is_about_right(kind: str) -> None:
    policies = PolicySet(TENANTS[kind])
    used = ask(policies, range(30))
    assert 0.7 * used < policies.remembered < 2 * used


@pytest.mark.parametrize("kind", TENANTS)
def test_no_questions_make_it_grow_without_end(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_REMEMBERED", 1_000_000)
    policies = PolicySet(TENANTS[kind])
    for start in range(0, 3_000, 500):
        ask(policies, range(start, start + 500) if kind == "nothing fits" else range(start, start + 20))
        assert 0 < policies.remembered <= max(1_000_000, next(iter(policies._slots.values())).weight + 20)
