"""Tables of the slice."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column
from sqlalchemy.types import Text

from vaultaris_auth.application_links.models import ClientLink
from vaultaris_auth.base import Base
from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import TenantRow

_TEXTS = ARRAY(Text())
_OPTIONAL_JSON = JSONB(none_as_null=True)

SECRET_PURPOSE = "oauth_clients.secret"  # noqa: S105 - the name of a column
"""Authenticated with a sealed client secret, so that it opens in no other column."""


class OAuthClient(TenantRow, Freezable, Base):
    """A client. ``client_id`` is unique in the instance; ``secret_hash`` is SHA-256, empty for one without a secret.

    ``secret_sealed`` holds the secret under :data:`SECRET_PURPOSE` for clients of ``client_secret_jwt`` alone: an
    HMAC can't be checked against a hash. ``token_exchange`` is a :class:`TokenExchangePolicy` or null.
    """

    __tablename__ = "oauth_clients"

    client_id: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    homepage_url: Mapped[str | None]
    terms_url: Mapped[str | None]
    privacy_url: Mapped[str | None]
    redirect_uris: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    allowed_grant_types: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    allowed_scopes: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    default_scopes: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    allowed_resources: Mapped[list[str]] = mapped_column(_TEXTS, default=list)
    is_public: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    require_pkce: Mapped[bool] = mapped_column(default=True)
    require_consent: Mapped[bool] = mapped_column(default=True)
    require_pushed_authorization_requests: Mapped[bool] = mapped_column(default=False)
    dpop_bound_access_tokens: Mapped[bool] = mapped_column(default=False)
    require_dpop_nonce: Mapped[bool] = mapped_column(default=False)
    access_token_lifetime_seconds: Mapped[int | None]
    refresh_token_lifetime_seconds: Mapped[int | None]
    token_endpoint_auth_method: Mapped[str | None]
    token_endpoint_auth_signing_alg: Mapped[str | None]
    jwks: Mapped[dict[str, Any] | None] = mapped_column(_OPTIONAL_JSON)
    jwks_uri: Mapped[str | None]
    id_token_signed_response_alg: Mapped[str | None]
    introspection_signed_response_alg: Mapped[str | None]
    backchannel_logout_uri: Mapped[str | None]
    backchannel_logout_session_required: Mapped[bool] = mapped_column(default=False)
    token_exchange: Mapped[dict[str, Any] | None] = mapped_column(_OPTIONAL_JSON)
    application_id: Mapped[UUID | None] = column_property(
        select(ClientLink.application_id)
        .where(ClientLink.resource_id == literal_column("oauth_clients.id"), ClientLink.is_owned)
        .correlate_except(ClientLink)
        .scalar_subquery(),
        expire_on_flush=False,
    )
    """The application that it was made in, if any."""
    free_metadata: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it once
