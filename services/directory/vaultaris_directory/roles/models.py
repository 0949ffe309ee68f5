"""Tables of roles, of the permissions attached to them, and of composite roles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import SoftDeleted, TenantRow, Versioned


class Role(TenantRow, Versioned, SoftDeleted, Freezable, Audited, Base):
    """A role. System roles come with the tenant and can't be changed."""

    __tablename__ = "roles"

    name: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    is_system: Mapped[bool]
    is_composite: Mapped[bool]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata")


class RolePermission(Base):
    """A permission attached to a role."""

    __tablename__ = "role_permissions"

    tenant_id: Mapped[UUID]
    role_id: Mapped[UUID] = mapped_column(primary_key=True)
    permission_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class RoleMember(Base):
    """A role from which a composite role inherits."""

    __tablename__ = "role_members"

    tenant_id: Mapped[UUID]
    composite_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
