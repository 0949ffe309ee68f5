"""The due notices of each client are found without reading those of all others."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_logout_notices_client_id", "logout_notices", ["client_id", "next_attempt_at"], schema="auth")
