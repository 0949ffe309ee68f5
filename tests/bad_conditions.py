"""Conditions that nobody may write down, wherever conditions are kept: what is sent, the place and the code told."""

from typing import Any, Final

from vaultaris_kit.conditions.language import MAX_DEPTH, MAX_LEAVES

GOOD_LEAF: Final[dict[str, Any]] = {
    "attribute": "environment.ip_address", "operator": "ip_in_range", "value": ["10.0.0.0/8"],
}  # fmt: skip
"""Means something everywhere: for policies, permissions and API keys."""

_TIME: Final[dict[str, Any]] = {"attribute": "environment.time", "operator": "before", "value": "2030-01-01T00:00:00Z"}
_HOURS: Final[dict[str, Any]] = {**_TIME, "operator": "time_between"}


def nested(depth: int) -> dict[str, Any]:
    """A condition within conditions."""
    raw = GOOD_LEAF
    for _ in range(depth):
        raw = {"not": raw}
    return raw


BAD_CONDITIONS: Final[list[tuple[Any, str, str]]] = [
    ({"all": 1}, "conditions.all", "not_an_array"),
    ({"all": ["text"]}, "conditions.all.0", "not_a_condition"),
    ({"all": [], "any": []}, "conditions", "ambiguous"),
    ({"all": [{**GOOD_LEAF, "operator": "like"}]}, "conditions.all.0.operator", "unknown_operator"),
    ({"any": [GOOD_LEAF, {**GOOD_LEAF, "operator": "like"}]}, "conditions.any.1.operator", "unknown_operator"),
    ({"not": {**GOOD_LEAF, "operator": None}}, "conditions.not.operator", "missing_operator"),
    ({**GOOD_LEAF, "operator": ["eq"]}, "conditions.operator", "unknown_operator"),
    ({**GOOD_LEAF, "operator": "x" * 60_000}, "conditions.operator", "unknown_operator"),
    ({**GOOD_LEAF, "attribute": "request.ip"}, "conditions.attribute", "bad_attribute"),
    ({**GOOD_LEAF, "attribute": 7}, "conditions.attribute", "bad_attribute"),
    ({**GOOD_LEAF, "valeu": 2}, "conditions.valeu", "unknown"),
    ({"resource.open": True}, "conditions.resource.open", "unknown"),
    ({name: GOOD_LEAF[name] for name in ("attribute", "operator")}, "conditions.value", "missing_value"),
    ({**GOOD_LEAF, "value": ["10.0.0.0/99"]}, "conditions.value", "bad_operand"),
    ({**GOOD_LEAF, "value": 7}, "conditions.value", "bad_operand"),
    ({**_TIME, "value": "soon"}, "conditions.value", "bad_operand"),
    ({**_TIME, "value": True}, "conditions.value", "bad_operand"),
    ({**_HOURS, "value": ["9", "x"]}, "conditions.value", "bad_operand"),
    ({**_HOURS, "value": ["09:00"]}, "conditions.value", "bad_operand"),
    ({**_HOURS, "value": ["09:00", "17:00", "Mars"]}, "conditions.value", "bad_operand"),
    ({**_HOURS, "value": ["09:00Z", "17:00Z"]}, "conditions.value", "bad_operand"),
    ({**_TIME, "operator": "day_of_week", "value": ["someday"]}, "conditions.value", "bad_operand"),
    (nested(MAX_DEPTH), "conditions" + ".not" * MAX_DEPTH, "too_deep"),
]

_SUBJECT: Final[dict[str, Any]] = {"attribute": "subject.id", "operator": "eq", "value": "1"}

BAD_IN_THE_WHOLE_LANGUAGE: Final[list[tuple[Any, str, str]]] = [
    *BAD_CONDITIONS,
    ({**_SUBJECT, "operator": "in"}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "operator": "between", "value": [1]}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "operator": "between", "value": [1, "a"]}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "operator": "gt", "value": True}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "operator": "matches", "value": "("}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "operator": "matches", "value": "(a)\\1"}, "conditions.value", "bad_operand"),
    ({**_SUBJECT, "value": {"ref": "nowhere.x"}}, "conditions.value.ref", "bad_attribute"),
    ({"any": [_SUBJECT] * (MAX_LEAVES + 1)}, f"conditions.any.{MAX_LEAVES}", "too_many"),
]
"""For policies and permissions, which speak all of it."""
