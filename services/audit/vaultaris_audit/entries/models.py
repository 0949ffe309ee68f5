"""The table of audit entries."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Dialect, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from vaultaris_audit.base import Base
from vaultaris_audit.chain.canonical import canonical


class CanonicalJson(TypeDecorator[dict[str, Any]]):
    """JSON kept as its canonical text: what was hashed is, byte for byte, what is stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else canonical(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else msgspec.json.decode(value, type=dict[str, Any])


class AuditEntry(Base):
    """One thing that happened in a tenant. ``id`` is the event's; ``sequence`` counts from 1 without a gap.

    ``created_at`` is when it happened, ``recorded_at`` when it was written here.
    """

    __tablename__ = "audit_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[UUID | None]
    actor_type: Mapped[str]
    actor_tenant_id: Mapped[UUID | None]
    actor_ip: Mapped[str | None]
    actor_user_agent: Mapped[str | None]
    action: Mapped[str]
    resource_type: Mapped[str]
    resource_id: Mapped[UUID | None]
    description: Mapped[str | None]
    old_value: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    new_value: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", CanonicalJson)
    request_id: Mapped[str | None]
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
