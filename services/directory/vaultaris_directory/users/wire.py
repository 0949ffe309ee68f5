"""A user as JSON, straight from the columns: what :class:`UserOut` describes, without building one.

Users are the rows that are read most. A test holds this to the schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response

from vaultaris_directory.passwords.lockout import Standing
from vaultaris_directory.users.schemas import UserOut
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.ids import now

WIRE: Final = tuple(field.serialization_alias or name for name, field in UserOut.model_fields.items())
"""The columns that the wire shows, which have the names of its fields."""

NEEDED: Final = (*WIRE, "lockouts", "version")
"""The columns that it takes to show them."""

_encode = msgspec.json.Encoder().encode


def one_user(row: Mapping[str, Any], status: int = 200) -> Response:
    """The envelope ONE, with its ETag."""
    body = _encode({"success": True, "data": shown(row)})
    return _json(body, status, {"ETag": f'"{row["version"]}"'})


def page_of_users(rows: Sequence[Mapping[Any, Any]], total: int, query: PageQuery) -> Response:
    """The envelope PAGE."""
    meta = {"page": query.page, "per_page": query.per_page, "total": total}
    return _json(_encode({"data": [shown(row) for row in rows], "meta": meta, **meta}))


def shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The fields of a row; a lock that is over shows as none."""
    fields = {name: row[name] for name in WIRE}
    if isinstance(fields["metadata"], str):  # as asyncpg reads it
        fields["metadata"] = msgspec.Raw(fields["metadata"].encode())
    if fields["locked_until"] is not None:
        standing = Standing(row["failed_login_attempts"], row["lockouts"], row["locked_until"]).seen(now())
        fields["failed_login_attempts"], fields["locked_until"] = standing.failures, standing.locked_until
    return fields


def _json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")
