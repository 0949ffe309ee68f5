"""What a spent refresh token was spent by, and on what: a retry of the very same request gets the same answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    op.add_column("refresh_tokens", sa.Column("spent_by", sa.LargeBinary), schema=SCHEMA)
    op.add_column("refresh_tokens", sa.Column("successor_id", sa.Uuid), schema=SCHEMA)
