"""What is held of policies and permissions goes with the last reference to it, also after it was used."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from vaultaris_policy.engine.decision import Question, decide
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource
from vaultaris_policy.engine.policies import PolicySet, PolicySource
from vaultaris_policy.engine.trace import explain

DEPARTMENT = {"attribute": "subject.department", "operator": "eq", "value": "sales"}
WORDS = {"attribute": "subject.title", "operator": "matches", "value": "^a"}
ATTRIBUTES = {"subject": {"department": "sales", "title": "agent"}}


def policy(name: str, effect: Any, conditions: Any) -> PolicySource:
    return PolicySource(name, name, effect, "orders:*", ("read", "w*"), 0, conditions)


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Cycles stay."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_policies_hold_no_cycles(effect: str) -> None:
    conditions = {"all": [DEPARTMENT, {"not": {"not": WORDS}}]}
    policies = PolicySet(policy(f"{number}", effect, conditions) for number in range(10))
    question = Question("read", "orders", "1", ATTRIBUTES)
    decision = decide(question, PermissionSet([]), policies)
    assert decision.policy is not None
    assert explain(question, PermissionSet([]), policies)["decided_by"] == "policy"
    watched = [weakref.ref(policy.condition) for policy in policies.policies if policy.condition]
    del policies, decision
    assert len(watched) == 10
    assert not any(each() for each in watched)


@pytest.mark.usefixtures("without_collector")
def test_permissions_hold_no_cycles() -> None:
    permissions = PermissionSet([PermissionSource("orders", "read", DEPARTMENT, "clerk")])
    question = Question("read", "orders", None, ATTRIBUTES)
    assert decide(question, permissions, PolicySet([])).grant is not None
    (grant,) = permissions.candidates("read", "orders", None)
    assert grant.condition is not None
    watched = weakref.ref(grant.condition)
    del permissions, grant
    assert watched() is None
