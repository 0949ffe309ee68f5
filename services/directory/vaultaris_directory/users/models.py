"""Tables of users and of what they belong to."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Computed
from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import SoftDeleted, TenantRow, Versioned


class User(TenantRow, Versioned, SoftDeleted, Freezable, Audited, Base):
    """A person.

    ``username_key`` and ``email_key`` are the folded forms that must be unique and that sign-in looks up;
    ``search_text`` is what lists search in. ``lockouts`` counts lockouts in a row, without a success between.
    """

    __tablename__ = "users"
    unaudited: ClassVar[frozenset[str]] = frozenset(
        {"username_key", "email_key", "search_text", "password_hash", "password_history"}
    )

    username: Mapped[str]
    username_key: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    email_verified: Mapped[bool]
    phone: Mapped[str | None]
    phone_verified: Mapped[bool]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    locale: Mapped[str]
    timezone: Mapped[str]
    status: Mapped[str]
    mfa_enabled: Mapped[bool]
    mfa_type: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")
    search_text: Mapped[str] = mapped_column(Computed("", persisted=True))
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    password_history: Mapped[list[Any]]
    failed_login_attempts: Mapped[int]
    lockouts: Mapped[int]
    locked_until: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]


class UserRole(Base):
    """A role given to a user directly."""

    __tablename__ = "user_roles"

    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
