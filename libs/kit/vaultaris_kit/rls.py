"""Row-level security, for migrations: the second wall of tenant isolation.

A row is visible to a transaction that works for its tenant, or for all of them
(:meth:`vaultaris_kit.database.Database.instance`). Without either, nothing is visible.
"""

from alembic import op


def isolate(schema: str, *tables: str, column: str = "tenant_id") -> None:
    """Switches row-level security on, for the owner too, by the tenant in ``column``."""
    scope = "(SELECT current_setting('vaultaris.tenant_id', true))"
    for table in tables:
        name = f'"{schema}"."{table}"'
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_isolation ON {name} "
            f"USING ({scope} = '*' OR {column}::text = {scope}) "
            f"WITH CHECK ({scope} = '*' OR {column}::text = {scope})"
        )
