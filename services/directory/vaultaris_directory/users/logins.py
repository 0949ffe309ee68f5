"""User names and e-mail addresses: their folded forms, and finding a user by one."""

import unicodedata
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, or_, select

from vaultaris_directory.users.models import User


def login_key(login: str) -> str:
    """The form in which names are compared: case and compatibility characters make no difference."""
    folded = unicodedata.normalize("NFKC", login).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def by_login(tenant_id: UUID, login: str) -> Select[Any]:
    """The live user of that user name or, failing that, of that e-mail address."""
    key = login_key(login)
    return (
        select(User)
        .where(
            User.tenant_id == tenant_id,
            or_(User.username_key == key, User.email_key == key),
            User.deleted_at.is_(None),
        )
        .order_by(case((User.username_key == key, 0), else_=1))
        .limit(1)
    )
