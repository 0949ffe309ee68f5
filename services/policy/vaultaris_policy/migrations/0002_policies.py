"""Policies with their history, and idempotency keys."""

from alembic import op

from vaultaris_kit import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "policy"

POLICIES = """
CREATE TABLE policy.policies (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    name text NOT NULL CONSTRAINT ck_policies_name CHECK (length(name) BETWEEN 1 AND 100),
    effect text NOT NULL CONSTRAINT ck_policies_effect CHECK (effect IN ('allow', 'deny')),
    resource_pattern text NOT NULL,
    actions jsonb NOT NULL,
    display_name text,
    description text,
    priority integer NOT NULL,
    conditions jsonb NOT NULL,
    status text NOT NULL CONSTRAINT ck_policies_status CHECK (status IN ('active', 'inactive')),
    CONSTRAINT uq_policies_name UNIQUE (tenant_id, name)
)
"""

VERSIONS = """
CREATE TABLE policy.policy_versions (
    tenant_id uuid NOT NULL,
    policy_id uuid NOT NULL CONSTRAINT fk_policy_versions_policy_id
        REFERENCES policy.policies (id) ON DELETE CASCADE,
    version integer NOT NULL,
    changed_at timestamptz NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    state jsonb NOT NULL,
    PRIMARY KEY (policy_id, version)
)
"""

IDEMPOTENCY_KEYS = """
CREATE TABLE policy.idempotency_keys (
    tenant_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, principal_id, key)
)
"""

INDEXES = (
    "CREATE INDEX ix_idempotency_keys_created_at ON policy.idempotency_keys (created_at)",
    "CREATE INDEX ix_policies_active ON policy.policies (tenant_id, id, version) WHERE status = 'active'",
    "CREATE INDEX ix_policies_created ON policy.policies (tenant_id, created_at, id)",
    "CREATE INDEX ix_policies_updated ON policy.policies (tenant_id, updated_at, id)",
    "CREATE INDEX ix_policies_priority ON policy.policies (tenant_id, priority, id)",
    "CREATE INDEX ix_policies_status ON policy.policies (tenant_id, status, created_at, id)",
    "CREATE INDEX ix_policies_effect ON policy.policies (tenant_id, effect, created_at, id)",
)


def upgrade() -> None:
    for statement in (POLICIES, VERSIONS, IDEMPOTENCY_KEYS, *INDEXES):
        op.execute(statement)
    rls.isolate(SCHEMA, "policies", "policy_versions", "idempotency_keys")
