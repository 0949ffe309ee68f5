"""The table of applications."""

from typing import Any

from sqlalchemy.orm import Mapped

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import TenantRow, Versioned


class Application(TenantRow, Versioned, Freezable, Audited, Base):
    """An application. Lifetimes are in seconds; None means the tenant's. Deleting one is final."""

    __tablename__ = "applications"

    slug: Mapped[str]
    name: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    homepage_url: Mapped[str | None]
    primary_color: Mapped[str | None]
    redirect_uris_base: Mapped[list[Any]]
    allowed_scopes: Mapped[list[Any]]
    allowed_audiences: Mapped[list[Any]]
    access_token_lifetime_seconds: Mapped[int | None]
    refresh_token_lifetime_seconds: Mapped[int | None]
    id_token_lifetime_seconds: Mapped[int | None]
    is_active: Mapped[bool]
    isolation_enabled: Mapped[bool]
    settings: Mapped[dict[str, Any]]
