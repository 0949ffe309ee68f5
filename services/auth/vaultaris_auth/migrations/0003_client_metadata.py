"""Client metadata: keys of its own, algorithms, sender constraints, pushed requests, logout, token exchange."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    for column in (
        sa.Column("jwks", JSONB),
        sa.Column("jwks_uri", sa.Text),
        sa.Column("secret_sealed", sa.LargeBinary),
        sa.Column("token_endpoint_auth_signing_alg", sa.Text),
        sa.Column("id_token_signed_response_alg", sa.Text),
        sa.Column("introspection_signed_response_alg", sa.Text),
        sa.Column("backchannel_logout_uri", sa.Text),
        sa.Column("token_exchange", JSONB),
        *(
            sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
            for name in (
                "require_dpop_nonce", "require_pushed_authorization_requests", "backchannel_logout_session_required",
            )
        ),
    ):  # fmt: skip
        op.add_column("oauth_clients", column, schema=SCHEMA)
