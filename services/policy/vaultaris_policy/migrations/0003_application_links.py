"""Policies of applications."""

from vaultaris_kit import rls
from vaultaris_kit.application_links.schema import link_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = "policy"


def upgrade() -> None:
    link_table(SCHEMA, "application_policies", "policies")
    rls.isolate(SCHEMA, "application_policies")
