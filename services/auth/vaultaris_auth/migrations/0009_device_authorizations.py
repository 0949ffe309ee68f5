"""Device authorizations, and a bound on guessing their user codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from vaultaris_kit import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "device_authorizations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("device_code_hash", sa.LargeBinary, nullable=False),
        sa.Column("user_code_hash", sa.LargeBinary, nullable=False),
        sa.Column("scope", ARRAY(sa.Text), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("requested_from", sa.Text),
        sa.Column("user_agent", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("interval", sa.Integer, nullable=False),
        sa.Column("polled_at", TIME),
        sa.Column("user_id", sa.Uuid),
        sa.Column("amr", ARRAY(sa.Text)),
        sa.Column("acr", sa.Text),
        sa.Column("auth_time", sa.BigInteger),
        sa.CheckConstraint("status IN ('pending', 'approved', 'denied', 'redeemed')", name="status"),
        schema=SCHEMA,
    )
    for column in ("device_code_hash", "user_code_hash"):
        op.create_index(
            f"uq_device_authorizations_{column}", "device_authorizations", [column], unique=True, schema=SCHEMA
        )
    op.create_index("ix_device_authorizations_expires_at", "device_authorizations", ["expires_at"], schema=SCHEMA)
    op.create_table(
        "user_code_guesses",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("guesser", sa.LargeBinary, primary_key=True),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("since", TIME, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_user_code_guesses_since", "user_code_guesses", ["since"], schema=SCHEMA)
    rls.isolate(SCHEMA, "device_authorizations", "user_code_guesses")
