"""Password policies: every rule, the defaults, what a tenant sets. Pure."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultaris_directory.passwords.blocklist import load_common_passwords
from vaultaris_directory.passwords.policy import PasswordPolicy, merge_policy
from vaultaris_kit.errors import Invalid

DEFAULT = PasswordPolicy()
NAMES = ("carol", "carol.jones@acme.test")


def _codes(policy: PasswordPolicy, password: str, *, mfa_required: bool = False) -> list[str]:
    faults = policy.faults(password, names=NAMES, common={"letmein123"}, mfa_required=mfa_required)
    return [fault.code for fault in faults]


class TestDefaults:
    @pytest.mark.parametrize("password", ["tulip-river", "alllowercaseletters", "пароль-подлиннее", "x y z x y z"])
    def test_length_alone_will_do(self, password: str) -> None:
        assert _codes(DEFAULT, password) == []

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("short", "too_short"),
            ("x1" * 65, "too_long"),
            ("LetMeIn123", "common_password"),
            ("aaaaaaaaaa", "common_password"),
            ("I am Carol!", "contains_username"),
            ("carol.jones2026", "contains_username"),
        ],
    )
    def test_refused(self, password: str, code: str) -> None:
        assert code in _codes(DEFAULT, password)

    def test_length_counts_characters_as_the_verifier_sees_them(self) -> None:
        decomposed = unicodedata.normalize("NFD", "é" * 8)
        assert len(decomposed) == 16
        assert _codes(PasswordPolicy(max_length=8, disallow_common=False), decomposed) == []


class TestComposition:
    @pytest.mark.parametrize(
        ("rule", "password", "code"),
        [
            ("require_uppercase", "tulip-river", "needs_uppercase"),
            ("require_lowercase", "TULIP-RIVER", "needs_lowercase"),
            ("require_numbers", "tulip-river", "needs_number"),
            ("require_symbols", "tulipriver7", "needs_symbol"),
        ],
    )
    def test_each_rule(self, rule: str, password: str, code: str) -> None:
        assert _codes(PasswordPolicy.of({rule: True}), password) == [code]
        assert _codes(PasswordPolicy.of({rule: True}), "Tulip-River-7") == []


class TestAssurance:
    def test_a_password_that_stands_alone_is_longer(self) -> None:
        policy = PasswordPolicy(assurance="single_factor")
        assert _codes(policy, "tulip-river") == ["too_short"]
        assert _codes(policy, "tulip-river-seven") == []
        assert _codes(policy, "tulip-river", mfa_required=True) == []


class TestMerge:
    def test_null_gives_a_rule_back_to_its_default(self) -> None:
        assert merge_policy({"min_length": 12, "history_count": 3}, {"min_length": None}) == {"history_count": 3}

    def test_lengths_must_agree(self) -> None:
        with pytest.raises(Invalid):
            merge_policy({"max_length": 64}, {"min_length": 100})

    @given(st.dictionaries(st.text(max_size=20), st.integers(), max_size=5))
    def test_unknown_rules_change_nothing(self, stored: dict[str, int]) -> None:
        known = {name: value for name, value in stored.items() if name not in DEFAULT.as_json()}
        assert PasswordPolicy.of(known) == DEFAULT


class TestBlocklist:
    def test_holds_the_usual_suspects_and_no_rarities(self) -> None:
        common = load_common_passwords()
        assert {"password", "qwertyuiop", "12345678"} <= common
        assert "tulip river seven lamps" not in common
        assert len(common) > 20_000
