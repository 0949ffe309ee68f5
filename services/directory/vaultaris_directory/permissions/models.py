"""The table of permissions."""

from typing import Any

from sqlalchemy.orm import Mapped

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import SoftDeleted, TenantRow, Versioned


class Permission(TenantRow, Versioned, SoftDeleted, Freezable, Audited, Base):
    """The right to do ``action`` on ``resource``; ``conditions`` are evaluated at check time."""

    __tablename__ = "permissions"

    name: Mapped[str]
    resource: Mapped[str]
    action: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    conditions: Mapped[dict[str, Any]]
    is_system: Mapped[bool]
