"""Hosted tenants: their tier, and their list."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE directory.tenants ADD COLUMN tier text"
        " CONSTRAINT ck_tenants_tier CHECK (tier IN ('community', 'pro', 'enterprise'))"
    )
    op.execute("DROP INDEX directory.ix_tenants_host")
    op.execute(
        "CREATE INDEX ix_tenants_hosted ON directory.tenants (host_tenant_id, created_at, id)"
        " WHERE host_tenant_id IS NOT NULL"
    )
