"""Signing keys, OAuth clients, refresh-token families, revocations, the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vaultaris_kit import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _signing_keys()
    _oauth_clients()
    _token_families()
    _refresh_tokens()
    _revocations()
    _outbox()
    _idempotency_keys()
    rls.isolate(SCHEMA, "signing_keys", "oauth_clients", "token_families", "refresh_tokens", "revocations", "outbox")
    rls.isolate(SCHEMA, "idempotency_keys")


def _required(name: str, kind: object, **options: object) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, **options)  # type: ignore[arg-type]  # passed through as they are


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Uuid, primary_key=True),
        _required("tenant_id", sa.Uuid),
        _required("key_id", sa.Text),
        _required("algorithm", sa.Text),
        _required("public_jwk", JSONB),
        _required("private_sealed", sa.LargeBinary),
        _required("is_active", sa.Boolean),
        _required("created_at", TIME),
        sa.Column("retired_at", TIME),
        sa.Column("expires_at", TIME),
        schema=SCHEMA,
    )
    op.create_index("uq_signing_keys_key_id", "signing_keys", ["key_id"], unique=True, schema=SCHEMA)
    op.create_index(
        "uq_signing_keys_current", "signing_keys", ["tenant_id", "algorithm"],
        unique=True, schema=SCHEMA, postgresql_where=sa.text("retired_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "uq_signing_keys_active", "signing_keys", ["tenant_id"],
        unique=True, schema=SCHEMA, postgresql_where=sa.text("is_active"),
    )  # fmt: skip
    op.create_index("ix_signing_keys_expires_at", "signing_keys", ["expires_at"], schema=SCHEMA)


def _oauth_clients() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.Uuid, primary_key=True),
        _required("tenant_id", sa.Uuid),
        _required("client_id", sa.Text),
        _required("name", sa.Text),
        *(
            sa.Column(name, sa.Text)
            for name in ("description", "logo_url", "homepage_url", "terms_url", "privacy_url")
        ),
        *(
            _required(name, ARRAY(sa.Text))
            for name in (
                "redirect_uris", "post_logout_redirect_uris",
                "allowed_grant_types", "allowed_scopes", "default_scopes",
            )
        ),
        *(
            _required(name, sa.Boolean)
            for name in ("is_public", "is_enabled", "require_pkce", "require_consent", "dpop_bound_access_tokens")
        ),
        sa.Column("access_token_lifetime_seconds", sa.Integer),
        sa.Column("refresh_token_lifetime_seconds", sa.Integer),
        sa.Column("token_endpoint_auth_method", sa.Text),
        sa.Column("application_id", sa.Uuid),
        _required("metadata", JSONB),
        sa.Column("secret_hash", sa.LargeBinary),
        _required("version", sa.Integer),
        _required("created_at", TIME),
        _required("updated_at", TIME),
        schema=SCHEMA,
    )  # fmt: skip
    op.create_index("uq_oauth_clients_client_id", "oauth_clients", ["client_id"], unique=True, schema=SCHEMA)
    for column in ("created_at", "updated_at", "name"):
        op.create_index(
            f"ix_oauth_clients_tenant_id_{column}", "oauth_clients", ["tenant_id", column, "id"], schema=SCHEMA
        )
    op.create_index(
        "ix_oauth_clients_tenant_id_application_id", "oauth_clients", ["tenant_id", "application_id"], schema=SCHEMA
    )


def _token_families() -> None:
    op.create_table(
        "token_families",
        sa.Column("id", sa.Uuid, primary_key=True),
        _required("tenant_id", sa.Uuid),
        _required("client_id", sa.Text),
        _required("user_id", sa.Uuid),
        _required("session_id", sa.Uuid),
        _required("scope", ARRAY(sa.Text)),
        _required("amr", ARRAY(sa.Text)),
        _required("acr", sa.Text),
        _required("auth_time", sa.BigInteger),
        _required("started_ms", sa.BigInteger),
        _required("expires_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("end_reason", sa.Text),
        schema=SCHEMA,
    )
    for column in ("session_id", "user_id", "client_id", "tenant_id"):
        op.create_index(
            f"ix_token_families_{column}", "token_families", [column],
            schema=SCHEMA, postgresql_where=sa.text("ended_at IS NULL"),
        )  # fmt: skip
    op.create_index("ix_token_families_expires_at", "token_families", ["expires_at"], schema=SCHEMA)


def _refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid, primary_key=True),
        _required("tenant_id", sa.Uuid),
        sa.Column(
            "family_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.token_families.id", ondelete="CASCADE"), nullable=False
        ),
        _required("token_hash", sa.LargeBinary),
        _required("expires_at", TIME),
        sa.Column("spent_at", TIME),
        _required("access_token_id", sa.Uuid),
        _required("access_expires_at", TIME),
        schema=SCHEMA,
    )
    op.create_index("uq_refresh_tokens_token_hash", "refresh_tokens", ["token_hash"], unique=True, schema=SCHEMA)
    op.create_index(
        "ix_refresh_tokens_family_id_access_expires_at", "refresh_tokens", ["family_id", "access_expires_at"],
        schema=SCHEMA,
    )  # fmt: skip


def _revocations() -> None:
    op.create_table(
        "revocations",
        sa.Column("key", sa.Text, primary_key=True),
        _required("tenant_id", sa.Uuid),
        _required("at_ms", sa.BigInteger),
        _required("reason", sa.Text),
        _required("expires_at", TIME),
        _required("announced", sa.Boolean),
        schema=SCHEMA,
    )
    op.create_index("ix_revocations_expires_at", "revocations", ["expires_at"], schema=SCHEMA)
    op.create_index(
        "ix_revocations_waiting", "revocations", ["key"], schema=SCHEMA, postgresql_where=sa.text("NOT announced")
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        _required("tenant_id", sa.Uuid),
        _required("subject", sa.Text),
        _required("payload", sa.LargeBinary),
        schema=SCHEMA,
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("principal_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        schema=SCHEMA,
    )
