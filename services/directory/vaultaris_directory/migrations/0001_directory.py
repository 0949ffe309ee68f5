"""Tenants, users, roles, permissions, groups, their links, the setup token and the outbox.

Lists, filters and searches run under row-level security, where PostgreSQL lets only leakproof operators
(equality, order) enter an index. So folded names are columns of their own.
"""

from alembic import op

from vaultaris_kit import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "directory"
TENANT_TABLES = (
    "users", "roles", "permissions", "groups", "user_roles", "group_members", "group_roles",
    "role_permissions", "role_members", "setup_tokens", "outbox",
    "idempotency_keys",
)  # fmt: skip

RESOURCE = """
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES directory.tenants (id) ON DELETE CASCADE,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    freeze_reason text
"""

TENANTS = """
CREATE TABLE directory.tenants (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    freeze_reason text,
    name text NOT NULL,
    slug text NOT NULL CONSTRAINT uq_tenants_slug UNIQUE,
    display_name text,
    description text,
    logo_url text,
    primary_color text,
    settings jsonb NOT NULL,
    access_token_lifetime_seconds integer NOT NULL,
    refresh_token_lifetime_seconds integer NOT NULL,
    id_token_lifetime_seconds integer NOT NULL,
    authorization_code_lifetime_seconds integer NOT NULL,
    password_policy jsonb NOT NULL,
    mfa_enabled boolean NOT NULL,
    mfa_required boolean NOT NULL,
    status text NOT NULL CONSTRAINT ck_tenants_status CHECK (status IN ('active', 'suspended', 'archived')),
    is_billing_shadow boolean NOT NULL,
    host_tenant_id uuid REFERENCES directory.tenants (id)
)
"""

USERS = f"""
CREATE TABLE directory.users (
    {RESOURCE},
    username text NOT NULL,
    username_key text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    email_verified boolean NOT NULL,
    phone text,
    phone_verified boolean NOT NULL,
    first_name text,
    last_name text,
    display_name text,
    avatar_url text,
    locale text NOT NULL,
    timezone text NOT NULL,
    status text NOT NULL
        CONSTRAINT ck_users_status CHECK (status IN ('active', 'inactive', 'pending', 'suspended')),
    mfa_enabled boolean NOT NULL,
    mfa_type text,
    metadata jsonb NOT NULL,
    search_text text NOT NULL GENERATED ALWAYS AS (
        left(lower(
            username || ' ' || email || ' ' || coalesce(display_name, '')
            || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '')
        ), 600)
    ) STORED,
    password_hash text,
    password_changed_at timestamptz,
    password_history jsonb NOT NULL,
    failed_login_attempts integer NOT NULL,
    lockouts integer NOT NULL,
    locked_until timestamptz,
    last_login_at timestamptz,
    CONSTRAINT uq_users_username UNIQUE (tenant_id, username_key),
    CONSTRAINT uq_users_email UNIQUE (tenant_id, email_key)
)
"""

ROLES = f"""
CREATE TABLE directory.roles (
    {RESOURCE},
    name text NOT NULL,
    display_name text,
    description text,
    is_system boolean NOT NULL,
    is_composite boolean NOT NULL,
    metadata jsonb NOT NULL,
    CONSTRAINT uq_roles_name UNIQUE (tenant_id, name)
)
"""

PERMISSIONS = f"""
CREATE TABLE directory.permissions (
    {RESOURCE},
    name text NOT NULL,
    resource text NOT NULL,
    action text NOT NULL,
    display_name text,
    description text,
    conditions jsonb NOT NULL,
    is_system boolean NOT NULL,
    CONSTRAINT uq_permissions_name UNIQUE (tenant_id, name)
)
"""

GROUPS = f"""
CREATE TABLE directory.groups (
    {RESOURCE},
    parent_id uuid REFERENCES directory.groups (id),
    name text NOT NULL,
    path text NOT NULL,
    display_name text,
    description text,
    metadata jsonb NOT NULL
)
"""

SETUP_TOKENS = """
CREATE TABLE directory.setup_tokens (
    tenant_id uuid PRIMARY KEY,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL
)
"""

OUTBOX = """
CREATE TABLE directory.outbox (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
)
"""

IDEMPOTENCY_KEYS = """
CREATE TABLE directory.idempotency_keys (
    tenant_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, principal_id, key)
)
"""

INDEXES = (
    "CREATE INDEX ix_idempotency_keys_created_at ON directory.idempotency_keys (created_at)",
    "CREATE INDEX ix_tenants_created ON directory.tenants (created_at, id)",
    "CREATE INDEX ix_tenants_updated ON directory.tenants (updated_at, id)",
    "CREATE INDEX ix_tenants_name ON directory.tenants (name, id)",
    "CREATE INDEX ix_tenants_host ON directory.tenants (host_tenant_id) WHERE host_tenant_id IS NOT NULL",
    "CREATE INDEX ix_users_status ON directory.users (tenant_id, status, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_users_search ON directory.users (tenant_id, search_text) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_users_verified_email ON directory.users (email_key) WHERE email_verified AND deleted_at IS NULL",
    "CREATE INDEX ix_permissions_right ON directory.permissions (tenant_id, resource, action)",
    "CREATE UNIQUE INDEX uq_groups_name ON directory.groups"
    " (tenant_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid), name)",
    "CREATE INDEX ix_groups_name ON directory.groups (tenant_id, name, id)",
    "CREATE INDEX ix_groups_parent ON directory.groups (parent_id)",
)


def upgrade() -> None:
    for table in (TENANTS, USERS, ROLES, PERMISSIONS, GROUPS, SETUP_TOKENS, OUTBOX, IDEMPOTENCY_KEYS):
        op.execute(table)
    _link("user_roles", "user_id", "users", "role_id", "roles")
    _link("group_members", "group_id", "groups", "user_id", "users")
    _link("group_roles", "group_id", "groups", "role_id", "roles")
    _link("role_permissions", "role_id", "roles", "permission_id", "permissions")
    _link("role_members", "composite_id", "roles", "member_id", "roles")
    for index in INDEXES:
        op.execute(index)
    for table in ("users", "roles", "permissions", "groups"):
        op.execute(
            f"CREATE INDEX ix_{table}_created ON directory.{table} (tenant_id, created_at, id) WHERE deleted_at IS NULL"
        )
        op.execute(f"CREATE INDEX ix_{table}_updated ON directory.{table} (tenant_id, updated_at, id)")
    rls.isolate(SCHEMA, *TENANT_TABLES)
    rls.isolate(SCHEMA, "tenants", column="id")


def _link(table: str, left: str, left_table: str, right: str, right_table: str) -> None:
    """A table of pairs, found from either side; the tenant of both is the tenant of the row."""
    op.execute(
        f"CREATE TABLE directory.{table} ("
        " tenant_id uuid NOT NULL,"
        f" {left} uuid NOT NULL REFERENCES directory.{left_table} (id) ON DELETE CASCADE,"
        f" {right} uuid NOT NULL REFERENCES directory.{right_table} (id) ON DELETE CASCADE,"
        " created_at timestamptz NOT NULL DEFAULT now(),"
        f" PRIMARY KEY ({left}, {right}))"
    )
    op.execute(f"CREATE INDEX ix_{table}_{right} ON directory.{table} ({right})")
