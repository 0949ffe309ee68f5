"""Whose turn it is to put a template into a tenant."""

from alembic import op

from vaultaris_kit import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TURNS = """
CREATE TABLE directory.template_turns (
    tenant_id uuid PRIMARY KEY REFERENCES directory.tenants (id) ON DELETE CASCADE,
    holder uuid NOT NULL,
    ends_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(TURNS)
    rls.isolate("directory", "template_turns")
