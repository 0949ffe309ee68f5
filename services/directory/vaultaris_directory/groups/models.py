"""Tables of groups, their members and the roles they confer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import SoftDeleted, TenantRow, Versioned


class Group(TenantRow, Versioned, SoftDeleted, Freezable, Audited, Base):
    """A node of the tree. ``path`` is the names from the root, each behind a slash.

    ``limits_…`` says that the group's allow-list of that kind counts, be it empty or not.
    """

    __tablename__ = "groups"

    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    path: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")
    limits_clients: Mapped[bool] = mapped_column(default=False)
    limits_login_providers: Mapped[bool] = mapped_column(default=False)


class GroupMember(Base):
    """A user in a group."""

    __tablename__ = "group_members"

    tenant_id: Mapped[UUID]
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class GroupRole(Base):
    """A role that a group confers on its members and those of the groups below it."""

    __tablename__ = "group_roles"

    tenant_id: Mapped[UUID]
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    role_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
