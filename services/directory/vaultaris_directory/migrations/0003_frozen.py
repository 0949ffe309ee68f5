"""Since when something is frozen: noted by the database, whoever freezes it, and found by index."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("users", "roles", "groups", "permissions")

NOTE = """
CREATE FUNCTION directory.note_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.frozen_at := CASE WHEN NEW.freeze_reason IS NOT NULL THEN now() END;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute(NOTE)
    for table in TABLES:
        op.execute(f"ALTER TABLE directory.{table} ADD COLUMN frozen_at timestamptz")
        op.execute(f"UPDATE directory.{table} SET frozen_at = updated_at WHERE freeze_reason IS NOT NULL")  # noqa: S608 - a constant
        op.execute(
            f"CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.{table} FOR EACH ROW"
            " WHEN (NEW.freeze_reason IS DISTINCT FROM OLD.freeze_reason) EXECUTE FUNCTION directory.note_freeze()"
        )
        op.execute(
            f"CREATE INDEX ix_{table}_frozen ON directory.{table} (tenant_id, frozen_at, id)"
            " WHERE freeze_reason IS NOT NULL AND deleted_at IS NULL"
        )
