"""Conditions of API keys."""

from datetime import UTC, datetime
from typing import Any

import pytest

from vaultaris_kit.api_keys.conditions import Circumstances, condition_of
from vaultaris_kit.conditions.errors import RuleFault

FRIDAY_NOON = Circumstances(datetime(2026, 11, 27, 12, 0, tzinfo=UTC), "10.1.2.3")


def leaf(attribute: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute": f"environment.{attribute}", "operator": operator, "value": value}


class TestHolds:
    @pytest.mark.parametrize(
        ("raw", "holds"),
        [
            (None, True),
            ({}, True),
            (leaf("time", "time_between", ["09:00", "17:00"]), True),
            (leaf("time", "time_between", ["12:00", "12:00"]), False),
            (leaf("time", "time_between", ["22:00", "06:00"]), False),
            (leaf("time", "time_between", ["20:30", "22:00", "Asia/Tokyo"]), True),
            (leaf("time", "day_of_week", ["monday", "Friday"]), True),
            (leaf("time", "day_of_week", 5), True),
            (leaf("time", "day_of_week", [6, 7]), False),
            (leaf("time", "before", "2026-11-27T12:00:01Z"), True),
            (leaf("time", "after", "2026-11-27T12:00:00"), False),
            (leaf("ip_address", "ip_in_range", ["10.0.0.0/8"]), True),
            (leaf("ip_address", "ip_in_range", "192.0.2.0/24"), False),
            ([leaf("time", "day_of_week", 5), leaf("ip_address", "ip_in_range", "10.1.2.3")], True),
            ({"any": [leaf("time", "day_of_week", 1), leaf("time", "day_of_week", 5)]}, True),
            ({"all": [leaf("time", "day_of_week", 1), leaf("time", "day_of_week", 5)]}, False),
            ({"not": leaf("time", "day_of_week", 5)}, False),
        ],
    )
    def test_each(self, raw: Any, holds: bool) -> None:
        assert condition_of(raw)(FRIDAY_NOON) is holds

    def test_an_unknown_address_is_in_no_network(self) -> None:
        condition = condition_of(leaf("ip_address", "ip_in_range", ["0.0.0.0/0", "::/0"]))
        assert not condition(Circumstances(FRIDAY_NOON.moment, None))
        assert condition(Circumstances(FRIDAY_NOON.moment, "::ffff:10.1.2.3"))


class TestRefuses:
    @pytest.mark.parametrize(
        "raw",
        [
            "x",
            {"x": 1},
            {"all": "x"},
            {"all": [], "any": []},
            {"attribute": "subject.id", "operator": "eq", "value": 1},
            leaf("time", "eq", "x"),
            leaf("time", "before", {"ref": "environment.time"}),
            leaf("time", "time_between", ["9", "17:00"]),
            leaf("time", "time_between", ["09:00"]),
            leaf("time", "time_between", ["09:00", "17:00", "Nowhere/Land"]),
            leaf("time", "before", "soon"),
            leaf("time", "day_of_week", ["someday"]),
            leaf("time", "day_of_week", [True]),
            leaf("ip_address", "ip_in_range", ["10.0.0.0/33"]),
            {**leaf("time", "before", "2026-01-01"), "x": 1},
            [leaf("time", "day_of_week", 1)] * 51,
        ],
    )
    def test_each(self, raw: Any) -> None:
        with pytest.raises(RuleFault):
            condition_of(raw)

    def test_depth(self) -> None:
        raw: Any = leaf("time", "day_of_week", 1)
        for _ in range(12):
            raw = {"not": raw}
        with pytest.raises(RuleFault, match="deep"):
            condition_of(raw)
