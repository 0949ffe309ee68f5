"""What applications get to know of a user (shapes of the public API)."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions


class RoleBrief(BaseModel):
    id: UUID
    name: str
    display_name: str | None


class GroupBrief(BaseModel):
    id: UUID
    name: str
    path: str


class IntegrationUser(BaseModel):
    """``name`` and ``picture`` repeat the display name and the avatar under their OpenID Connect names."""

    id: UUID
    tenant_id: UUID
    username: str
    email: str
    email_verified: bool
    first_name: str | None
    last_name: str | None
    display_name: str | None
    locale: str | None
    timezone: str | None
    roles: list[RoleBrief]
    groups: list[GroupBrief]
    permissions: list[str]
    metadata: dict[str, Any]
    name: str | None
    picture: str | None


def integration_user(effective: EffectivePermissions, metadata: dict[str, Any]) -> IntegrationUser:
    """``permissions`` are the effective ones, those with conditions included: a check decides them."""
    user = effective.user
    return IntegrationUser(
        id=UUID(user.id),
        tenant_id=UUID(user.tenant_id),
        username=user.username,
        email=user.email,
        email_verified=user.email_verified,
        first_name=user.first_name or None,
        last_name=user.last_name or None,
        display_name=user.display_name or None,
        locale=user.locale,
        timezone=user.timezone,
        roles=[RoleBrief(id=UUID(r.id), name=r.name, display_name=r.display_name or None) for r in effective.roles],
        groups=[GroupBrief(id=UUID(group.id), name=group.name, path=group.path) for group in effective.groups],
        permissions=sorted({f"{each.resource}:{each.action}" for each in effective.permissions}),
        metadata=metadata,
        name=user.display_name or None,
        picture=user.avatar_url or None,
    )
