"""Rights: wildcards grant what they say, and covering is exactly granting everything."""

from hypothesis import given
from hypothesis import strategies as st

from vaultaris_kit.rights import ALL_RIGHTS, INSTANCE_RIGHTS, READ_RIGHTS, TENANT_RIGHTS, RightSet

RESOURCES = ["users", "roles", "k8s:apps/deployments"]
ACTIONS = ["read", "create"]
parts = st.tuples(st.sampled_from([*RESOURCES, "*"]), st.sampled_from([*ACTIONS, "*"]))
rights = parts.map(":".join)


def _grants(held: set[str], resource: str, action: str) -> bool:
    """The obvious definition."""
    return any(
        each_resource in ("*", resource) and each_action in ("*", action)
        for each_resource, each_action in (each.rsplit(":", 1) for each in held)
    )


class TestRightSet:
    @given(st.sets(rights), st.sampled_from(RESOURCES), st.sampled_from(ACTIONS))
    def test_grants_like_the_definition(self, held: set[str], resource: str, action: str) -> None:
        assert (f"{resource}:{action}" in RightSet(held)) == _grants(held, resource, action)

    @given(st.sets(rights), st.sets(rights), st.sampled_from(RESOURCES), st.sampled_from(ACTIONS))
    def test_narrowing_is_holding_both(self, held: set[str], limits: set[str], resource: str, action: str) -> None:
        both = _grants(held, resource, action) and _grants(limits, resource, action)
        assert (f"{resource}:{action}" in RightSet(held).narrowed(frozenset(limits))) == both

    @given(st.sets(rights), st.sets(rights))
    def test_narrowing_never_grants_more(self, held: set[str], limits: set[str]) -> None:
        narrowed = RightSet(held).narrowed(frozenset(limits))
        assert all(RightSet(held).covers(right) and RightSet(limits).covers(right) for right in narrowed.names)

    @given(st.sets(rights), rights)
    def test_covering_means_granting_all_of_it(self, held: set[str], right: str) -> None:
        resource, action = right.rsplit(":", 1)
        resources = [*RESOURCES, "something-else"] if resource == "*" else [resource]
        actions = [*ACTIONS, "something-else"] if action == "*" else [action]
        if RightSet(held).covers(right):
            assert all(_grants(held, one, other) for one in resources for other in actions)

    @given(st.sets(rights), rights)
    def test_held_rights_are_covered(self, held: set[str], right: str) -> None:
        assert RightSet(held | {right}).covers(right)

    def test_nothing_grants_nothing(self) -> None:
        assert "users:read" not in RightSet(())

    def test_a_scope_without_a_colon_is_no_right(self) -> None:
        assert "openid" not in RightSet(["*"])


class TestCatalogue:
    def test_instance_rights_are_in_the_catalogue(self) -> None:
        assert INSTANCE_RIGHTS < ALL_RIGHTS

    def test_auditors_change_nothing(self) -> None:
        assert all(right.endswith((":read", ":check")) for right in READ_RIGHTS)
        assert READ_RIGHTS < TENANT_RIGHTS
