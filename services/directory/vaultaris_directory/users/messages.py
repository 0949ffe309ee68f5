"""A user as the message that other services get."""

from vaultaris.directory.v1 import directory_pb2
from vaultaris_directory.users.models import User


def user_message(user: User) -> directory_pb2.User:
    """The protobuf form of a row."""
    return directory_pb2.User(
        id=str(user.id),
        tenant_id=str(user.tenant_id),
        username=user.username,
        email=user.email,
        email_verified=user.email_verified,
        phone=user.phone or "",
        phone_verified=user.phone_verified,
        first_name=user.first_name or "",
        last_name=user.last_name or "",
        display_name=user.display_name or "",
        avatar_url=user.avatar_url or "",
        locale=user.locale,
        timezone=user.timezone,
        status=user.status,
        freeze_reason=user.freeze_reason or "",
        mfa_enabled=user.mfa_enabled,
        updated_at=int(user.updated_at.timestamp()),
    )
