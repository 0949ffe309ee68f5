"""The product's HTTP surface: every endpoint, its owner and kind, read from ``endpoints.tsv``."""

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Row(NamedTuple):
    """One endpoint. ``method`` ``*`` means any.

    ``auth`` is what it takes: ``none``, ``bearer`` (an access token or an API key), ``person`` (the token of somebody
    who has signed in: no API key, and no client's own), ``api_key``, ``client``, ``service_token``, ``hmac``.
    """

    id: str
    section: str
    method: str
    path: str
    auth: str
    service: str
    kind: str
    summary: str


@cache
def rows() -> tuple[Row, ...]:
    """Every row of the surface."""
    text = files("vaultaris_kit").joinpath("endpoints.tsv").read_text(encoding="utf-8")
    return tuple(Row(**row) for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def methods(row: Row) -> list[str]:
    return ANY_METHOD if row.method == "*" else [row.method]


def shape(path: str) -> str:
    """The path with its parameters' names left out, so that differently named parameters compare equal."""
    return re.sub(r"\{[^}]*\}", "{}", path)
