"""Passkeys, and challenges that wait for their answer."""

from alembic import op

from vaultaris_kit import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCHEMA = "auth"

PASSKEYS = """
CREATE TABLE auth.passkeys (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL CONSTRAINT ck_passkeys_credential_id CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    public_key_algorithm integer NOT NULL,
    counter bigint NOT NULL,
    device_name text,
    device_type text CONSTRAINT ck_passkeys_device_type CHECK (device_type IN ('platform', 'cross-platform')),
    attestation_format text,
    transports text[],
    is_active boolean NOT NULL,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT uq_passkeys_credential_id UNIQUE (tenant_id, credential_id)
)
"""

CHALLENGES = """
CREATE TABLE auth.webauthn_challenges (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid,
    purpose text NOT NULL
        CONSTRAINT ck_webauthn_challenges_purpose CHECK (purpose IN ('registration', 'authentication')),
    challenge bytea NOT NULL,
    expires_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(PASSKEYS)
    op.execute(CHALLENGES)
    op.execute("CREATE INDEX ix_passkeys_user ON auth.passkeys (tenant_id, user_id, created_at)")
    op.execute("CREATE INDEX ix_webauthn_challenges_expires_at ON auth.webauthn_challenges (expires_at)")
    rls.isolate(SCHEMA, "passkeys", "webauthn_challenges")
