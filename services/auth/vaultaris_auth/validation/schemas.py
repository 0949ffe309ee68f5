"""HTTP shapes of token validation."""

from typing import Annotated
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
    """What is told; ``expires_at`` in seconds since the epoch. ``error`` says why ``valid`` is false."""

    valid: bool
    user_id: UUID | None
    tenant_id: UUID | None
    username: str | None
    email: str | None
    roles: list[str]
    permissions: list[str]
    scopes: list[str]
    expires_at: int | None
    error: str | None
