"""What a cell of a CSV file holds, and how it is kept from being taken for a formula.

A spreadsheet runs a cell that begins with one of ``= + - @``, a tab or a carriage return. The export puts an
apostrophe before those, and before an apostrophe; the import takes it away again, so that nothing is lost on
the way there and back.
"""

from typing import Any

import msgspec

from vaultaris_kit.http.body import parse_json

_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
_LISTS = frozenset({"roles", "groups"})
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_SEPARATOR = ";"


def cell_of(value: Any) -> str:
    """A value as a cell: lists as names between semicolons, unless a name holds one; objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(_SEPARATOR in each or each.startswith("[") for each in value):
        return guarded(_SEPARATOR.join(value))
    if isinstance(value, (list, dict)):
        return msgspec.json.encode(value).decode()
    return guarded(str(value))


def value_of(name: str, cell: str) -> Any:
    """The value in a cell of column ``name``; None when it is empty. Raises BadRequest, Invalid for bad JSON."""
    text = unguarded(cell)
    if not text:
        return None
    if name in _LISTS and not text.startswith("["):
        return [part.strip() for part in text.split(_SEPARATOR) if part.strip()]
    if name in _LISTS or name == "metadata":
        return parse_json(text.encode())
    if name == "email_verified":
        return _BOOLEANS.get(text.strip().lower(), text)
    return text


def guarded(text: str) -> str:
    """The text, safe to open in a spreadsheet."""
    return f"'{text}" if text.startswith(_RISKY) else text


def unguarded(cell: str) -> str:
    """The text behind :func:`guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell
