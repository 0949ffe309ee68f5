"""Tables of the slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.base import Base
from vaultaris_kit.models import TenantRow


class Passkey(TenantRow, Base):
    """A credential. ``public_key`` is COSE; ``counter`` is the authenticator's signature counter."""

    __tablename__ = "passkeys"

    user_id: Mapped[UUID]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    public_key_algorithm: Mapped[int]
    counter: Mapped[int]
    device_name: Mapped[str | None]
    device_type: Mapped[str | None]
    attestation_format: Mapped[str | None]
    transports: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    is_active: Mapped[bool]
    last_used_at: Mapped[datetime | None]


class WebauthnChallenge(Base):
    """A challenge that was handed out and not answered yet. ``user_id`` is whose passkey it enrols."""

    __tablename__ = "webauthn_challenges"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    purpose: Mapped[str]
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


def describe(passkey: Passkey) -> dict[str, Any]:
    """The passkey as events tell it."""
    names = ("user_id", "public_key_algorithm", "device_name", "device_type", "attestation_format", "is_active")
    return {name: getattr(passkey, name) for name in names}
