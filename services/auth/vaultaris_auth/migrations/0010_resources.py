"""Resource indicators: which resources a client may ask tokens for, and which one a family is for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    op.add_column(
        "oauth_clients",
        sa.Column("allowed_resources", ARRAY(sa.Text), nullable=False, server_default="{}"),
        schema=SCHEMA,
    )
    op.add_column("token_families", sa.Column("resource", sa.Text), schema=SCHEMA)
