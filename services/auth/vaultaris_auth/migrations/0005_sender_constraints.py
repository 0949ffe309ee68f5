"""Values that are good once, and refresh tokens bound to a key."""

import sqlalchemy as sa
from alembic import op

from vaultaris_kit import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    op.create_table(
        "one_time_values",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest"),
        schema=SCHEMA,
    )
    op.create_index("ix_one_time_values_expires_at", "one_time_values", ["expires_at"], schema=SCHEMA)
    rls.isolate(SCHEMA, "one_time_values")
    op.add_column("token_families", sa.Column("jkt", sa.Text), schema=SCHEMA)
