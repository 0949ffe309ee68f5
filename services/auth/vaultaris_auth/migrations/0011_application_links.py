"""OAuth clients and identity providers of applications."""

from alembic import op

from vaultaris_kit import rls
from vaultaris_kit.application_links.schema import link_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    link_table(SCHEMA, "application_clients", "oauth_clients")
    link_table(SCHEMA, "application_identity_providers", "identity_providers")
    op.execute("SELECT set_config('vaultaris.tenant_id', '*', true)")  # row-level security holds for the owner too
    op.execute(
        "INSERT INTO auth.application_clients"
        " (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at)"
        " SELECT tenant_id, application_id, id, false, true, created_at FROM auth.oauth_clients"
        " WHERE application_id IS NOT NULL"
    )
    op.execute("ALTER TABLE auth.oauth_clients DROP COLUMN application_id")
    op.execute(
        "CREATE INDEX ix_authorization_codes_user ON auth.authorization_codes (tenant_id, user_id)"
        " WHERE spent_at IS NOT NULL AND family_id IS NULL"
    )
    rls.isolate(SCHEMA, "application_clients", "application_identity_providers")
