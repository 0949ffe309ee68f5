"""What the tables of all services share: column types, names of constraints, and columns."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Integer, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from vaultaris_kit.ids import new_id, now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

COLUMN_TYPES: Final[dict[Any, Any]] = {
    UUID: Uuid(as_uuid=True),
    datetime: DateTime(timezone=True),
    str: Text(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}
"""Which column type stands for which Python type; ``type_annotation_map`` of every service's base."""


def schema_metadata(schema: str) -> MetaData:
    """The metadata of one service, whose tables all live in its own schema.

    A base that a type checker can follow is written out::

        class Base(DeclarativeBase):
            metadata = schema_metadata("sessions")
            type_annotation_map = COLUMN_TYPES
    """
    return MetaData(schema=schema, naming_convention=NAMING)


class Row:
    """Columns of every resource table."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class TenantRow(Row):
    """A resource that belongs to exactly one tenant."""

    tenant_id: Mapped[UUID]


class Versioned:
    """Counts changes; two writers of one version clash instead of overwriting each other."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.version}


class SoftDeleted:
    """Deleted rows stay for restore and keep their unique names."""

    deleted_at: Mapped[datetime | None]
