"""Row-level security, for migrations: the second wall of tenant isolation.

A row is visible to a transaction that works for its tenant, or for all of them
(:meth:`vaultaris_kit.database.Database.instance`). Without either, nothing is visible.
"""

from alembic import op

_SCOPE = "current_setting('vaultaris.tenant_id', true)"
_ALL = f"(SELECT {_SCOPE} = '*')"
_ONE = f"(SELECT nullif(nullif({_SCOPE}, '*'), '')::uuid)"
"""Both are evaluated once a query, and ``uuid = uuid`` keeps the planner's estimates true and the row cheap."""


def isolate(schema: str, *tables: str, column: str = "tenant_id") -> None:
    """Switches row-level security on, for the owner too, by the tenant in ``column`` (a uuid)."""
    for table in tables:
        name = f'"{schema}"."{table}"'
        visible = f"{_ALL} OR {column} = {_ONE}"
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {name} USING ({visible}) WITH CHECK ({visible})")
