"""Columns of the tables of links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_kit.ids import now


class LinkColumns:
    """Something that belongs to an application.

    ``is_owned``: it was made inside the application and is deleted with it. ``is_inherited``: it stays an object of
    the whole tenant, which the application shares; only the caller's word, without an effect here.
    """

    tenant_id: Mapped[UUID]
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_inherited: Mapped[bool]
    is_owned: Mapped[bool]
    linked_at: Mapped[datetime] = mapped_column(default=now)
