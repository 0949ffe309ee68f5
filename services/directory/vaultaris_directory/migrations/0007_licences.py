"""Licences that were applied, the terms that were acted on, and freezing of applications and hosted tenants."""

from alembic import op

from vaultaris_kit import rls
from vaultaris_kit.limits.schema import freezable

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = "directory"
MASTER = "00000000-0000-0000-0000-000000000001"

TABLES = (
    """
CREATE TABLE directory.applied_licences (
    tenant_id uuid PRIMARY KEY REFERENCES directory.tenants (id) ON DELETE CASCADE,
    token text NOT NULL,
    applied_at timestamptz NOT NULL
)
""",
    """
CREATE TABLE directory.settled_terms (
    tenant_id uuid PRIMARY KEY REFERENCES directory.tenants (id) ON DELETE CASCADE,
    terms jsonb NOT NULL,
    settled_at timestamptz NOT NULL
)
""",
)

GROUNDS = f"""
CREATE FUNCTION directory.licence_grounds(asked uuid) RETURNS TABLE (
    tenant_id uuid, host_tenant_id uuid, tier text, own_token text, host_token text, instance_token text
) LANGUAGE plpgsql AS $$
DECLARE
    scope text := current_setting('vaultaris.tenant_id', true);
BEGIN
    PERFORM set_config('vaultaris.tenant_id', '*', true);
    RETURN QUERY
    SELECT asked, t.host_tenant_id, t.tier,
        CASE WHEN asked <> '{MASTER}' THEN own.token END,
        CASE WHEN t.host_tenant_id <> '{MASTER}' THEN host.token END,
        instance.token
    FROM (SELECT 1) one
    LEFT JOIN directory.tenants t ON t.id = asked
    LEFT JOIN directory.applied_licences own ON own.tenant_id = asked
    LEFT JOIN directory.applied_licences host ON host.tenant_id = t.host_tenant_id
    LEFT JOIN directory.applied_licences instance ON instance.tenant_id = '{MASTER}';
    PERFORM set_config('vaultaris.tenant_id', coalesce(scope, ''), true);
END
$$
"""  # noqa: S608 - a constant
"""Tells of any tenant what decides over its licence, whatever tenant the transaction works for, and goes on so."""


def upgrade() -> None:
    for statement in (*TABLES, GROUNDS):
        op.execute(statement)
    rls.isolate(SCHEMA, "applied_licences", "settled_terms")
    freezable(SCHEMA, "applications")
    op.execute("ALTER TABLE directory.tenants ADD COLUMN frozen_at timestamptz")
    op.execute(
        "CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.tenants FOR EACH ROW"
        " WHEN (NEW.freeze_reason IS DISTINCT FROM OLD.freeze_reason) EXECUTE FUNCTION directory.note_freeze()"
    )
    op.execute("SELECT set_config('vaultaris.tenant_id', '*', true)")
    op.execute("UPDATE directory.tenants SET freeze_reason = 'suspension' WHERE status = 'suspended'")
    op.execute(
        "CREATE INDEX ix_tenants_hosted_frozen ON directory.tenants (host_tenant_id, frozen_at, id)"
        " WHERE freeze_reason IS NOT NULL AND host_tenant_id IS NOT NULL AND deleted_at IS NULL"
    )
