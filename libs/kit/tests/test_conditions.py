"""Conditions: bad ones are refused with the place and the reason."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.bad_conditions import BAD_IN_THE_WHOLE_LANGUAGE
from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.conditions.language import Dialect, compile_conditions, parse_conditions, read_conditions
from vaultaris_kit.conditions.operators import OPERATORS

LEAF = {"attribute": "subject.id", "operator": "eq", "value": 1}
TIME = {"attribute": "environment.time", "operator": "before", "value": "2030-01-01T00:00:00Z"}


def _meets(raw: Any, **attributes: Any) -> bool:
    condition = compile_conditions(read_conditions(raw))
    return condition is None or condition(attributes)


class TestFaults:
    @pytest.mark.parametrize(
        ("raw", "path", "code"),
        [
            *BAD_IN_THE_WHOLE_LANGUAGE,
            ("text", "conditions", "not_a_condition"),
            ([LEAF, 1], "conditions.1", "not_a_condition"),
        ],
    )
    def test_says_where_and_why(self, raw: Any, path: str, code: str) -> None:
        with pytest.raises(RuleFault) as fault:
            parse_conditions(raw)
        assert (fault.value.path, fault.value.code) == (path, code)
        assert fault.value.message

    def test_a_slip_of_the_pen_is_told(self) -> None:
        with pytest.raises(RuleFault, match="Is 'starts_with' meant"):
            parse_conditions({**LEAF, "operator": "start_with"})

    def test_members_that_mean_nothing_are_refused_when_written_and_read_when_stored(self) -> None:
        raw = {"all": [LEAF, {**LEAF, "valeu": 2}]}
        assert compile_conditions(read_conditions(raw)) is not None
        with pytest.raises(RuleFault) as fault:
            parse_conditions(raw)
        assert fault.value.path == "conditions.all.1.valeu"

    @pytest.mark.parametrize("operator", [name for name, each in OPERATORS.items() if each.operand == "none"])
    def test_a_value_for_an_operator_that_takes_none_is_refused(self, operator: str) -> None:
        """``exists`` with ``false`` would mean the contrary of what it says."""
        raw = {"attribute": "subject.id", "operator": operator, "value": False}
        with pytest.raises(RuleFault) as fault:
            parse_conditions(raw)
        assert (fault.value.path, fault.value.code) == ("conditions.value", "unexpected_value")
        for written in ({"value": None}, {}):
            parse_conditions({"attribute": "subject.id", "operator": operator, **written})


class TestDialect:
    KNOWN = Dialect(max_leaves=1, comparisons=frozenset({("environment.time", "before")}))

    @pytest.mark.parametrize(
        ("raw", "path", "code"),
        [
            (LEAF, "conditions", "unknown_comparison"),
            ({"all": [{**TIME, "operator": "after"}]}, "conditions.all.0", "unknown_comparison"),
            ({**TIME, "value": {"ref": "environment.time"}}, "conditions.value", "bad_operand"),
            ([TIME, TIME], "conditions.1", "too_many"),
        ],
    )
    def test_what_is_not_spoken_there_is_refused(self, raw: Any, path: str, code: str) -> None:
        with pytest.raises(RuleFault) as fault:
            parse_conditions(raw, dialect=self.KNOWN)
        assert (fault.value.path, fault.value.code) == (path, code)

    def test_what_is_spoken_there_means_the_same(self) -> None:
        condition = compile_conditions(parse_conditions(TIME, dialect=self.KNOWN))
        assert condition is not None
        assert condition({"environment": {"time": "2029-12-31"}})
        assert not condition({"environment": {"time": "2030-01-02"}})


OWNER = {"attribute": "subject.id", "operator": "eq", "value": {"ref": "resource.owner_id"}}


class TestReferences:
    def test_two_attributes_compare(self) -> None:
        assert _meets(OWNER, subject={"id": "u1"}, resource={"owner_id": "u1"})
        assert not _meets(OWNER, subject={"id": "u1"}, resource={"owner_id": "u2"})

    def test_a_missing_side_does_not_meet(self) -> None:
        assert not _meets(OWNER, subject={"id": "u1"}, resource={})
        assert not _meets(OWNER, subject={}, resource={})

    def test_an_operand_that_does_not_fit_is_as_good_as_missing(self) -> None:
        raw = {"attribute": "subject.id", "operator": "in", "value": {"ref": "resource.owners"}}
        assert not _meets(raw, subject={"id": "u1"}, resource={"owners": "u1"})
        assert _meets(raw, subject={"id": "u1"}, resource={"owners": ["u1"]})


class TestMeaning:
    def test_nothing_always_holds(self) -> None:
        assert all(map(_meets, ({}, [], None, {"all": []})))

    def test_any_of_nothing_never_holds(self) -> None:
        assert not _meets({"any": []})
        assert _meets({"not": {"any": []}})

    def test_true_is_not_one(self) -> None:
        assert not _meets(LEAF, subject={"id": True})
        assert _meets(LEAF, subject={"id": 1.0})

    def test_hours_follow_their_zone_and_span_midnight(self) -> None:
        night = {
            "attribute": "environment.time",
            "operator": "time_between",
            "value": ["22:00", "06:00", "Europe/Berlin"],
        }
        assert _meets(night, environment={"time": "2026-01-10T21:30:00Z"})
        assert not _meets(night, environment={"time": "2026-01-10T20:30:00Z"})

    @pytest.mark.parametrize("range_", ["10.0.0.0/8", "::ffff:10.0.0.0/104"])
    def test_an_address_is_the_same_in_either_way_of_writing_it(self, range_: str) -> None:
        rule = {"attribute": "environment.ip_address", "operator": "ip_in_range", "value": [range_]}
        for address in ("10.1.2.3", "::ffff:10.1.2.3", "::FFFF:0a01:0203"):
            assert _meets(rule, environment={"ip_address": address})
        for address in ("11.1.2.3", "::ffff:11.1.2.3", "::10.1.2.3", "fe80::1"):
            assert not _meets(rule, environment={"ip_address": address})

    def test_a_nasty_pattern_stays_fast(self) -> None:
        raw = {"attribute": "subject.id", "operator": "matches", "value": "(a+)+$"}
        assert not _meets(raw, subject={"id": "a" * 50_000 + "!"})

    def test_days_are_those_of_utc(self) -> None:
        sunday = {"attribute": "environment.time", "operator": "day_of_week", "value": ["sunday"]}
        assert _meets(sunday, environment={"time": "2026-11-23T00:30:00+02:00"})


operands = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8),
        st.sampled_from(["10.0.0.0/8", "::1", "09:00", "17:00Z", "24:00", "Europe/Berlin", "0001-01-01T00:00:00Z",
                         "9999-12-31T23:59:59-12:00", "2026-11-23", "monday", "(a|b)*", "[a", ""]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)  # fmt: skip


class TestEveryOperator:
    """Whatever may be written compiles, and can be asked anything."""

    @settings(max_examples=3000, deadline=None)
    @given(st.sampled_from(sorted(OPERATORS)), operands, operands)
    @example("time_between", ["00:00Z", "01:00Z"], "2026-11-23")
    @example("time_between", ["00:00", "01:00", "America/New_York"], "0001-01-01T00:00:00Z")
    @example("before", "0001-01-01T00:00:00+23:00", "2026-11-23")
    def test_is_refused_when_written_or_answers(self, operator: str, operand: Any, value: Any) -> None:
        raw = {"attribute": "subject.id", "operator": operator, "value": operand}
        try:
            condition = compile_conditions(parse_conditions(raw))
        except RuleFault:
            pass
        else:
            assert condition is not None
            assert condition({"subject": {"id": value}}) in (True, False)
        referring = {**raw, "value": {"ref": "subject.other"}}
        assert _meets(referring, subject={"id": value, "other": operand}) in (True, False)
