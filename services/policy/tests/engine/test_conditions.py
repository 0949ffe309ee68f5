"""Conditions: bad ones are refused with the place and the reason."""

from typing import Any

import pytest

from vaultaris_policy.engine.conditions import MAX_LEAVES, compile_conditions, parse_conditions
from vaultaris_policy.engine.errors import PolicyFault

LEAF = {"attribute": "subject.id", "operator": "eq", "value": 1}


def _meets(raw: Any, **attributes: Any) -> bool:
    condition = compile_conditions(parse_conditions(raw))
    return condition is None or condition(attributes)


class TestFaults:
    @pytest.mark.parametrize(
        ("raw", "path", "code"),
        [
            ("text", "conditions", "not_a_condition"),
            ({"all": 1}, "conditions.all", "not_an_array"),
            ({"all": [], "any": []}, "conditions", "ambiguous"),
            ([{**LEAF, "operator": "like"}], "conditions.0.operator", "unknown_operator"),
            ({"any": [LEAF, {"not": {**LEAF, "operator": None}}]}, "conditions.any.1.not.operator", "missing_operator"),
            ({**LEAF, "operator": ["eq"]}, "conditions.operator", "unknown_operator"),
            ({**LEAF, "operator": "x" * 60_000}, "conditions.operator", "unknown_operator"),
            ({**LEAF, "attribute": "request.ip"}, "conditions.attribute", "bad_attribute"),
            ({**LEAF, "attribute": 7}, "conditions.attribute", "bad_attribute"),
            ({"attribute": "subject.id", "operator": "eq"}, "conditions.value", "missing_value"),
            ({**LEAF, "operator": "in"}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "between", "value": [1]}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "between", "value": [1, "a"]}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "ip_in_range", "value": "10.0.0.0/99"}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "matches", "value": "("}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "matches", "value": "(a)\\1"}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "before", "value": "soon"}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "time_between", "value": ["9", "x"]}, "conditions.value", "bad_operand"),
            (
                {**LEAF, "operator": "time_between", "value": ["09:00", "17:00", "Mars"]},
                "conditions.value",
                "bad_operand",
            ),
            ({**LEAF, "operator": "day_of_week", "value": ["someday"]}, "conditions.value", "bad_operand"),
            ({**LEAF, "operator": "gt", "value": True}, "conditions.value", "bad_operand"),
            ({**LEAF, "value": {"ref": "nowhere.x"}}, "conditions.value.ref", "bad_attribute"),
            ([LEAF] * (MAX_LEAVES + 1), f"conditions.{MAX_LEAVES}", "too_many"),
        ],
    )
    def test_says_where_and_why(self, raw: Any, path: str, code: str) -> None:
        with pytest.raises(PolicyFault) as fault:
            parse_conditions(raw)
        assert (fault.value.path, fault.value.code) == (path, code)
        assert fault.value.message

    def test_a_slip_of_the_pen_is_told(self) -> None:
        with pytest.raises(PolicyFault, match="Is 'starts_with' meant"):
            parse_conditions({**LEAF, "operator": "start_with"})

    def test_members_that_mean_nothing_are_refused_when_written_and_read_when_stored(self) -> None:
        raw = {"all": [LEAF, {**LEAF, "valeu": 2}]}
        assert compile_conditions(parse_conditions(raw)) is not None
        with pytest.raises(PolicyFault) as fault:
            parse_conditions(raw, strict=True)
        assert fault.value.path == "conditions.all.1.valeu"

    def test_depth(self) -> None:
        raw: Any = LEAF
        for _ in range(20):
            raw = {"not": raw}
        with pytest.raises(PolicyFault) as fault:
            parse_conditions(raw)
        assert fault.value.code == "too_deep"


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

    def test_a_nasty_pattern_stays_fast(self) -> None:
        raw = {"attribute": "subject.id", "operator": "matches", "value": "(a+)+$"}
        assert not _meets(raw, subject={"id": "a" * 50_000 + "!"})
