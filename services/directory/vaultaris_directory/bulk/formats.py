"""The two forms that users travel in, and how a caller chooses."""

from typing import Literal

from vaultaris_kit.errors import UnsupportedMediaType

Format = Literal["ndjson", "csv"]

MEDIA_TYPES: dict[Format, str] = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_KNOWN: dict[str, Format] = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "text/csv": "csv",
}


def format_sent(content_type: str) -> Format:
    """The format of a body. Raises :class:`UnsupportedMediaType`."""
    known = _KNOWN.get(content_type.partition(";")[0].strip().lower())
    if known is None:
        raise UnsupportedMediaType("The body must be application/x-ndjson or text/csv.")
    return known


def format_wanted(asked: Format | None, accept: str) -> Format:
    """The format of an answer: what the query asks for, else the first in ``Accept`` that is known, else NDJSON."""
    if asked is not None:
        return asked
    kinds = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((_KNOWN[kind] for kind in kinds if kind in _KNOWN), "ndjson")
