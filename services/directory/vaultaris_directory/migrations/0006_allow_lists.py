"""Allow-lists of groups: the clients and identity providers that their members may use."""

from alembic import op

from vaultaris_kit import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "directory"
KINDS = ("clients", "login_providers")


def upgrade() -> None:
    for kind in KINDS:
        op.execute(f"ALTER TABLE directory.groups ADD COLUMN limits_{kind} boolean NOT NULL DEFAULT false")
        op.execute(
            f"CREATE TABLE directory.group_{kind} ("
            " tenant_id uuid NOT NULL,"
            " group_id uuid NOT NULL REFERENCES directory.groups (id) ON DELETE CASCADE,"
            " resource_id uuid NOT NULL,"
            " created_at timestamptz NOT NULL,"
            " PRIMARY KEY (group_id, resource_id))"
        )
        op.execute(f"CREATE INDEX ix_group_{kind}_resource ON directory.group_{kind} (tenant_id, resource_id)")
    op.execute(
        "CREATE INDEX ix_application_members_active ON directory.application_members (user_id, application_id)"
        " WHERE status = 'active'"
    )
    rls.isolate(SCHEMA, *(f"group_{kind}" for kind in KINDS))
