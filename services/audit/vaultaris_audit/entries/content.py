"""What of an entry is under the hash."""

from datetime import UTC

from vaultaris_audit.chain.canonical import Content
from vaultaris_audit.entries.models import AuditEntry

_PLAIN = tuple(field for field in Content.__struct_fields__ if field not in {"metadata", "created_at", "recorded_at"})


def content_of(entry: AuditEntry) -> Content:
    """The entry as it is hashed; the same before it is written and after it was read."""
    return Content(
        metadata=entry.details,
        created_at=entry.created_at.astimezone(UTC),
        recorded_at=entry.recorded_at.astimezone(UTC),
        **{field: getattr(entry, field) for field in _PLAIN},
    )
