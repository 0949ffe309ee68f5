"""Tables of licences that were applied, and of what has been made of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base


class AppliedLicence(Base):
    """A licence that was applied after setup: to the master tenant for the whole instance, or to one tenant."""

    __tablename__ = "applied_licences"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[str]
    applied_at: Mapped[datetime]


class SettledTerms(Base):
    """The terms under which a tenant was last brought in line; other terms than these still have to be acted on."""

    __tablename__ = "settled_terms"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    settled_at: Mapped[datetime]
