"""The directory's tables and its outbox."""

from sqlalchemy.orm import DeclarativeBase

from vaultaris_kit.idempotency import idempotency_table
from vaultaris_kit.models import COLUMN_TYPES, schema_metadata
from vaultaris_kit.outbox import Outbox

SCHEMA = "directory"


class Base(DeclarativeBase):
    """Base of the directory's tables."""

    metadata = schema_metadata(SCHEMA)
    type_annotation_map = COLUMN_TYPES


OUTBOX = Outbox(SCHEMA, Base, announce_seconds=0.25)
"""An answer waits for its events: the next check, anywhere, already knows of a changed permission."""

IDEMPOTENCY_KEYS = idempotency_table(Base)
