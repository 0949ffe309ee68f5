"""Declarative base and outbox of this service."""

from sqlalchemy.orm import DeclarativeBase

from vaultaris_kit.idempotency import idempotency_table
from vaultaris_kit.models import COLUMN_TYPES, schema_metadata
from vaultaris_kit.outbox import Outbox

SCHEMA = "auth"


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = schema_metadata(SCHEMA)
    type_annotation_map = COLUMN_TYPES


OUTBOX = Outbox(SCHEMA, Base)

IDEMPOTENCY_KEYS = idempotency_table(Base)
