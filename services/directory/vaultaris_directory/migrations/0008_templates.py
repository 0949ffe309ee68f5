"""What an import of a template still owes other services."""

from alembic import op

from vaultaris_kit import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PARTS = """
CREATE TABLE directory.template_parts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES directory.tenants (id) ON DELETE CASCADE,
    owner text NOT NULL CONSTRAINT ck_template_parts_owner CHECK (owner IN ('auth', 'policy')),
    sections jsonb NOT NULL,
    actor jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL
)
"""


def upgrade() -> None:
    op.execute(PARTS)
    op.execute("CREATE INDEX ix_template_parts_due_at ON directory.template_parts (due_at)")
    rls.isolate("directory", "template_parts")
