"""Identity providers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from vaultaris_kit import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "auth"
TIME = sa.DateTime(timezone=True)
TEXTS = (
    "display_name", "description", "logo_url", "provider_id", "client_id", "authorization_url", "token_url",
    "userinfo_url", "jwks_url", "saml_entity_id", "saml_sso_url", "saml_slo_url", "saml_name_id_format",
    "saml_certificate", "saml_signing_certificate",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "identity_providers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("provider_type", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in TEXTS),
        sa.Column("client_secret_sealed", sa.LargeBinary),
        sa.Column("scopes", ARRAY(sa.Text)),
        sa.Column("attribute_mapping", JSONB),
        sa.Column("auto_create_users", sa.Boolean, nullable=False),
        sa.Column("update_user_on_login", sa.Boolean, nullable=False),
        sa.Column("sync_groups", sa.Boolean, nullable=False),
        sa.Column("default_roles", ARRAY(sa.Text)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("status IN ('active', 'inactive')", name="status"),
        schema=SCHEMA,
    )
    op.create_index(
        "uq_identity_providers_name", "identity_providers", ["tenant_id", "name"], unique=True, schema=SCHEMA
    )
    op.create_index(
        "ix_identity_providers_tenant_id_priority",
        "identity_providers",
        ["tenant_id", "priority", "name"],
        schema=SCHEMA,
    )
    rls.isolate(SCHEMA, "identity_providers")
