"""Declarative base and outbox of this service."""

from sqlalchemy.orm import DeclarativeBase

from vaultaris_kit.models import COLUMN_TYPES, schema_metadata
from vaultaris_kit.outbox import Outbox


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = schema_metadata("sessions")
    type_annotation_map = COLUMN_TYPES


OUTBOX = Outbox("sessions", Base)
