"""Policies that a licence can freeze."""

from alembic import op

from vaultaris_kit.limits.schema import add_note, freezable

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "policy"


def upgrade() -> None:
    add_note(SCHEMA)
    freezable(SCHEMA, "policies")
    op.execute("DROP INDEX policy.ix_policies_active")
    op.execute(
        "CREATE INDEX ix_policies_active ON policy.policies (tenant_id, id, version)"
        " WHERE status = 'active' AND freeze_reason IS NULL"
    )
