"""Signing keys that are published before they sign."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    op.add_column(
        "signing_keys", sa.Column("is_pending", sa.Boolean, nullable=False, server_default=sa.false()), schema=SCHEMA
    )
    op.drop_index("uq_signing_keys_current", "signing_keys", schema=SCHEMA)
    for name, condition in (
        ("current", "retired_at IS NULL AND NOT is_pending"), ("pending", "retired_at IS NULL AND is_pending"),
    ):  # fmt: skip
        op.create_index(
            f"uq_signing_keys_{name}", "signing_keys", ["tenant_id", "algorithm"],
            unique=True, schema=SCHEMA, postgresql_where=sa.text(condition),
        )  # fmt: skip
    op.create_index(
        "ix_signing_keys_created_at", "signing_keys", ["created_at"],
        schema=SCHEMA, postgresql_where=sa.text("retired_at IS NULL"),
    )  # fmt: skip
