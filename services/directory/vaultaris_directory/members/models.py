"""The table of an application's members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.ids import now
from vaultaris_kit.models import Versioned


class Member(Versioned, Audited, Base):
    """A user in an application: ``pending`` until they accept, then ``active``, or ``suspended``."""

    __tablename__ = "application_members"

    tenant_id: Mapped[UUID]
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    status: Mapped[str]
    invited_at: Mapped[datetime] = mapped_column(default=now)
    accepted_at: Mapped[datetime | None]
