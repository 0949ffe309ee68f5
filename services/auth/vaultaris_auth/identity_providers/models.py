"""Tables of the slice."""

from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.base import Base
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import TenantRow, Versioned

_TEXTS = ARRAY(Text())


class IdentityProvider(TenantRow, Versioned, Freezable, Base):
    """Only what the tenant set itself: :mod:`~vaultaris_auth.identity_providers.configuration` adds the preset.

    ``client_secret_sealed`` can be opened with the purpose that :func:`secret_purpose` names; certificates are PEM.
    """

    __tablename__ = "identity_providers"

    name: Mapped[str]
    provider_type: Mapped[str]
    status: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    provider_id: Mapped[str | None]
    client_id: Mapped[str | None]
    client_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    authorization_url: Mapped[str | None]
    token_url: Mapped[str | None]
    userinfo_url: Mapped[str | None]
    jwks_url: Mapped[str | None]
    scopes: Mapped[list[str] | None] = mapped_column(_TEXTS)
    saml_entity_id: Mapped[str | None]
    saml_sso_url: Mapped[str | None]
    saml_slo_url: Mapped[str | None]
    saml_name_id_format: Mapped[str | None]
    saml_certificate: Mapped[str | None]
    saml_signing_certificate: Mapped[str | None]
    attribute_mapping: Mapped[dict[str, Any] | None]
    auto_create_users: Mapped[bool]
    update_user_on_login: Mapped[bool]
    sync_groups: Mapped[bool]
    default_roles: Mapped[list[str] | None] = mapped_column(_TEXTS)
    priority: Mapped[int]


def secret_purpose(provider: IdentityProvider) -> str:
    """What the secret was sealed for: this provider's row and no other."""
    return secret_purpose_of(provider.id)


def secret_purpose_of(provider_id: UUID) -> str:
    """The same by the provider's id."""
    return f"identity_provider.client_secret.{provider_id}"
