"""The limits of licences that were followed."""

from vaultaris_kit.limits.schema import add_followed_limits

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    add_followed_limits(SCHEMA)
