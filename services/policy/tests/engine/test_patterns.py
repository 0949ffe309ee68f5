"""Whether two patterns have something in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.policy.tests.engine.test_against_reference import patterns
from vaultaris_policy.engine.patterns import matcher, overlap

texts = st.lists(st.sampled_from(["orders", "1", "k8s", "apps", "pods"]), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([":", "/"]).map(lambda separator: separator.join(parts))
)


class TestOverlap:
    @given(patterns, patterns, texts)
    def test_what_both_match_is_in_common(self, one: str, other: str, text: str) -> None:
        if matcher(one)(text) and matcher(other)(text):
            assert overlap(one, other)
            assert overlap(other, one)

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("k8s:/secrets", "k8s:*/*", True),
            ("k8s:/secrets", "k8s:/*", True),
            ("k8s:/secrets", "k8s:/pods", False),
            ("k8s:apps/deployments/scale", "k8s:apps/*", True),
            ("k8s:apps/deployments/scale", "k8s:*/deployments", False),
            ("k8s:apps/*", "k8s:batch/*", False),
            ("orders:*", "k8s:*/*", False),
            ("*", "k8s:*/*", True),
        ],
    )
    def test_cases(self, one: str, other: str, expected: bool) -> None:
        assert (overlap(one, other), overlap(other, one)) == (expected, expected)
