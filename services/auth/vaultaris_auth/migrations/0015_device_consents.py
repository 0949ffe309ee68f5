"""What a device was given stays known, so that taking the consent back reaches it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    op.add_column("device_authorizations", sa.Column("access_token_id", sa.Uuid), schema=SCHEMA)
    op.create_index(
        "ix_device_authorizations_user_id", "device_authorizations", ["user_id", "client_id"],
        schema=SCHEMA, postgresql_where=sa.text("user_id IS NOT NULL"),
    )  # fmt: skip
