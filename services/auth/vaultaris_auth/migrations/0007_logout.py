"""Which clients took part in a session, and which of them are to be told that it is over."""

import sqlalchemy as sa
from alembic import op

from vaultaris_kit import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "session_clients",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("joined_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    for column in ("user_id", "tenant_id", "expires_at"):
        op.create_index(f"ix_session_clients_{column}", "session_clients", [column], schema=SCHEMA)
    op.create_table(
        "logout_notices",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_logout_notices_next_attempt_at", "logout_notices", ["next_attempt_at"], schema=SCHEMA)
    rls.isolate(SCHEMA, "session_clients", "logout_notices")
