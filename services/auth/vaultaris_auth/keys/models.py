"""Tables of the slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_auth.base import Base
from vaultaris_kit.ids import new_id, now


class SigningKey(Base):
    """A key pair. ``retired_at`` empty: the tenant's current key of its algorithm; ``is_active``: the default one.

    ``is_pending``: the next one of its algorithm, published already, which signs nothing yet.

    ``private_sealed`` is PKCS #8 DER sealed under :data:`vaultaris_auth.keys.pairs.PURPOSE`. Until
    ``expires_at`` a retired key still verifies what it signed.
    """

    __tablename__ = "signing_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID]
    key_id: Mapped[str]
    algorithm: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_active: Mapped[bool]
    is_pending: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
