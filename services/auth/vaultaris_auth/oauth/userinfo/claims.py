"""Which claims each scope gives (OpenID Connect Core section 5.4)."""

from collections.abc import Collection
from typing import Any

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, User


def userinfo_claims(answer: EffectivePermissions, scopes: Collection[str]) -> dict[str, Any]:
    """The claims of a user; what the directory has no value for is left out."""
    user = answer.user
    claims: dict[str, Any] = {
        "sub": user.id,
        "tenant_id": user.tenant_id,
        "roles": sorted(role.name for role in answer.roles),
        "groups": sorted(group.name for group in answer.groups),
    }
    if "profile" in scopes:
        claims.update(_profile(user))
    if "email" in scopes and user.email:
        claims.update(email=user.email, email_verified=user.email_verified)
    if "phone" in scopes and user.phone:
        claims.update(phone_number=user.phone, phone_number_verified=user.phone_verified)
    return claims


def _profile(user: User) -> dict[str, Any]:
    full_name = f"{user.first_name} {user.last_name}".strip()
    values: dict[str, Any] = {
        "name": user.display_name or full_name or user.username,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "preferred_username": user.username,
        "locale": user.locale,
        "zoneinfo": user.timezone,
        "picture": user.avatar_url,
        "updated_at": user.updated_at,
    }
    return {name: value for name, value in values.items() if value}
