"""Tables of the slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_directory.base import Base
from vaultaris_kit.ids import now


class AllowRow(Base):
    """Something that a group allows, by its id in the service that owns it.

    Whether the group limits at all stands with the group: a list whose last entry was deleted allows nothing.
    """

    __abstract__ = True

    tenant_id: Mapped[UUID]
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class AllowedClient(AllowRow):
    __tablename__ = "group_clients"


class AllowedProvider(AllowRow):
    __tablename__ = "group_login_providers"
