"""The limits of licences that were followed."""

from vaultaris_kit.limits.schema import add_followed_limits

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "policy"


def upgrade() -> None:
    add_followed_limits(SCHEMA)
