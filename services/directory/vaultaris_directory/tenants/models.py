"""The table of tenants."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from vaultaris_directory.base import Base
from vaultaris_directory.changes import Audited
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import Row, SoftDeleted, Versioned


class Tenant(Row, Versioned, SoftDeleted, Freezable, Audited, Base):
    """A tenant. Lifetimes are in seconds; ``password_policy`` holds only what differs from the defaults.

    ``tier`` is what a host handed out; None for tenants that nobody hosts.
    ``freeze_reason`` is ``suspension`` while suspended; else a hosted tenant may be frozen by its host's licence.
    """

    __tablename__ = "tenants"

    name: Mapped[str]
    slug: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    primary_color: Mapped[str | None]
    settings: Mapped[dict[str, Any]]
    access_token_lifetime_seconds: Mapped[int]
    refresh_token_lifetime_seconds: Mapped[int]
    id_token_lifetime_seconds: Mapped[int]
    authorization_code_lifetime_seconds: Mapped[int]
    password_policy: Mapped[dict[str, Any]]
    mfa_enabled: Mapped[bool]
    mfa_required: Mapped[bool]
    status: Mapped[str]
    is_billing_shadow: Mapped[bool]
    host_tenant_id: Mapped[UUID | None]
    tier: Mapped[str | None]
