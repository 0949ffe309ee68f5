"""Freezing, for migrations: who froze and why is a column, since when is noted by the database."""

from alembic import op

from vaultaris_kit import rls

_NOTE = """
CREATE FUNCTION {schema}.note_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.frozen_at := CASE WHEN NEW.freeze_reason IS NOT NULL THEN now() END;
    RETURN NEW;
END
$$
"""


def add_note(schema: str) -> None:
    """The function that notes when something was frozen."""
    op.execute(_NOTE.format(schema=schema))


def freezable(schema: str, *tables: str, live: str = "true") -> None:
    """Adds the columns of :class:`~vaultaris_kit.limits.capped.Freezable`, and the index that the lists read.

    ``live`` is the condition under which a row is listed.
    """
    for table in tables:
        op.execute(f"ALTER TABLE {schema}.{table} ADD COLUMN IF NOT EXISTS freeze_reason text")
        op.execute(f"ALTER TABLE {schema}.{table} ADD COLUMN frozen_at timestamptz")
        op.execute(
            f"CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON {schema}.{table} FOR EACH ROW"
            f" WHEN (NEW.freeze_reason IS DISTINCT FROM OLD.freeze_reason) EXECUTE FUNCTION {schema}.note_freeze()"
        )
        op.execute(
            f"CREATE INDEX ix_{table}_frozen ON {schema}.{table} (tenant_id, frozen_at, id)"
            f" WHERE freeze_reason IS NOT NULL AND {live}"
        )


def add_followed_limits(schema: str) -> None:
    """The table behind :mod:`vaultaris_kit.limits.following`."""
    op.execute(
        f"CREATE TABLE {schema}.followed_limits ("
        " tenant_id uuid NOT NULL,"
        " resource text NOT NULL,"
        " most integer NOT NULL,"
        " PRIMARY KEY (tenant_id, resource))"
    )
    rls.isolate(schema, "followed_limits")
