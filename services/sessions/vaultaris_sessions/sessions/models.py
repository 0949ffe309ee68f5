"""The table of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from vaultaris_kit.ids import now
from vaultaris_kit.models import TenantRow
from vaultaris_sessions.base import Base


class Session(TenantRow, Base):
    """One sign-in of a person. ``id`` is the ``sid`` claim of every token issued to it.

    ``expires_at`` is its absolute end; ``active_until`` comes first when nobody uses it. ``ended_at`` and
    ``end_reason`` are set once it was revoked, or found expired.
    """

    __tablename__ = "sessions"

    user_id: Mapped[UUID]
    client_id: Mapped[str | None]
    auth_method: Mapped[str | None]
    mfa_verified: Mapped[bool]
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    device_fingerprint: Mapped[str | None]
    last_activity_at: Mapped[datetime]
    active_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    @property
    def is_active(self) -> bool:
        """Neither ended nor run out, at this moment."""
        return self.ended_at is None and self.active_until > now()
