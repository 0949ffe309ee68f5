"""Stored policies and permissions that can't be read any more: nobody gets anything by them, and a trace says why."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from vaultaris_policy.engine import careful
from vaultaris_policy.engine.decision import Question, decide, evaluate
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource
from vaultaris_policy.engine.policies import PolicySet, PolicySource
from vaultaris_policy.engine.trace import explain

QUESTION = Question("read", "orders", "42", {"subject": {"name": "ada", "department": "sales"}, "action": "read"})
PATTERN = {"attribute": "subject.name", "operator": "matches", "value": "(?=a)"}
ZONE = {"attribute": "environment.time", "operator": "time_between", "value": ["09:00", "17:00", "Mars/Olympus"]}
OPERATOR = {"attribute": "subject.name", "operator": "resembles", "value": "ada"}
SALES = {"attribute": "subject.department", "operator": "eq", "value": "sales"}
LEGAL = {**SALES, "value": "legal"}
BROKEN = pytest.mark.parametrize("broken", [PATTERN, ZONE, OPERATOR, {"any": 7}, {"not": PATTERN}, 7])


def policy(effect: Any, conditions: Any, name: str = "p", pattern: str = "orders:*") -> PolicySource:
    return PolicySource(name, name, effect, pattern, ("read",), 0, conditions)


def allowed(*policies: PolicySource, held: Any = ()) -> bool:
    return decide(QUESTION, PermissionSet(held), PolicySet(policies)).allowed


EVERYBODY = policy("allow", None, "everybody")


class TestDecisions:
    @BROKEN
    def test_an_allow_does_not_count_and_a_deny_does(self, broken: Any) -> None:
        assert not allowed(policy("allow", broken))
        assert not allowed(policy("deny", broken), EVERYBODY)
        assert evaluate(QUESTION, PolicySet([policy("allow", broken)])).effect == "not_applicable"
        assert evaluate(QUESTION, PolicySet([policy("deny", broken), EVERYBODY])).effect == "deny"

    @BROKEN
    def test_a_permission_grants_nothing(self, broken: Any) -> None:
        held = [PermissionSource("orders", "read", broken, "clerk")]
        assert not allowed(held=held)
        assert allowed(held=[*held, PermissionSource("orders", "read", SALES, "seller")])

    @BROKEN
    def test_what_the_readable_parts_decide_is_decided(self, broken: Any) -> None:
        for parts in ([broken, LEGAL], [LEGAL, broken]):
            assert allowed(policy("deny", {"all": parts}), EVERYBODY)
        for parts in ([broken, SALES], [SALES, broken]):
            assert allowed(policy("allow", {"any": parts}))
            assert not allowed(policy("allow", {"all": parts}))

    @BROKEN
    def test_nothing_else_of_the_tenant_suffers(self, broken: Any) -> None:
        others = [policy("deny", {"all": [broken, LEGAL]}, f"d{number}") for number in range(10)]
        assert allowed(policy("deny", broken, pattern="invoices"), EVERYBODY, *others)

    def test_patterns_that_would_be_refused_today_mean_what_they_meant(self) -> None:
        assert not allowed(policy("deny", None, pattern="*" * 11), EVERYBODY)
        assert allowed(policy("deny", None, pattern="or ders"), EVERYBODY)


class TestExplained:
    @pytest.mark.parametrize(
        ("broken", "told"), [(PATTERN, "RE2"), (ZONE, "time zone"), (OPERATOR, "resembles"), ({"any": 7}, "array")]
    )
    def test_a_trace_says_what_cannot_be_decided_and_why(self, broken: Any, told: str) -> None:
        policies = PolicySet([policy("deny", {"all": [SALES, broken]})])
        trace = explain(QUESTION, PermissionSet([]), policies)
        assert trace["decided_by"] == "policy"
        (traced,) = trace["policies"]
        assert traced["matched"]
        assert traced["conditions"]["result"] is None
        sound, unsound = traced["conditions"]["all"]
        assert sound["result"] is True
        assert unsound["result"] is None
        assert told in unsound["error"]

    @pytest.fixture
    def warnings(self, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
        careful._tell.cache_clear()
        with caplog.at_level(logging.WARNING):
            yield caplog

    def test_the_log_says_it_once(self, warnings: pytest.LogCaptureFixture) -> None:
        for _ in range(3):
            assert not allowed(policy("deny", PATTERN, "old"), EVERYBODY)
        (record,) = warnings.records
        assert "policy old" in record.getMessage()
