"""HTTP shapes of token validation."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import BaseModel

_MAX_REQUIRED = 100
_Names = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=_MAX_REQUIRED)]


class ValidateToken(msgspec.Struct):
    """What is asked. ``required_permissions`` are ``resource:action``. Null means not sent."""

    token: Annotated[str, Meta(min_length=1, max_length=20_000)]
    required_scopes: _Names | None = None
    required_permissions: _Names | None = None


class Validation(BaseModel):
    """What is told; ``expires_at`` in seconds since the epoch. ``error`` says why ``valid`` is false.

    ``aud`` is whom the token is for: the issuer, or the ``client_id`` of a service. ``cnf.jkt`` names the key of a
    token that is bound to one: whoever accepts it must check a proof (RFC 9449).
    """

    valid: bool
    user_id: UUID | None
    tenant_id: UUID | None
    username: str | None
    email: str | None
    roles: list[str]
    permissions: list[str]
    scopes: list[str]
    expires_at: int | None
    aud: str | None
    token_type: Literal["Bearer", "DPoP"] | None
    cnf: dict[str, str] | None
    error: str | None
