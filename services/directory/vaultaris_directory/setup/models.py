"""The table of the setup token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base


class SetupToken(Base):
    """The hash of the one setup token; the row goes when setup is done. ``tenant_id`` is the master tenant's."""

    __tablename__ = "setup_tokens"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
