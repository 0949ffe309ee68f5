"""Regular expressions in conditions: bounded in memory, whoever writes how many of them."""

import pytest

from vaultaris_kit.conditions import expressions
from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.conditions.language import MAX_PROVED, compile_conditions, parse_conditions, read_conditions
from vaultaris_kit.conditions.operators import MAX_ADDRESS_CHARS, OPERATORS, _parsed_address

LARGE = r"(?:\pL{10}){3}"


def matching(pattern: str) -> dict[str, str]:
    return {"attribute": "subject.name", "operator": "matches", "value": pattern}


class TestExpressions:
    @pytest.mark.parametrize("pattern", [LARGE, "(", "(?=a)"])
    def test_what_is_unsound_or_too_large_is_refused_when_written(self, pattern: str) -> None:
        with pytest.raises(RuleFault) as fault:
            parse_conditions(matching(pattern))
        assert (fault.value.path, fault.value.code) == ("conditions.value", "bad_operand")

    @pytest.mark.parametrize(
        "pattern", [r"^[\w.+-]{1,64}@example\.(com|org)$", r"^\pL+$", "[a-z]{1,200}", r"(?i)straße"]
    )
    def test_ordinary_ones_fit(self, pattern: str) -> None:
        parse_conditions(matching(pattern))

    def test_many_in_one_rule_are_refused_when_written_and_read_when_stored(self) -> None:
        rule = {"all": [matching(f"^a{number}") for number in range(MAX_PROVED + 1)]}
        with pytest.raises(RuleFault) as fault:
            parse_conditions(rule)
        assert (fault.value.path, fault.value.code) == (f"conditions.all.{MAX_PROVED}.value", "too_many")
        parse_conditions(rule["all"][1:])
        condition = compile_conditions(read_conditions(rule))
        assert condition is not None
        assert condition({"subject": {"name": "a" + "0" * MAX_PROVED}}) is False

    def test_large_ones_of_old_go_on_to_work(self) -> None:
        condition = compile_conditions(read_conditions(matching(LARGE)))
        assert condition is not None
        assert condition({"subject": {"name": "ä" * 30}})
        assert not condition({"subject": {"name": "ä" * 29}})

    @pytest.mark.parametrize(("pattern", "expected"), [("^a", True), ("(", False), ("(?=a)", False), (7, False)])
    def test_one_that_is_an_attribute_may_be_none(self, pattern: object, expected: bool) -> None:
        leaf = {"attribute": "subject.name", "operator": "matches", "value": {"ref": "resource.attributes.pattern"}}
        condition = compile_conditions(parse_conditions(leaf))
        assert condition is not None
        assert condition({"subject": {"name": "ada"}, "resource": {"attributes": {"pattern": pattern}}}) is expected

    def test_a_bounded_number_is_held_and_none_before_it_is_used(self) -> None:
        expressions._ordinary.cache_clear()
        conditions = [compile_conditions(parse_conditions(matching(f"^a{number}$"))) for number in range(1_200)]
        assert expressions._ordinary.cache_info().currsize == 0
        for number, condition in enumerate(conditions):
            assert condition is not None
            assert condition({"subject": {"name": f"a{number}"}})
        assert expressions._ordinary.cache_info().currsize == expressions._HELD


class TestAddresses:
    def test_long_texts_are_no_addresses_and_not_remembered(self) -> None:
        _parsed_address.cache_clear()
        test = OPERATORS["ip_in_range"].make(["10.0.0.0/8", "fe80::/10"])
        assert not test("1" * (MAX_ADDRESS_CHARS + 1))
        assert _parsed_address.cache_info().currsize == 0
        assert test("10.1.2.3")
        assert test("fe80::1%eth0")
