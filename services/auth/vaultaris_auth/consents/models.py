"""Table of the slice."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.base import Base
from vaultaris_kit.models import TenantRow


class ConsentRow(TenantRow, Base):
    """What ``user_id`` lets ``client_id`` do, one row a pair; ``scope`` only ever grows until it is withdrawn."""

    __tablename__ = "consents"

    user_id: Mapped[UUID]
    client_id: Mapped[str]
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text()))
