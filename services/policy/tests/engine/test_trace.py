"""Traces say the same as the decision, and why."""

from dataclasses import replace
from typing import Any

from vaultaris_policy.engine.decision import Question
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource
from vaultaris_policy.engine.policies import PolicySet, PolicySource
from vaultaris_policy.engine.trace import MAX_TRACED, explain

QUESTION = Question("read", "orders", "42", {"subject": {"id": "1"}, "action": "read"})
OWNER = {"attribute": "resource.owner_id", "operator": "eq", "value": {"ref": "subject.id"}}
READING = {"attribute": "action", "operator": "eq", "value": "read"}


def policy(name: str, effect: Any = "allow", conditions: Any = None) -> PolicySource:
    return PolicySource(name, name, effect, "orders:*", ("read",), 0, conditions)


class TestExplain:
    def test_every_condition_has_its_outcome(self) -> None:
        policies = PolicySet([policy("p", conditions={"any": [OWNER, {"not": READING}, [READING]]})])
        (told,) = explain(QUESTION, PermissionSet([]), policies)["policies"]
        assert told["matched"]
        owner, never, always = told["conditions"]["any"]
        assert owner == {**OWNER, "result": False, "missing": True}
        assert (never["result"], never["not"]["result"], always["result"]) == (False, True, True)

    def test_the_role_that_grants_is_named(self) -> None:
        permissions = PermissionSet([PermissionSource("orders", "read", None, "clerk", "7")])
        told = explain(QUESTION, permissions, PolicySet([]))
        assert told["decided_by"] == "role"
        assert told["grants"] == [
            {"permission": "orders:read", "role": "clerk", "role_id": "7", "matched": True, "conditions": None}
        ]

    def test_nothing_decides(self) -> None:
        told = explain(QUESTION, PermissionSet([]), PolicySet([policy("p", conditions=OWNER)]))
        assert told["decided_by"] == "nothing"
        assert [each["matched"] for each in told["policies"]] == [False]

    def test_is_bounded_and_keeps_what_matched(self) -> None:
        many = [policy(f"a{number:03}", conditions=OWNER) for number in range(MAX_TRACED + 5)]
        told = explain(QUESTION, PermissionSet([]), PolicySet([*many, policy("z", "deny")]))
        assert (len(told["policies"]), told["truncated"]) == (MAX_TRACED, True)
        assert told["policies"][0]["policy_name"] == "z"
        assert told["decided_by"] == "policy"

    def test_what_decided_is_told_however_many_matched_before_it(self) -> None:
        many = [replace(policy(f"a{number:03}"), priority=10) for number in range(MAX_TRACED + 5)]
        told = explain(QUESTION, PermissionSet([]), PolicySet([*many, policy("z", "deny")]))
        assert [each["policy_name"] for each in told["policies"][:2]] == ["z", "a000"]
