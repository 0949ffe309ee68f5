"""What changed: rows before and after, as events and the audit trail tell it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import inspect


class Audited:
    """A table whose changes are told, without the columns in ``unaudited``."""

    unaudited: ClassVar[frozenset[str]] = frozenset()


def state_of(row: Audited) -> dict[str, Any]:
    """The row's columns, without secrets and derived ones."""
    mapper = inspect(type(row)).mapper
    return {
        attribute.columns[0].name: getattr(row, attribute.key)
        for attribute in mapper.column_attrs
        if attribute.key not in row.unaudited
    }


def apply_changes(row: Audited, changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sets the attributes that really differ; returns their old and their new values, without secrets."""
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    told = [name for name in differing if name not in row.unaudited]
    old = {name: getattr(row, name) for name in told}
    for name, value in differing.items():
        setattr(row, name, value)
    return old, {name: differing[name] for name in told}
