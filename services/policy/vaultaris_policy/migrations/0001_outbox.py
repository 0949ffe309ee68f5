"""The outbox."""

import sqlalchemy as sa
from alembic import op

from vaultaris_kit import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "policy"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        schema=SCHEMA,
    )
    rls.isolate(SCHEMA, "outbox")
