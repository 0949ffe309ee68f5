"""The compiled engine and the slow reference give the same answer to random questions.

``HYPOTHESIS_PROFILE=engine-soak`` (``make soak``) asks more than a million questions instead of some thousands.
"""

import itertools
import os
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.policy.tests.engine import reference
from vaultaris_kit.conditions.operators import OPERATORS
from vaultaris_policy.engine.decision import Question, decide, evaluate
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource
from vaultaris_policy.engine.policies import PolicySet, PolicySource

settings.register_profile("engine", max_examples=80, deadline=None)
settings.register_profile(
    "engine-soak", max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
PROFILE = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "engine"))

KINDS = ["orders", "k8s:apps/deployments", "k8s:pods"]
IDS = ["1", "2", "a/b"]
ACTIONS = ["read", "write", "re/x"]
SEGMENTS = ["*", "orders", "o*s", "1", "k8s", "k*", "apps", "deployments", "pods"]

scalars = st.one_of(
    st.sampled_from(["", "a", "ab", "B", "b", "10.0.0.7", "2026-11-23T10:30:00Z", "2026-11-23T00:30:00+02:00", "x"]),
    st.sampled_from([0, 1, 1.0, 2, -1, 1764000000]),
    st.booleans(),
    st.none(),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.sampled_from("ab"), scalars, max_size=2))
paths = st.sampled_from(["subject.a", "subject.b.a", "resource.a", "environment.a", "environment.zz", "action"])
texts = st.sampled_from(["", "a", "b", "AB", "x"])
ordered = st.one_of(st.sampled_from([0, 1, 1.0, 2]), texts)
OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("eq", "ne", "contains", "not_contains"), values),
    **dict.fromkeys(("eq_ignore_case", "starts_with", "ends_with"), texts),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), ordered),
    "between": st.one_of(st.just([0, 1]), st.just(["a", "b"]), st.just([2, 0])),
    **dict.fromkeys(("in", "not_in", "contains_any", "contains_all"), st.lists(values, max_size=3)),
    "matches": st.sampled_from(["^a", "b$", "[0-9]+", "a|b", "", "("]),
    "ip_in_range": st.sampled_from([["10.0.0.0/8"], "10.0.0.7", ["192.168.0.0/16", "::1"], []]),
    **dict.fromkeys(("before", "after"), st.sampled_from(["2026-11-23T00:00:00Z", 1764000000, "2026-11-23"])),
    "time_between": st.sampled_from([["09:00", "17:00"], ["22:00", "06:00"], ["10:30", "10:31"]]),
    "day_of_week": st.sampled_from([["monday"], [1, 7], "sunday", []]),
}


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    """Some of them, such as what was stored by an older version may be, can't be read any more."""
    operator = draw(st.sampled_from([*sorted(OPERATORS), "vanished"]))
    leaf = {"attribute": draw(paths), "operator": operator}
    if operator in OPERANDS:
        leaf["value"] = draw(OPERANDS[operator])
    return leaf


@st.composite
def demands(draw: st.DrawFn) -> dict[str, Any]:
    """What most policies begin with: that some attribute is, or holds, one of a few texts."""
    operator = draw(st.sampled_from(["eq", "in", "contains", "contains_any"]))
    value = draw(texts if operator in ("eq", "contains") else st.lists(st.one_of(texts, st.just(1)), max_size=3))
    return {"attribute": draw(paths), "operator": operator, "value": value}


conditions = st.one_of(
    st.just({}),
    st.lists(demands(), min_size=1, max_size=3).map(lambda each: {"all": each}),
    st.recursive(
        leaves(),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(lambda each: {"all": each}),
            st.lists(inner, max_size=3).map(lambda each: {"any": each}),
            inner.map(lambda each: {"not": each}),
        ),
        max_leaves=5,
    ),
)
patterns = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([":", "/"]).map(lambda separator: separator.join(parts))
)
actions = st.lists(st.sampled_from([*ACTIONS, "*", "r*", "re/*"]), min_size=1, max_size=2).map(tuple)
policies = st.lists(
    st.builds(
        PolicySource, id=st.uuids().map(str), name=st.just("p"), effect=st.sampled_from(["allow", "deny"]),
        resource_pattern=st.one_of(patterns, st.sampled_from([*KINDS, "orders:1", "orders:*", "*"])), actions=actions,
        priority=st.integers(-2, 2), conditions=conditions,
    ),
    max_size=10,
)  # fmt: skip
permissions = st.lists(
    st.builds(
        PermissionSource,
        resource=st.one_of(st.sampled_from([*KINDS, "*", "orders:1"]), patterns),
        action=st.sampled_from([*ACTIONS, "*"]),
        conditions=conditions,
    ),
    max_size=3,
)
objects = st.dictionaries(st.sampled_from("ab"), values, max_size=2)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    action = draw(st.sampled_from(ACTIONS))
    attributes = {"subject": draw(objects), "resource": draw(objects), "environment": draw(objects), "action": action}
    return Question(action, draw(st.sampled_from(KINDS)), draw(st.one_of(st.none(), st.sampled_from(IDS))), attributes)


@st.composite
def all_questions(draw: st.DrawFn) -> list[Question]:
    """Every action on every resource, for three subjects under three circumstances: 108 questions."""
    roots = ("subject", "resource", "environment")
    told = [{root: draw(objects) for root in roots} for _ in range(3)]
    return [
        Question(action, kind, ident, {**each, "action": action})
        for each, action, kind, ident in itertools.product(told, ACTIONS, KINDS, [None, *IDS])
    ]


def _differing(
    asked: list[Question], held: list[PermissionSource], written: list[PolicySource]
) -> Iterator[tuple[str, str, str | None]]:
    permissions, policies = PermissionSet(held), PolicySet(written)
    for question in asked:
        if decide(question, permissions, policies).allowed != _expected(question, held, written):
            yield question.action, question.resource_type, question.resource_id


def _expected(question: Question, held: list[PermissionSource], written: list[PolicySource]) -> bool:
    return reference.allowed(
        question.action, question.resource_type, question.resource_id, question.attributes, held, written
    )


class TestAgainstReference:
    @settings(PROFILE)
    @given(all_questions(), permissions, policies)
    def test_same_answer(
        self, asked: list[Question], held: list[PermissionSource], written: list[PolicySource]
    ) -> None:
        assert list(_differing(asked, held, written)) == []

    @settings(PROFILE, max_examples=PROFILE.max_examples // 2)
    @given(questions(), permissions, policies, st.randoms(use_true_random=False))
    def test_order_does_not_matter(
        self, question: Question, held: list[PermissionSource], written: list[PolicySource], shuffle: random.Random
    ) -> None:
        first = decide(question, PermissionSet(held), PolicySet(written))
        shuffle.shuffle(written)
        shuffle.shuffle(held)
        again = decide(question, PermissionSet(held), PolicySet(written))
        assert (again.allowed, again.policy) == (first.allowed, first.policy)

    @settings(PROFILE, max_examples=PROFILE.max_examples // 2)
    @given(questions(), policies)
    def test_evaluation_agrees_with_the_decision(self, question: Question, written: list[PolicySource]) -> None:
        compiled = PolicySet(written)
        effect = evaluate(question, compiled).effect
        assert decide(question, PermissionSet(()), compiled).allowed == (effect == "allow")

    @settings(PROFILE, max_examples=PROFILE.max_examples // 2)
    @given(st.lists(questions(), min_size=1, max_size=8), policies)
    def test_what_was_asked_before_changes_nothing(self, asked: list[Question], written: list[PolicySource]) -> None:
        compiled = PolicySet(written)
        for question in (*asked, *asked):
            assert decide(question, PermissionSet(()), compiled).allowed == _expected(question, [], written)
