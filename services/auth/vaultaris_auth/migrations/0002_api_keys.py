"""API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vaultaris_kit import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("owner_type", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text)),
        sa.Column("ip_restrictions", ARRAY(sa.Text)),
        sa.Column("conditions", JSONB),
        sa.Column("is_enabled", sa.Boolean, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("last_used_at", TIME),
        sa.Column("use_count", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("owner_type IN ('tenant', 'application', 'group', 'user')", name="owner_type"),
        sa.CheckConstraint("octet_length(key_hash) = 32", name="key_hash"),
        schema=SCHEMA,
    )
    op.create_index("uq_api_keys_key_hash", "api_keys", ["key_hash"], unique=True, schema=SCHEMA)
    for column in ("created_at", "updated_at", "name", "last_used_at"):
        op.create_index(f"ix_api_keys_tenant_id_{column}", "api_keys", ["tenant_id", column, "id"], schema=SCHEMA)
    op.create_index(
        "ix_api_keys_tenant_id_owner_id", "api_keys", ["tenant_id", "owner_id", "created_at"], schema=SCHEMA
    )
    rls.isolate(SCHEMA, "api_keys")
