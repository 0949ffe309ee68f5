"""The form in which Envoy names a typed extension."""

from typing import Any

Config = dict[str, Any]


def extension(name: str, message: str, **fields: Any) -> Config:
    """Extension ``name`` with a configuration of protobuf type ``message``."""
    return {"name": name, "typed_config": typed(message, **fields)}


def typed(message: str, **fields: Any) -> Config:
    """``fields`` as a protobuf ``Any`` of type ``message``."""
    return {"@type": f"type.googleapis.com/{message}", **fields}


def overwrite_header(name: str, value: str) -> Config:
    """Sets a header, whatever stood there."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def header_if_absent(name: str, value: str) -> Config:
    """Sets a header unless somebody nearer to the answer has set it."""
    return {"header": {"key": name, "value": value}, "append_action": "ADD_IF_ABSENT"}
