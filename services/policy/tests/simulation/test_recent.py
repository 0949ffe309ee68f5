"""The memory of questions is bounded, and holds no context."""

from vaultaris_kit.ids import new_id
from vaultaris_policy.checks.recent import MAX_TENANTS, Recent

TENANT, USER = new_id(), new_id()


class TestRecent:
    def test_counts_and_forgets_the_oldest(self) -> None:
        recent = Recent(2)
        for resource in ("a", "b", "b", "c"):
            recent.note(TENANT, USER, [(resource, "read", resource == "b")])
        told = [(key[1], asked.count, asked.with_context) for key, asked in recent.of_tenant(TENANT, 10)]
        assert told == [("c", 1, False), ("b", 2, True)]
        assert len(recent.of_tenant(TENANT, 1)) == 1

    def test_what_is_asked_again_stays(self) -> None:
        recent = Recent(2)
        for resource in ("a", "b", "a", "c"):
            recent.note(TENANT, USER, [(resource, "read", False)])
        assert [key[1] for key, _ in recent.of_tenant(TENANT, 10)] == ["c", "a"]

    def test_a_tenant_that_goes_on_asking_stays(self) -> None:
        recent = Recent(2)
        for _ in range(MAX_TENANTS):
            recent.note(TENANT, USER, [("a", "read", False)])
            recent.note(new_id(), USER, [("a", "read", False)])
        assert recent.of_tenant(TENANT, 10)[0][1].count == MAX_TENANTS

    def test_of_another_tenant_there_is_nothing(self) -> None:
        recent = Recent(2)
        recent.note(TENANT, USER, [("a", "read", False)])
        assert recent.of_tenant(new_id(), 10) == []

    def test_tenants_are_bounded_too(self) -> None:
        recent = Recent(2)
        recent.note(TENANT, USER, [("a", "read", False)])
        for _ in range(MAX_TENANTS):
            recent.note(new_id(), USER, [("a", "read", False)])
        assert recent.of_tenant(TENANT, 10) == []

    def test_switched_off(self) -> None:
        recent = Recent(0)
        recent.note(TENANT, USER, [("a", "read", False)])
        assert recent.of_tenant(TENANT, 10) == []
