"""The audit trail, append-only for the service, and the outbox.

Lists run under row-level security, where PostgreSQL lets only leakproof operators (equality, order) enter an
index: every filter has one, and a substring search reads what the other filters leave of the tenant's slice.
"""

from alembic import op

from vaultaris_kit import rls
from vaultaris_kit.migrations import role_of

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "audit"

ENTRIES = """
CREATE TABLE audit.audit_entries (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    actor_id uuid,
    actor_type text NOT NULL,
    actor_tenant_id uuid,
    actor_ip text,
    actor_user_agent text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    description text,
    old_value text,
    new_value text,
    metadata text NOT NULL,
    request_id text,
    created_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT uq_audit_entries_sequence UNIQUE (tenant_id, sequence),
    CONSTRAINT ck_audit_entries_sequence CHECK (sequence > 0),
    CONSTRAINT ck_audit_entries_hashes CHECK (length(hash) = 32 AND length(previous_hash) = 32)
)
"""

OUTBOX = """
CREATE TABLE audit.outbox (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
)
"""

FILTERS = ("action", "resource_type", "resource_id", "actor_id", "actor_type")


def upgrade() -> None:
    op.execute(ENTRIES)
    op.execute(OUTBOX)
    op.execute("CREATE INDEX ix_audit_entries_created ON audit.audit_entries (tenant_id, created_at, id)")
    for column in FILTERS:
        op.execute(
            f"CREATE INDEX ix_audit_entries_{column} ON audit.audit_entries (tenant_id, {column}, created_at, id)"
        )
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit.audit_entries FROM {role_of(SCHEMA)}")
    rls.isolate(SCHEMA, "audit_entries", "outbox")
