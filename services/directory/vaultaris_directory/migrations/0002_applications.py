"""Applications, what is linked to them, and their members."""

from alembic import op

from vaultaris_kit import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "directory"
LINKED = ("roles", "groups", "permissions")

APPLICATIONS = """
CREATE TABLE directory.applications (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES directory.tenants (id) ON DELETE CASCADE,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    display_name text,
    description text,
    logo_url text,
    homepage_url text,
    primary_color text,
    redirect_uris_base jsonb NOT NULL,
    allowed_scopes jsonb NOT NULL,
    allowed_audiences jsonb NOT NULL,
    access_token_lifetime_seconds integer,
    refresh_token_lifetime_seconds integer,
    id_token_lifetime_seconds integer,
    is_active boolean NOT NULL,
    isolation_enabled boolean NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT uq_applications_slug UNIQUE (tenant_id, slug)
)
"""

MEMBERS = """
CREATE TABLE directory.application_members (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL REFERENCES directory.applications (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES directory.users (id) ON DELETE CASCADE,
    version integer NOT NULL,
    role text NOT NULL
        CONSTRAINT ck_application_members_role CHECK (role IN ('owner', 'admin', 'member')),
    status text NOT NULL
        CONSTRAINT ck_application_members_status CHECK (status IN ('pending', 'active', 'suspended')),
    invited_at timestamptz NOT NULL,
    accepted_at timestamptz,
    CONSTRAINT pk_application_members PRIMARY KEY (application_id, user_id)
)
"""

INDEXES = (
    "CREATE INDEX ix_applications_created ON directory.applications (tenant_id, created_at, id)",
    "CREATE INDEX ix_applications_updated ON directory.applications (tenant_id, updated_at, id)",
    "CREATE INDEX ix_applications_name ON directory.applications (tenant_id, name, id)",
    "CREATE INDEX ix_application_members_invited"
    " ON directory.application_members (application_id, invited_at, user_id)",
    "CREATE INDEX ix_application_members_user ON directory.application_members (user_id)",
)


def upgrade() -> None:
    for statement in (APPLICATIONS, MEMBERS, *INDEXES):
        op.execute(statement)
    for kind in LINKED:
        _link_table(kind)
    rls.isolate(SCHEMA, "applications", "application_members", *(f"application_{kind}" for kind in LINKED))


def _link_table(kind: str) -> None:
    """What of ``kind`` belongs to an application; found from either side."""
    op.execute(
        f"CREATE TABLE directory.application_{kind} ("
        " tenant_id uuid NOT NULL,"
        " application_id uuid NOT NULL REFERENCES directory.applications (id) ON DELETE CASCADE,"
        f" resource_id uuid NOT NULL REFERENCES directory.{kind} (id) ON DELETE CASCADE,"
        " is_inherited boolean NOT NULL,"
        " is_owned boolean NOT NULL,"
        " linked_at timestamptz NOT NULL,"
        " PRIMARY KEY (application_id, resource_id))"
    )
    op.execute(f"CREATE INDEX ix_application_{kind}_resource ON directory.application_{kind} (resource_id)")
