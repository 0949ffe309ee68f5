"""Sessions and the outbox.

Lists run under row-level security, where PostgreSQL lets only leakproof operators (equality, order) enter an
index. A search by address or agent therefore reads the tenant's own slice; a trigram index would never be used.
"""

from alembic import op

from vaultaris_kit import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "sessions"

SESSIONS = """
CREATE TABLE sessions.sessions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    client_id text,
    auth_method text,
    mfa_verified boolean NOT NULL,
    ip_address text,
    user_agent text,
    device_fingerprint text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_activity_at timestamptz NOT NULL,
    active_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    CONSTRAINT ck_sessions_end CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT ck_sessions_life CHECK (active_until <= expires_at)
)
"""

OUTBOX = """
CREATE TABLE sessions.outbox (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
)
"""

INDEXES = {
    "ix_sessions_created": "(tenant_id, created_at, id)",
    "ix_sessions_last_activity": "(tenant_id, last_activity_at, id)",
    "ix_sessions_expires": "(tenant_id, expires_at, id)",
    "ix_sessions_user": "(tenant_id, user_id, created_at, id)",
    "ix_sessions_client": "(tenant_id, client_id, created_at, id)",
    "ix_sessions_live": "(tenant_id, created_at, id) WHERE ended_at IS NULL",
    "ix_sessions_sweep": "(active_until) WHERE ended_at IS NULL",
}


def upgrade() -> None:
    op.execute(SESSIONS)
    op.execute(OUTBOX)
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON sessions.sessions {columns}")
    rls.isolate(SCHEMA, "sessions", "outbox")
