"""An index behind every list of users, deleted ones included, and a substring search that enters one.

Under row-level security PostgreSQL lets only leakproof operators into an index, and LIKE is none: a trigram
index on its own would never be used by the service's role. So one function searches on its behalf, as a role
that can do nothing else: it can't log in, reads four columns, and is held to the tenant of the transaction by
the function's own text. What it returns are ids; the rows behind them are read under row-level security again.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEARCHER = "vaultaris_directory_search"

CREATE_SEARCHER = f"""
DO $$
BEGIN
    CREATE ROLE {SEARCHER} NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN  -- another database of this server has made it
    NULL;
END
$$
"""

EXTENSIONS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA directory",
    "CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA directory",
)

TRIGRAMS = """
DO $$
BEGIN
    EXECUTE format(
        'CREATE INDEX ix_users_trigrams ON directory.users USING gin (tenant_id, search_text %s.gin_trgm_ops)',
        (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_trgm')
    );
END
$$
"""

SEARCH = """
CREATE FUNCTION directory.search_users(pattern text, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id FROM directory.users u
    WHERE u.tenant_id = nullif(nullif(current_setting('vaultaris.tenant_id', true), '*'), '')::uuid
        AND u.search_text LIKE pattern
    LIMIT most;
END
$$
"""

HAND_OVER = (
    f"GRANT {SEARCHER} TO CURRENT_USER",
    f"GRANT USAGE, CREATE ON SCHEMA directory TO {SEARCHER}",
    f"GRANT SELECT (id, tenant_id, search_text, deleted_at) ON directory.users TO {SEARCHER}",
    f"CREATE POLICY search ON directory.users FOR SELECT TO {SEARCHER} USING (true)",
    "REVOKE EXECUTE ON FUNCTION directory.search_users FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION directory.search_users TO vaultaris_directory",
    f"ALTER FUNCTION directory.search_users OWNER TO {SEARCHER}",
    f"REVOKE CREATE ON SCHEMA directory FROM {SEARCHER}",
    f"REVOKE {SEARCHER} FROM CURRENT_USER",
)

INDEXES = (
    "DROP INDEX directory.ix_users_search",
    "DROP INDEX directory.ix_users_created",
    "DROP INDEX directory.ix_users_updated",
    "DROP INDEX directory.ix_users_status",
    "CREATE INDEX ix_users_created ON directory.users (tenant_id, created_at, id) INCLUDE (deleted_at)",
    "CREATE INDEX ix_users_updated ON directory.users (tenant_id, updated_at, id)",
    "CREATE INDEX ix_users_status ON directory.users (tenant_id, status, created_at, id) INCLUDE (deleted_at)",
    "DROP INDEX directory.ix_application_members_invited",
    "CREATE INDEX ix_application_members_invited ON directory.application_members"
    " (application_id, invited_at, user_id) INCLUDE (tenant_id)",
    "DROP INDEX directory.ix_user_roles_role_id",
    "CREATE INDEX ix_user_roles_role_id ON directory.user_roles (role_id, user_id) INCLUDE (tenant_id)",
    "ALTER TABLE directory.group_members DROP CONSTRAINT group_members_pkey",
    "ALTER TABLE directory.group_members ADD PRIMARY KEY (group_id, user_id) INCLUDE (tenant_id)",
)


def upgrade() -> None:
    for statement in (CREATE_SEARCHER, *EXTENSIONS, TRIGRAMS, SEARCH, *HAND_OVER, *INDEXES):
        op.execute(statement)
