"""Tables of the slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.base import Base
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import TenantRow, Versioned
from vaultaris_kit.principal import OwnerType

_TEXTS = ARRAY(Text())


class ApiKey(TenantRow, Versioned, Freezable, Base):
    """A key. ``key_hash`` is SHA-256; ``prefix`` the start that people see. Null ``scopes``: all the owner's rights.

    ``use_count`` and ``last_used_at`` trail by some seconds and don't change ``version``.
    """

    __tablename__ = "api_keys"

    owner_type: Mapped[OwnerType] = mapped_column(Text())
    owner_id: Mapped[UUID]
    name: Mapped[str]
    description: Mapped[str | None]
    prefix: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str] | None] = mapped_column(_TEXTS)
    ip_restrictions: Mapped[list[str] | None] = mapped_column(_TEXTS)
    conditions: Mapped[dict[str, Any] | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    revoked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    use_count: Mapped[int] = mapped_column(BigInteger, default=0)
