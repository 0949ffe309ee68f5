"""The table of what an import still owes other services."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_kit.ids import new_id, now


class PendingPart(Base):
    """The part of an import that ``owner`` has checked and is still to put in; gone when that is done."""

    __tablename__ = "template_parts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID]
    owner: Mapped[str]
    sections: Mapped[dict[str, Any]]
    actor: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
