"""Indexes behind every list: with deleted ones too, and of tenants by status."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DELETABLE = ("roles", "permissions", "groups")

TENANTS = (
    "DROP INDEX directory.ix_tenants_created",
    "CREATE INDEX ix_tenants_created ON directory.tenants (created_at, id) INCLUDE (deleted_at, is_billing_shadow)",
    "CREATE INDEX ix_tenants_status ON directory.tenants (status, created_at, id)"
    " INCLUDE (deleted_at, is_billing_shadow)",
)


def upgrade() -> None:
    for table in DELETABLE:
        op.execute(f"DROP INDEX directory.ix_{table}_created")
        op.execute(
            f"CREATE INDEX ix_{table}_created ON directory.{table} (tenant_id, created_at, id) INCLUDE (deleted_at)"
        )
    for statement in TENANTS:
        op.execute(statement)
