"""Slugs and folded names. Pure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultaris_directory.tenants.slugs import RESERVED, slug_fault
from vaultaris_directory.users.logins import login_key


class TestSlugs:
    @pytest.mark.parametrize("slug", ["ab", "acme", "acme-2", "0x", "a" * 63, "billing-eu-west-1"])
    def test_good(self, slug: str) -> None:
        assert slug_fault(slug) is None

    @pytest.mark.parametrize(
        "slug", ["", "a", "a" * 64, "Acme", "-acme", "acme-", "ac--me", "ac me", "ac_me", "acmé", "a/b", "a\n", "٣٣"]
    )
    def test_bad(self, slug: str) -> None:
        assert slug_fault(slug)

    @pytest.mark.parametrize("slug", sorted(RESERVED))
    def test_reserved(self, slug: str) -> None:
        assert slug_fault(slug)

    def test_setup_may_take_master(self) -> None:
        assert slug_fault("master", reserved=RESERVED - {"master"}) is None


class TestLoginKeys:
    @pytest.mark.parametrize(
        ("left", "right"), [("Bob", "bOB"), ("straße", "STRASSE"), ("\uff42ob", "bob"), (" bob ", "bob")]
    )
    def test_the_same_to_people_is_the_same(self, left: str, right: str) -> None:
        assert login_key(left) == login_key(right)

    @settings(max_examples=500)
    @given(st.text(max_size=50))
    def test_folding_is_done_once(self, login: str) -> None:
        assert login_key(login_key(login)) == login_key(login)
