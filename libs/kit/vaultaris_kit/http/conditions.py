"""Conditions in a body: their shape, and the refusal of those that mean nothing."""

from typing import Annotated, Any

import msgspec
from pydantic import BeforeValidator, WithJsonSchema

from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.conditions.language import WHOLE, Dialect, parse_conditions
from vaultaris_kit.errors import Detail, Invalid
from vaultaris_kit.http.fields import MAX_JSON_BYTES


def _as_object(value: Any) -> Any:
    """A bare array means ``all``; what is stored and given back is an object always."""
    if value is None:
        return None
    if not isinstance(value, (dict, list)):
        raise ValueError("must be an object or an array")
    if len(msgspec.json.encode(value)) > MAX_JSON_BYTES:
        raise ValueError(f"must not exceed {MAX_JSON_BYTES} bytes of JSON")
    if isinstance(value, list):
        return {"all": value} if value else {}
    return value


Conditions = Annotated[
    dict[str, Any] | None,
    BeforeValidator(_as_object),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array"}, {"type": "null"}], "default": {}}),
]
"""At most 64 KiB. What they say is checked by whoever stores them, with :func:`require_meaning`."""


def require_meaning(conditions: Any, dialect: Dialect = WHOLE) -> None:
    """Called before ``conditions`` are stored. Raises :class:`Invalid` with the path of what is wrong."""
    try:
        parse_conditions(conditions, dialect=dialect)
    except RuleFault as fault:
        raise refusal(fault) from fault


def refusal(fault: RuleFault, within: str = "") -> Invalid:
    """The fault as an answer; ``within`` names the part of the body that held the rule (``draft.add.0.``)."""
    return Invalid(details=[Detail(field=f"{within}{fault.path}", message=fault.message, code=fault.code)])
