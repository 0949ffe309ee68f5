"""What was made inside an application has one owner: the rule that the links of other services have already."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT set_config('vaultaris.tenant_id', '*', true)")  # row-level security holds for the owner too
    for kind in ("roles", "groups", "permissions"):
        table = f"directory.application_{kind}"
        op.execute(
            f"UPDATE {table} later SET is_owned = false FROM {table} first"  # noqa: S608 - names of ours
            " WHERE later.is_owned AND first.is_owned AND later.resource_id = first.resource_id"
            " AND (first.linked_at, first.application_id) < (later.linked_at, later.application_id)"
        )
        op.execute(f"CREATE UNIQUE INDEX uq_application_{kind}_owner ON {table} (resource_id) WHERE is_owned")
