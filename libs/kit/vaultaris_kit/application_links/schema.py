"""Tables of links, for migrations."""

from alembic import op


def link_table(schema: str, table: str, linked: str) -> None:
    """For a service that doesn't own applications: links go with what they link (``linked``, a table), which has one
    owner at most.
    """
    op.execute(
        f"CREATE TABLE {schema}.{table} ("
        " tenant_id uuid NOT NULL,"
        " application_id uuid NOT NULL,"
        f" resource_id uuid NOT NULL REFERENCES {schema}.{linked} (id) ON DELETE CASCADE,"
        " is_inherited boolean NOT NULL,"
        " is_owned boolean NOT NULL,"
        " linked_at timestamptz NOT NULL,"
        " PRIMARY KEY (application_id, resource_id))"
    )
    op.execute(f"CREATE INDEX ix_{table}_resource ON {schema}.{table} (resource_id)")
    op.execute(f"CREATE UNIQUE INDEX uq_{table}_owner ON {schema}.{table} (resource_id) WHERE is_owned")
