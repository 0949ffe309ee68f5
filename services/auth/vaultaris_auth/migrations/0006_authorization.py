"""Authorization requests and codes, browser sessions, consents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vaultaris_kit import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _browser_sessions()
    _authorization_requests()
    _authorization_codes()
    _consents()
    _pushed_authorization_requests()
    op.add_column(
        "token_families", sa.Column("delegated", sa.Boolean, nullable=False, server_default=sa.false()), schema=SCHEMA
    )
    rls.isolate(
        SCHEMA,
        "browser_sessions",
        "authorization_requests",
        "authorization_codes",
        "consents",
        "pushed_authorization_requests",
    )


def _required(name: str, kind: object) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False)  # type: ignore[arg-type]  # passed through as it is


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name, sa.Column("id", sa.Uuid, primary_key=True), _required("tenant_id", sa.Uuid), *columns, schema=SCHEMA
    )


def _browser_sessions() -> None:
    _table(
        "browser_sessions",
        _required("user_id", sa.Uuid),
        _required("secret_hash", sa.LargeBinary),
        _required("authenticated_at", TIME),
        _required("amr", ARRAY(sa.Text)),
        _required("acr", sa.Text),
        _required("created_at", TIME),
        _required("last_seen_at", TIME),
        _required("expires_at", TIME),
        sa.Column("ended_at", TIME),
    )
    op.create_index("uq_browser_sessions_secret_hash", "browser_sessions", ["secret_hash"], unique=True, schema=SCHEMA)
    op.create_index("ix_browser_sessions_expires_at", "browser_sessions", ["expires_at"], schema=SCHEMA)
    for column in ("user_id", "tenant_id"):
        op.create_index(
            f"ix_browser_sessions_{column}", "browser_sessions", [column],
            schema=SCHEMA, postgresql_where=sa.text("ended_at IS NULL"),
        )  # fmt: skip


def _authorization_requests() -> None:
    _table(
        "authorization_requests",
        _required("request_hash", sa.LargeBinary),
        _required("client_id", sa.Text),
        _required("parameters", JSONB),
        _required("created_at", TIME),
        _required("expires_at", TIME),
        sa.Column("consumed_at", TIME),
    )
    op.create_index(
        "uq_authorization_requests_request_hash", "authorization_requests", ["request_hash"],
        unique=True, schema=SCHEMA,
    )  # fmt: skip
    op.create_index("ix_authorization_requests_expires_at", "authorization_requests", ["expires_at"], schema=SCHEMA)


def _authorization_codes() -> None:
    _table(
        "authorization_codes",
        _required("code_hash", sa.LargeBinary),
        _required("client_id", sa.Text),
        _required("user_id", sa.Uuid),
        _required("session_id", sa.Uuid),
        _required("redirect_uri", sa.Text),
        _required("scope", ARRAY(sa.Text)),
        _required("auth_time", sa.BigInteger),
        _required("started_ms", sa.BigInteger),
        _required("amr", ARRAY(sa.Text)),
        _required("acr", sa.Text),
        sa.Column("nonce", sa.Text),
        sa.Column("code_challenge", sa.Text),
        sa.Column("dpop_jkt", sa.Text),
        sa.Column("resource", sa.Text),
        _required("expires_at", TIME),
        sa.Column("spent_at", TIME),
        sa.Column("family_id", sa.Uuid),
        sa.Column("access_token_id", sa.Uuid),
    )
    op.create_index(
        "uq_authorization_codes_code_hash", "authorization_codes", ["code_hash"], unique=True, schema=SCHEMA
    )
    op.create_index("ix_authorization_codes_expires_at", "authorization_codes", ["expires_at"], schema=SCHEMA)


def _consents() -> None:
    _table(
        "consents",
        _required("user_id", sa.Uuid),
        _required("client_id", sa.Text),
        _required("scope", ARRAY(sa.Text)),
        _required("created_at", TIME),
        _required("updated_at", TIME),
    )
    op.create_index(
        "uq_consents_tenant_id_user_id_client_id", "consents", ["tenant_id", "user_id", "client_id"],
        unique=True, schema=SCHEMA,
    )  # fmt: skip
    op.create_index("ix_consents_tenant_id_client_id", "consents", ["tenant_id", "client_id"], schema=SCHEMA)


def _pushed_authorization_requests() -> None:
    _table(
        "pushed_authorization_requests",
        _required("request_hash", sa.LargeBinary),
        _required("client_id", sa.Text),
        _required("form", JSONB),
        _required("expires_at", TIME),
    )
    op.create_index(
        "uq_pushed_authorization_requests_request_hash", "pushed_authorization_requests", ["request_hash"],
        unique=True, schema=SCHEMA,
    )  # fmt: skip
    op.create_index(
        "ix_pushed_authorization_requests_expires_at", "pushed_authorization_requests", ["expires_at"], schema=SCHEMA
    )
