"""Alembic's environment, shared by all services: the connection and the schema are handed in."""

from alembic import context

connection = context.config.attributes["connection"]
schema = context.config.attributes["schema"]

context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    version_table="schema_version",
    version_table_schema=schema,
    include_schemas=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
