"""Tables of the slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.base import Base
from vaultaris_kit.ids import new_id

PENDING, APPROVED, DENIED, REDEEMED = "pending", "approved", "denied", "redeemed"

_TEXTS = ARRAY(Text())


class DeviceAuthorization(Base):
    """What a device asked for, and what became of it: ``pending``, ``approved``, ``denied``, ``redeemed``.

    ``interval`` in seconds grows with every poll that comes too early. ``requested_from`` and ``user_agent`` are the
    device's, for the person to recognise it by. ``user_id`` to ``auth_time`` tell who approved, and how they signed in;
    ``access_token_id`` is the first token that the device got.
    """

    __tablename__ = "device_authorizations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID]
    client_id: Mapped[str]
    device_code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    user_code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scope: Mapped[list[str]] = mapped_column(_TEXTS)
    status: Mapped[str] = mapped_column(default=PENDING)
    requested_from: Mapped[str | None]
    user_agent: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    interval: Mapped[int]
    polled_at: Mapped[datetime | None]
    user_id: Mapped[UUID | None]
    amr: Mapped[list[str] | None] = mapped_column(_TEXTS)
    acr: Mapped[str | None]
    auth_time: Mapped[int | None] = mapped_column(BigInteger)
    access_token_id: Mapped[UUID | None]


class CodeGuesses(Base):
    """How many wrong codes somebody has typed since ``since``."""

    __tablename__ = "user_code_guesses"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    guesser: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    wrong: Mapped[int]
    since: Mapped[datetime]
