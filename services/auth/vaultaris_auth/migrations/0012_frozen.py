"""Clients, API keys and identity providers that a licence can freeze."""

from vaultaris_kit.limits.schema import add_note, freezable

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCHEMA = "auth"


def upgrade() -> None:
    add_note(SCHEMA)
    freezable(SCHEMA, "oauth_clients", "api_keys", "identity_providers")
