--
-- PostgreSQL database dump
--

\restrict gwlfF52PiZwvNcgak0fhvYDD2l9QCfOMsCbTOnJYUjGPu9lss0g6Aj3fFqzklbm

-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: audit; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA audit;


ALTER SCHEMA audit OWNER TO vaultaris;

--
-- Name: auth; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA auth;


ALTER SCHEMA auth OWNER TO vaultaris;

--
-- Name: directory; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA directory;


ALTER SCHEMA directory OWNER TO vaultaris;

--
-- Name: plugins; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA plugins;


ALTER SCHEMA plugins OWNER TO vaultaris;

--
-- Name: policy; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA policy;


ALTER SCHEMA policy OWNER TO vaultaris;

--
-- Name: sessions; Type: SCHEMA; Schema: -; Owner: vaultaris
--

CREATE SCHEMA sessions;


ALTER SCHEMA sessions OWNER TO vaultaris;

--
-- Name: btree_gin; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA directory;


--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA directory;


--
-- Name: note_freeze(); Type: FUNCTION; Schema: auth; Owner: vaultaris
--

CREATE FUNCTION auth.note_freeze() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.frozen_at := CASE WHEN NEW.freeze_reason IS NOT NULL THEN now() END;
    RETURN NEW;
END
$$;


ALTER FUNCTION auth.note_freeze() OWNER TO vaultaris;

--
-- Name: licence_grounds(uuid); Type: FUNCTION; Schema: directory; Owner: vaultaris
--

CREATE FUNCTION directory.licence_grounds(asked uuid) RETURNS TABLE(tenant_id uuid, host_tenant_id uuid, tier text, own_token text, host_token text, instance_token text)
    LANGUAGE plpgsql
    AS $$
DECLARE
    scope text := current_setting('vaultaris.tenant_id', true);
BEGIN
    PERFORM set_config('vaultaris.tenant_id', '*', true);
    RETURN QUERY
    SELECT asked, t.host_tenant_id, t.tier,
        CASE WHEN asked <> '00000000-0000-0000-0000-000000000001' THEN own.token END,
        CASE WHEN t.host_tenant_id <> '00000000-0000-0000-0000-000000000001' THEN host.token END,
        instance.token
    FROM (SELECT 1) one
    LEFT JOIN directory.tenants t ON t.id = asked
    LEFT JOIN directory.applied_licences own ON own.tenant_id = asked
    LEFT JOIN directory.applied_licences host ON host.tenant_id = t.host_tenant_id
    LEFT JOIN directory.applied_licences instance ON instance.tenant_id = '00000000-0000-0000-0000-000000000001';
    PERFORM set_config('vaultaris.tenant_id', coalesce(scope, ''), true);
END
$$;


ALTER FUNCTION directory.licence_grounds(asked uuid) OWNER TO vaultaris;

--
-- Name: note_freeze(); Type: FUNCTION; Schema: directory; Owner: vaultaris
--

CREATE FUNCTION directory.note_freeze() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.frozen_at := CASE WHEN NEW.freeze_reason IS NOT NULL THEN now() END;
    RETURN NEW;
END
$$;


ALTER FUNCTION directory.note_freeze() OWNER TO vaultaris;

--
-- Name: search_users(text, integer); Type: FUNCTION; Schema: directory; Owner: vaultaris_directory_search
--

CREATE FUNCTION directory.search_users(pattern text, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_seqscan TO 'off'
    AS $$
BEGIN
    RETURN QUERY
    SELECT u.id FROM directory.users u
    WHERE u.tenant_id = nullif(nullif(current_setting('vaultaris.tenant_id', true), '*'), '')::uuid
        AND u.search_text LIKE pattern
    LIMIT most;
END
$$;


ALTER FUNCTION directory.search_users(pattern text, most integer) OWNER TO vaultaris_directory_search;

--
-- Name: note_freeze(); Type: FUNCTION; Schema: policy; Owner: vaultaris
--

CREATE FUNCTION policy.note_freeze() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.frozen_at := CASE WHEN NEW.freeze_reason IS NOT NULL THEN now() END;
    RETURN NEW;
END
$$;


ALTER FUNCTION policy.note_freeze() OWNER TO vaultaris;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: audit_entries; Type: TABLE; Schema: audit; Owner: vaultaris
--

CREATE TABLE audit.audit_entries (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    actor_id uuid,
    actor_type text NOT NULL,
    actor_tenant_id uuid,
    actor_ip text,
    actor_user_agent text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    description text,
    old_value text,
    new_value text,
    metadata text NOT NULL,
    request_id text,
    created_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT ck_audit_entries_hashes CHECK (((length(hash) = 32) AND (length(previous_hash) = 32))),
    CONSTRAINT ck_audit_entries_sequence CHECK ((sequence > 0))
);

ALTER TABLE ONLY audit.audit_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_entries OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: audit; Owner: vaultaris
--

CREATE TABLE audit.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY audit.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.outbox OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: audit; Owner: vaultaris
--

CREATE TABLE audit.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE audit.schema_version OWNER TO vaultaris;

--
-- Name: api_keys; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.api_keys (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    owner_type text NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[],
    ip_restrictions text[],
    conditions jsonb,
    is_enabled boolean NOT NULL,
    revoked_at timestamp with time zone,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    use_count bigint NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    freeze_reason text,
    frozen_at timestamp with time zone,
    CONSTRAINT key_hash CHECK ((octet_length(key_hash) = 32)),
    CONSTRAINT owner_type CHECK ((owner_type = ANY (ARRAY['tenant'::text, 'application'::text, 'group'::text, 'user'::text])))
);

ALTER TABLE ONLY auth.api_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.api_keys OWNER TO vaultaris;

--
-- Name: application_clients; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.application_clients (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.application_clients FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.application_clients OWNER TO vaultaris;

--
-- Name: application_identity_providers; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.application_identity_providers (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.application_identity_providers FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.application_identity_providers OWNER TO vaultaris;

--
-- Name: authorization_codes; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.authorization_codes (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    scope text[] NOT NULL,
    auth_time bigint NOT NULL,
    started_ms bigint NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    nonce text,
    code_challenge text,
    dpop_jkt text,
    resource text,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone,
    family_id uuid,
    access_token_id uuid
);

ALTER TABLE ONLY auth.authorization_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.authorization_codes OWNER TO vaultaris;

--
-- Name: authorization_requests; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.authorization_requests (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    client_id text NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    consumed_at timestamp with time zone
);

ALTER TABLE ONLY auth.authorization_requests FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.authorization_requests OWNER TO vaultaris;

--
-- Name: browser_sessions; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.browser_sessions (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    authenticated_at timestamp with time zone NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

ALTER TABLE ONLY auth.browser_sessions FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.browser_sessions OWNER TO vaultaris;

--
-- Name: consents; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.consents (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    client_id text NOT NULL,
    scope text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.consents FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.consents OWNER TO vaultaris;

--
-- Name: device_authorizations; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.device_authorizations (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    client_id text NOT NULL,
    device_code_hash bytea NOT NULL,
    user_code_hash bytea NOT NULL,
    scope text[] NOT NULL,
    status text NOT NULL,
    requested_from text,
    user_agent text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    "interval" integer NOT NULL,
    polled_at timestamp with time zone,
    user_id uuid,
    amr text[],
    acr text,
    auth_time bigint,
    CONSTRAINT status CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text, 'redeemed'::text])))
);

ALTER TABLE ONLY auth.device_authorizations FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.device_authorizations OWNER TO vaultaris;

--
-- Name: idempotency_keys; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.idempotency_keys (
    tenant_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.idempotency_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.idempotency_keys OWNER TO vaultaris;

--
-- Name: identity_providers; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.identity_providers (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    provider_type text NOT NULL,
    status text NOT NULL,
    display_name text,
    description text,
    logo_url text,
    provider_id text,
    client_id text,
    authorization_url text,
    token_url text,
    userinfo_url text,
    jwks_url text,
    saml_entity_id text,
    saml_sso_url text,
    saml_slo_url text,
    saml_name_id_format text,
    saml_certificate text,
    saml_signing_certificate text,
    client_secret_sealed bytea,
    scopes text[],
    attribute_mapping jsonb,
    auto_create_users boolean NOT NULL,
    update_user_on_login boolean NOT NULL,
    sync_groups boolean NOT NULL,
    default_roles text[],
    priority integer NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    freeze_reason text,
    frozen_at timestamp with time zone,
    CONSTRAINT status CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text])))
);

ALTER TABLE ONLY auth.identity_providers FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.identity_providers OWNER TO vaultaris;

--
-- Name: logout_notices; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.logout_notices (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.logout_notices FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.logout_notices OWNER TO vaultaris;

--
-- Name: oauth_clients; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.oauth_clients (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    client_id text NOT NULL,
    name text NOT NULL,
    description text,
    logo_url text,
    homepage_url text,
    terms_url text,
    privacy_url text,
    redirect_uris text[] NOT NULL,
    post_logout_redirect_uris text[] NOT NULL,
    allowed_grant_types text[] NOT NULL,
    allowed_scopes text[] NOT NULL,
    default_scopes text[] NOT NULL,
    is_public boolean NOT NULL,
    is_enabled boolean NOT NULL,
    require_pkce boolean NOT NULL,
    require_consent boolean NOT NULL,
    dpop_bound_access_tokens boolean NOT NULL,
    access_token_lifetime_seconds integer,
    refresh_token_lifetime_seconds integer,
    token_endpoint_auth_method text,
    metadata jsonb NOT NULL,
    secret_hash bytea,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    jwks jsonb,
    jwks_uri text,
    secret_sealed bytea,
    token_endpoint_auth_signing_alg text,
    id_token_signed_response_alg text,
    introspection_signed_response_alg text,
    backchannel_logout_uri text,
    token_exchange jsonb,
    require_dpop_nonce boolean DEFAULT false NOT NULL,
    require_pushed_authorization_requests boolean DEFAULT false NOT NULL,
    backchannel_logout_session_required boolean DEFAULT false NOT NULL,
    allowed_resources text[] DEFAULT '{}'::text[] NOT NULL,
    freeze_reason text,
    frozen_at timestamp with time zone
);

ALTER TABLE ONLY auth.oauth_clients FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.oauth_clients OWNER TO vaultaris;

--
-- Name: one_time_values; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.one_time_values (
    digest bytea NOT NULL,
    tenant_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.one_time_values FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.one_time_values OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY auth.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.outbox OWNER TO vaultaris;

--
-- Name: passkeys; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.passkeys (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    public_key_algorithm integer NOT NULL,
    counter bigint NOT NULL,
    device_name text,
    device_type text,
    attestation_format text,
    transports text[],
    is_active boolean NOT NULL,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_passkeys_credential_id CHECK (((length(credential_id) >= 1) AND (length(credential_id) <= 1023))),
    CONSTRAINT ck_passkeys_device_type CHECK ((device_type = ANY (ARRAY['platform'::text, 'cross-platform'::text])))
);

ALTER TABLE ONLY auth.passkeys FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.passkeys OWNER TO vaultaris;

--
-- Name: pushed_authorization_requests; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.pushed_authorization_requests (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    request_hash bytea NOT NULL,
    client_id text NOT NULL,
    form jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.pushed_authorization_requests FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.pushed_authorization_requests OWNER TO vaultaris;

--
-- Name: refresh_tokens; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.refresh_tokens (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    family_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone,
    access_token_id uuid NOT NULL,
    access_expires_at timestamp with time zone NOT NULL,
    spent_by bytea,
    successor_id uuid
);

ALTER TABLE ONLY auth.refresh_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.refresh_tokens OWNER TO vaultaris;

--
-- Name: revocations; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.revocations (
    key text NOT NULL,
    tenant_id uuid NOT NULL,
    at_ms bigint NOT NULL,
    reason text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    announced boolean NOT NULL
);

ALTER TABLE ONLY auth.revocations FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.revocations OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE auth.schema_version OWNER TO vaultaris;

--
-- Name: session_clients; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.session_clients (
    session_id uuid NOT NULL,
    client_id text NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    joined_ms bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.session_clients FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.session_clients OWNER TO vaultaris;

--
-- Name: signing_keys; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.signing_keys (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    key_id text NOT NULL,
    algorithm text NOT NULL,
    public_jwk jsonb NOT NULL,
    private_sealed bytea NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    expires_at timestamp with time zone,
    is_pending boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY auth.signing_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.signing_keys OWNER TO vaultaris;

--
-- Name: token_families; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.token_families (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    scope text[] NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    auth_time bigint NOT NULL,
    started_ms bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    jkt text,
    delegated boolean DEFAULT false NOT NULL,
    resource text
);

ALTER TABLE ONLY auth.token_families FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.token_families OWNER TO vaultaris;

--
-- Name: user_code_guesses; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.user_code_guesses (
    tenant_id uuid NOT NULL,
    guesser bytea NOT NULL,
    wrong integer NOT NULL,
    since timestamp with time zone NOT NULL
);

ALTER TABLE ONLY auth.user_code_guesses FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.user_code_guesses OWNER TO vaultaris;

--
-- Name: webauthn_challenges; Type: TABLE; Schema: auth; Owner: vaultaris
--

CREATE TABLE auth.webauthn_challenges (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid,
    purpose text NOT NULL,
    challenge bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_webauthn_challenges_purpose CHECK ((purpose = ANY (ARRAY['registration'::text, 'authentication'::text])))
);

ALTER TABLE ONLY auth.webauthn_challenges FORCE ROW LEVEL SECURITY;


ALTER TABLE auth.webauthn_challenges OWNER TO vaultaris;

--
-- Name: application_groups; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.application_groups (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.application_groups FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.application_groups OWNER TO vaultaris;

--
-- Name: application_members; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.application_members (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version integer NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    CONSTRAINT ck_application_members_role CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text]))),
    CONSTRAINT ck_application_members_status CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text])))
);

ALTER TABLE ONLY directory.application_members FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.application_members OWNER TO vaultaris;

--
-- Name: application_permissions; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.application_permissions (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.application_permissions FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.application_permissions OWNER TO vaultaris;

--
-- Name: application_roles; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.application_roles (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.application_roles FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.application_roles OWNER TO vaultaris;

--
-- Name: applications; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.applications (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
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
    freeze_reason text,
    frozen_at timestamp with time zone
);

ALTER TABLE ONLY directory.applications FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.applications OWNER TO vaultaris;

--
-- Name: applied_licences; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.applied_licences (
    tenant_id uuid NOT NULL,
    token text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.applied_licences FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.applied_licences OWNER TO vaultaris;

--
-- Name: group_clients; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.group_clients (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.group_clients FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.group_clients OWNER TO vaultaris;

--
-- Name: group_login_providers; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.group_login_providers (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.group_login_providers FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.group_login_providers OWNER TO vaultaris;

--
-- Name: group_members; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.group_members (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY directory.group_members FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.group_members OWNER TO vaultaris;

--
-- Name: group_roles; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.group_roles (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY directory.group_roles FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.group_roles OWNER TO vaultaris;

--
-- Name: groups; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.groups (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    freeze_reason text,
    parent_id uuid,
    name text NOT NULL,
    path text NOT NULL,
    display_name text,
    description text,
    metadata jsonb NOT NULL,
    frozen_at timestamp with time zone,
    limits_clients boolean DEFAULT false NOT NULL,
    limits_login_providers boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY directory.groups FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.groups OWNER TO vaultaris;

--
-- Name: idempotency_keys; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.idempotency_keys (
    tenant_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.idempotency_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.idempotency_keys OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY directory.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.outbox OWNER TO vaultaris;

--
-- Name: permissions; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.permissions (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    freeze_reason text,
    name text NOT NULL,
    resource text NOT NULL,
    action text NOT NULL,
    display_name text,
    description text,
    conditions jsonb NOT NULL,
    is_system boolean NOT NULL,
    frozen_at timestamp with time zone
);

ALTER TABLE ONLY directory.permissions FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.permissions OWNER TO vaultaris;

--
-- Name: role_members; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.role_members (
    tenant_id uuid NOT NULL,
    composite_id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY directory.role_members FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.role_members OWNER TO vaultaris;

--
-- Name: role_permissions; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.role_permissions (
    tenant_id uuid NOT NULL,
    role_id uuid NOT NULL,
    permission_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY directory.role_permissions FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.role_permissions OWNER TO vaultaris;

--
-- Name: roles; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.roles (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    freeze_reason text,
    name text NOT NULL,
    display_name text,
    description text,
    is_system boolean NOT NULL,
    is_composite boolean NOT NULL,
    metadata jsonb NOT NULL,
    frozen_at timestamp with time zone
);

ALTER TABLE ONLY directory.roles FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.roles OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE directory.schema_version OWNER TO vaultaris;

--
-- Name: settled_terms; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.settled_terms (
    tenant_id uuid NOT NULL,
    terms jsonb NOT NULL,
    settled_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.settled_terms FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.settled_terms OWNER TO vaultaris;

--
-- Name: setup_tokens; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.setup_tokens (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY directory.setup_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.setup_tokens OWNER TO vaultaris;

--
-- Name: template_parts; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.template_parts (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    owner text NOT NULL,
    sections jsonb NOT NULL,
    actor jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    CONSTRAINT ck_template_parts_owner CHECK ((owner = ANY (ARRAY['auth'::text, 'policy'::text])))
);

ALTER TABLE ONLY directory.template_parts FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.template_parts OWNER TO vaultaris;

--
-- Name: tenants; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.tenants (
    id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    freeze_reason text,
    name text NOT NULL,
    slug text NOT NULL,
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
    status text NOT NULL,
    is_billing_shadow boolean NOT NULL,
    host_tenant_id uuid,
    tier text,
    frozen_at timestamp with time zone,
    CONSTRAINT ck_tenants_status CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'archived'::text]))),
    CONSTRAINT ck_tenants_tier CHECK ((tier = ANY (ARRAY['community'::text, 'pro'::text, 'enterprise'::text])))
);

ALTER TABLE ONLY directory.tenants FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.tenants OWNER TO vaultaris;

--
-- Name: user_roles; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.user_roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY directory.user_roles FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.user_roles OWNER TO vaultaris;

--
-- Name: users; Type: TABLE; Schema: directory; Owner: vaultaris
--

CREATE TABLE directory.users (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    freeze_reason text,
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
    status text NOT NULL,
    mfa_enabled boolean NOT NULL,
    mfa_type text,
    metadata jsonb NOT NULL,
    search_text text GENERATED ALWAYS AS ("left"(lower(((((((((username || ' '::text) || email) || ' '::text) || COALESCE(display_name, ''::text)) || ' '::text) || COALESCE(first_name, ''::text)) || ' '::text) || COALESCE(last_name, ''::text))), 600)) STORED NOT NULL,
    password_hash text,
    password_changed_at timestamp with time zone,
    password_history jsonb NOT NULL,
    failed_login_attempts integer NOT NULL,
    lockouts integer NOT NULL,
    locked_until timestamp with time zone,
    last_login_at timestamp with time zone,
    frozen_at timestamp with time zone,
    CONSTRAINT ck_users_status CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'pending'::text, 'suspended'::text])))
);

ALTER TABLE ONLY directory.users FORCE ROW LEVEL SECURITY;


ALTER TABLE directory.users OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: plugins; Owner: vaultaris
--

CREATE TABLE plugins.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY plugins.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE plugins.outbox OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: plugins; Owner: vaultaris
--

CREATE TABLE plugins.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE plugins.schema_version OWNER TO vaultaris;

--
-- Name: application_policies; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.application_policies (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    is_inherited boolean NOT NULL,
    is_owned boolean NOT NULL,
    linked_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY policy.application_policies FORCE ROW LEVEL SECURITY;


ALTER TABLE policy.application_policies OWNER TO vaultaris;

--
-- Name: idempotency_keys; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.idempotency_keys (
    tenant_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY policy.idempotency_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE policy.idempotency_keys OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY policy.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE policy.outbox OWNER TO vaultaris;

--
-- Name: policies; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.policies (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    effect text NOT NULL,
    resource_pattern text NOT NULL,
    actions jsonb NOT NULL,
    display_name text,
    description text,
    priority integer NOT NULL,
    conditions jsonb NOT NULL,
    status text NOT NULL,
    freeze_reason text,
    frozen_at timestamp with time zone,
    CONSTRAINT ck_policies_effect CHECK ((effect = ANY (ARRAY['allow'::text, 'deny'::text]))),
    CONSTRAINT ck_policies_name CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT ck_policies_status CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text])))
);

ALTER TABLE ONLY policy.policies FORCE ROW LEVEL SECURITY;


ALTER TABLE policy.policies OWNER TO vaultaris;

--
-- Name: policy_versions; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.policy_versions (
    tenant_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    state jsonb NOT NULL
);

ALTER TABLE ONLY policy.policy_versions FORCE ROW LEVEL SECURITY;


ALTER TABLE policy.policy_versions OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: policy; Owner: vaultaris
--

CREATE TABLE policy.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE policy.schema_version OWNER TO vaultaris;

--
-- Name: outbox; Type: TABLE; Schema: sessions; Owner: vaultaris
--

CREATE TABLE sessions.outbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL
);

ALTER TABLE ONLY sessions.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE sessions.outbox OWNER TO vaultaris;

--
-- Name: schema_version; Type: TABLE; Schema: sessions; Owner: vaultaris
--

CREATE TABLE sessions.schema_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE sessions.schema_version OWNER TO vaultaris;

--
-- Name: sessions; Type: TABLE; Schema: sessions; Owner: vaultaris
--

CREATE TABLE sessions.sessions (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    client_id text,
    auth_method text,
    mfa_verified boolean NOT NULL,
    ip_address text,
    user_agent text,
    device_fingerprint text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    last_activity_at timestamp with time zone NOT NULL,
    active_until timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    CONSTRAINT ck_sessions_end CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT ck_sessions_life CHECK ((active_until <= expires_at))
);

ALTER TABLE ONLY sessions.sessions FORCE ROW LEVEL SECURITY;


ALTER TABLE sessions.sessions OWNER TO vaultaris;

--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: audit; Owner: vaultaris
--

COPY audit.audit_entries (id, tenant_id, sequence, actor_id, actor_type, actor_tenant_id, actor_ip, actor_user_agent, action, resource_type, resource_id, description, old_value, new_value, metadata, request_id, created_at, recorded_at, previous_hash, hash) FROM stdin;
01a21bd1-7935-77ee-b1c5-ed7ab24b4b25	00000000-0000-0000-0000-000000000001	1	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-78cb-74cc-b7bb-f53c53bbb5f0	\N	\N	{"algorithm":"ES256","is_active":true,"key_id":"8LdAAhyGQNFuReAswZtylQ5GlJQArBH916OJvxbEP_o"}	{}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.613242+00	2026-11-27 07:04:03.331174+00	\\x0000000000000000000000000000000000000000000000000000000000000000	\\x36813ffe162e0c9e20c1a815de8c40feca248d929fbb8e231d288f52e0403a6b
01a21bd1-7972-767e-9230-97675eb9a955	00000000-0000-0000-0000-000000000001	2	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-793c-768b-a927-ee0b564de0f9	\N	\N	{"algorithm":"EdDSA","is_active":false,"key_id":"2nVVO-Yl7mjmQqnO0haXDa8drchlf8nm91f1RlEpLLk"}	{}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.674387+00	2026-11-27 07:04:03.331174+00	\\x36813ffe162e0c9e20c1a815de8c40feca248d929fbb8e231d288f52e0403a6b	\\xbdad5bfe2c615b955d85fb78333da55d3d673528e3bcb965eeaae494ec349505
01a21bd1-79e3-7675-8ee0-d445939e84ee	00000000-0000-0000-0000-000000000001	3	\N	system	\N	127.0.0.1	python-httpx/0.28.1	client.created	client	01a21bd1-797c-73be-8558-fdaad046282b	\N	\N	{"allowed_grant_types":["authorization_code","password","refresh_token"],"allowed_scopes":["openid","profile","email","phone","offline_access"],"client_id":"vaultaris-console","default_scopes":["openid","profile","email"],"dpop_bound_access_tokens":false,"free_metadata":{},"is_enabled":true,"is_public":true,"name":"Vaultaris console","post_logout_redirect_uris":[],"redirect_uris":["http://127.0.0.1/callback"],"require_consent":false,"require_pkce":true,"version":1}	{"client_id":"vaultaris-console"}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.787392+00	2026-11-27 07:04:03.331174+00	\\xbdad5bfe2c615b955d85fb78333da55d3d673528e3bcb965eeaae494ec349505	\\x24aadc3e4bc8368b8fd523c5fe9002a7c8b0e7ef972809a867a773d2499c18a1
01a21bd1-7791-73e9-86f7-9de74a8a2da1	00000000-0000-0000-0000-000000000001	4	\N	system	\N	127.0.0.1	python-httpx/0.28.1	tenant.created	tenant	00000000-0000-0000-0000-000000000001	\N	\N	{"access_token_lifetime_seconds":3600,"authorization_code_lifetime_seconds":60,"created_at":"2026-11-27T07:04:02.024478Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"host_tenant_id":null,"id":"00000000-0000-0000-0000-000000000001","id_token_lifetime_seconds":3600,"is_billing_shadow":false,"logo_url":null,"mfa_enabled":true,"mfa_required":false,"name":"Master","password_policy":"***","primary_color":null,"refresh_token_lifetime_seconds":2592000,"settings":{},"slug":"master","status":"active","tier":null,"updated_at":"2026-11-27T07:04:02.024485Z","version":1}	{}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.193932+00	2026-11-27 07:04:03.494426+00	\\x24aadc3e4bc8368b8fd523c5fe9002a7c8b0e7ef972809a867a773d2499c18a1	\\x2540deffcf310f5a582bf4efdb71a8d53094b59c81615d5eccfaf32b203951c1
01a21bd1-77ab-7122-a2d2-2c7014b48c1c	00000000-0000-0000-0000-000000000001	5	\N	system	\N	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-764a-7632-a9a0-0447b95bd4da	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:02.219790Z","deleted_at":null,"display_name":null,"email":"root@vaultaris.test","email_verified":true,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-764a-7632-a9a0-0447b95bd4da","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:02.219790Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"00000000-0000-0000-0000-000000000001","timezone":"UTC","updated_at":"2026-11-27T07:04:02.219790Z","username":"root","version":1}	{}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.219874+00	2026-11-27 07:04:03.494426+00	\\x2540deffcf310f5a582bf4efdb71a8d53094b59c81615d5eccfaf32b203951c1	\\x7d1ad1e603ef499a66f249f034587441f948c6370180bd20495f14e70260ecc0
01a21bd1-784d-70bc-a4f6-8cdf250ddf81	00000000-0000-0000-0000-000000000001	6	\N	system	\N	127.0.0.1	python-httpx/0.28.1	setup.completed	tenant	00000000-0000-0000-0000-000000000001	\N	\N	{"admin_user_id":"01a21bd1-764a-7632-a9a0-0447b95bd4da","admin_username":"root"}	{}	3689d1a4-cc02-403a-9692-2fa9c0d77baa	2026-11-27 07:04:02.381747+00	2026-11-27 07:04:03.494426+00	\\x7d1ad1e603ef499a66f249f034587441f948c6370180bd20495f14e70260ecc0	\\x715c4d24d297631d24976018bb590f30f411df515d2eedb3967fab3913b7723c
01a21bd1-7e51-74a8-8462-86e88c85bcd0	00000000-0000-0000-0000-000000000001	7	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-7e4d-7078-b90a-7b2413dac5f7	\N	\N	{"auth_method":"pwd","client_id":"vaultaris-console","created_at_ms":1795763043186,"device_fingerprint":"","expires_at":1803539043,"id":"01a21bd1-7e4d-7078-b90a-7b2413dac5f7","idle_until":1798355043,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"00000000-0000-0000-0000-000000000001","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-764a-7632-a9a0-0447b95bd4da"}	{}	474ae3d7-d396-4784-9fbe-097b4399197f	2026-11-27 07:04:03.921476+00	2026-11-27 07:04:04.091891+00	\\x715c4d24d297631d24976018bb590f30f411df515d2eedb3967fab3913b7723c	\\xb473e2c9bf6cd1c3d7f222446457d1683e4df2c545036c4c71a81a6d289438e2
01a21bd1-7e51-74a8-8462-86e98c749cdf	00000000-0000-0000-0000-000000000001	8	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-764a-7632-a9a0-0447b95bd4da	\N	\N	\N	{"auth_method":"pwd","client_id":"vaultaris-console","session_id":"01a21bd1-7e4d-7078-b90a-7b2413dac5f7"}	474ae3d7-d396-4784-9fbe-097b4399197f	2026-11-27 07:04:03.92156+00	2026-11-27 07:04:04.091891+00	\\xb473e2c9bf6cd1c3d7f222446457d1683e4df2c545036c4c71a81a6d289438e2	\\xcd4902cbf47c91657cdee3383bbf889aa1133fa7688bc99773a32b8606ad33b3
01a21bd1-8079-7347-bbed-b5699887b944	00000000-0000-0000-0000-000000000001	9	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-7b72-7774-b6f1-9dbcdace4562	\N	\N	\N	{"client_id":"vaultaris-console","expires_at":1798355043,"grant_type":"password","jti":"01a21bd1-7b72-7774-b6f1-9dbcdace4562","scope":"openid profile email","sid":"01a21bd1-7e4d-7078-b90a-7b2413dac5f7"}	474ae3d7-d396-4784-9fbe-097b4399197f	2026-11-27 07:04:04.473758+00	2026-11-27 07:04:06.035485+00	\\xcd4902cbf47c91657cdee3383bbf889aa1133fa7688bc99773a32b8606ad33b3	\\x57b804b4ebb476eb8cdf376977552dd9adaa5c89ab23bcd037762242e9b6bd17
01a21bd1-85a7-76d2-b918-d4f35030dbf2	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-858f-70f3-8852-5299e4b0e16b	\N	\N	{"algorithm":"ES256","is_active":true,"key_id":"a1rmJ7yDoFhLBaSxPUHXyd8xoxWrEYC7qTU2l3jD-RU"}	{}	459cb50f-f958-4dd3-9e38-0603aa1889e2	2026-11-27 07:04:05.799343+00	2026-11-27 07:04:06.035485+00	\\x0000000000000000000000000000000000000000000000000000000000000000	\\x155f99a21be5a3eac3e56e6acec3828951cf3352de232e5a71e033ea2d5c89d0
01a21bd1-85fc-7746-879f-a3e4347e6fe3	01a21bd1-84c4-7782-8ede-59a2adae0b4d	2	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-85bb-7251-8a86-63a8461b4c46	\N	\N	{"algorithm":"EdDSA","is_active":false,"key_id":"zu7Rt4CqpM1QO4Lmz4DzomXDcEoi-eFTxqD9Ta37To0"}	{}	459cb50f-f958-4dd3-9e38-0603aa1889e2	2026-11-27 07:04:05.884326+00	2026-11-27 07:04:06.035485+00	\\x155f99a21be5a3eac3e56e6acec3828951cf3352de232e5a71e033ea2d5c89d0	\\x01edad4e1abe8de2b40cc735716b27f9de1a2b0d7d5ddf412ffec50c45d88b31
01a21bd1-8554-7521-a3a0-eab0b026be9c	01a21bd1-84c4-7782-8ede-59a2adae0b4d	3	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	tenant.created	tenant	01a21bd1-84c4-7782-8ede-59a2adae0b4d	\N	\N	{"access_token_lifetime_seconds":3600,"authorization_code_lifetime_seconds":60,"created_at":"2026-11-27T07:04:05.599333Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"host_tenant_id":null,"id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","id_token_lifetime_seconds":3600,"is_billing_shadow":false,"logo_url":null,"mfa_enabled":true,"mfa_required":false,"name":"Company-1","password_policy":"***","primary_color":null,"refresh_token_lifetime_seconds":2592000,"settings":{},"slug":"company-1","status":"active","tier":null,"updated_at":"2026-11-27T07:04:05.599339Z","version":1}	{}	459cb50f-f958-4dd3-9e38-0603aa1889e2	2026-11-27 07:04:05.716516+00	2026-11-27 07:04:06.159502+00	\\x01edad4e1abe8de2b40cc735716b27f9de1a2b0d7d5ddf412ffec50c45d88b31	\\x60b0e23e7ee94a80af130b2adc623e530a93c8eb0ea3b9070fb4af1d0f9e0ee9
01a21bd1-a05f-76f0-9b64-8fd210d3163a	01a21bd1-84c4-7782-8ede-59a2adae0b4d	15	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:12.639758Z","deleted_at":null,"display_name":null,"email":"user-4@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-a05f-76f0-9b64-8fd1d26c9b40","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:12.639758Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","timezone":"UTC","updated_at":"2026-11-27T07:04:12.639758Z","username":"user-4","version":1}	{}	47cc3208-f26b-4836-bb5a-e55b55dd5f29	2026-11-27 07:04:12.639848+00	2026-11-27 07:04:12.989262+00	\\xf65da8bd19a75601c75ff54352d6af8b4382e774a99fea0ceda1fc1f02780761	\\xba7afb55dcb648f3c4448b2bb2dc6c39a1545b64080cc8354a9568f92e22a2f0
01a21bd1-8882-70c5-a188-fc4ea0a775c8	01a21bd1-84c4-7782-8ede-59a2adae0b4d	4	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	client.created	client	01a21bd1-883b-7434-a8c1-14d8b7e514cb	\N	\N	{"access_token_lifetime_seconds":null,"allowed_grant_types":["password","refresh_token"],"allowed_resources":[],"allowed_scopes":["openid","profile","email","offline_access"],"application_id":null,"backchannel_logout_session_required":false,"backchannel_logout_uri":null,"client_id":"company-1-desk","default_scopes":["openid"],"description":null,"dpop_bound_access_tokens":false,"free_metadata":{},"homepage_url":null,"id":"01a21bd1-883b-7434-a8c1-14d8b7e514cb","id_token_signed_response_alg":null,"introspection_signed_response_alg":null,"is_enabled":true,"is_public":true,"jwks":null,"jwks_uri":null,"logo_url":null,"name":"Desk","post_logout_redirect_uris":[],"privacy_url":null,"redirect_uris":[],"refresh_token_lifetime_seconds":null,"require_consent":true,"require_dpop_nonce":false,"require_pkce":true,"require_pushed_authorization_requests":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","terms_url":null,"token_endpoint_auth_method":null,"token_endpoint_auth_signing_alg":null,"token_exchange":null}	{"client_id":"company-1-desk"}	87e83fe5-bced-4c18-925f-eb17abf13145	2026-11-27 07:04:06.530209+00	2026-11-27 07:04:07.300351+00	\\x60b0e23e7ee94a80af130b2adc623e530a93c8eb0ea3b9070fb4af1d0f9e0ee9	\\xeaccefa183c11a639aedd3434548407250e0aee5d8d99fc7f9268b243ab3cbc3
01a21bd1-8b48-74c9-aab2-ffc0ecea7115	01a21bd1-84c4-7782-8ede-59a2adae0b4d	5	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-8b48-74c9-aab2-ffbfa515788c	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:07.240467Z","deleted_at":null,"display_name":null,"email":"user-2@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-8b48-74c9-aab2-ffbfa515788c","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:07.240467Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","timezone":"UTC","updated_at":"2026-11-27T07:04:07.240467Z","username":"user-2","version":1}	{}	d9744094-ec72-4537-918b-a73f53ece87d	2026-11-27 07:04:07.240555+00	2026-11-27 07:04:07.300351+00	\\xeaccefa183c11a639aedd3434548407250e0aee5d8d99fc7f9268b243ab3cbc3	\\xee9bfe0e63d638c8dfe5d22a48c26a9144aa4c0f2069d0227f3e5c5550850e3e
01a21bd1-8de4-76a1-8d18-215ce5b44895	01a21bd1-84c4-7782-8ede-59a2adae0b4d	6	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	user.role_assigned	user	01a21bd1-8b48-74c9-aab2-ffbfa515788c	\N	\N	{"role":"tenant-admin","role_id":"01a21bd1-84e3-710c-be71-693518791ebd"}	{}	6bc61b8e-cc61-4d8d-a31d-a905db7283a7	2026-11-27 07:04:07.908472+00	2026-11-27 07:04:08.74747+00	\\xee9bfe0e63d638c8dfe5d22a48c26a9144aa4c0f2069d0227f3e5c5550850e3e	\\xd21cd7b41e85bbf3ad23ff13c9595347444e1c41c849c458c2bad5c16a86db7a
01a21bd1-9007-7343-b8a4-ebdab37ffb9d	01a21bd1-84c4-7782-8ede-59a2adae0b4d	7	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-8fef-744a-ab61-0757185a892c	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","created_at_ms":1795763047985,"device_fingerprint":"","expires_at":1803539047,"id":"01a21bd1-8fef-744a-ab61-0757185a892c","idle_until":1798355047,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-8b48-74c9-aab2-ffbfa515788c"}	{}	6df75212-8c99-4db2-9ff3-a9ce7cee8ead	2026-11-27 07:04:08.455718+00	2026-11-27 07:04:08.74747+00	\\xd21cd7b41e85bbf3ad23ff13c9595347444e1c41c849c458c2bad5c16a86db7a	\\x1e28449d58a2bbedf3796243493d6c7dac564adc6d2875dc12cd6e7ed3fa2932
01a21bd1-9007-7343-b8a4-ebdbc025ee9c	01a21bd1-84c4-7782-8ede-59a2adae0b4d	8	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-8b48-74c9-aab2-ffbfa515788c	\N	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","session_id":"01a21bd1-8fef-744a-ab61-0757185a892c"}	6df75212-8c99-4db2-9ff3-a9ce7cee8ead	2026-11-27 07:04:08.455803+00	2026-11-27 07:04:08.74747+00	\\x1e28449d58a2bbedf3796243493d6c7dac564adc6d2875dc12cd6e7ed3fa2932	\\x4a896f990c9b544bf8b7bdffb809b7e5717052d6694f2baefd4a1bb46d4d182a
01a21bd1-90a8-743a-bb58-b4288130d71b	01a21bd1-84c4-7782-8ede-59a2adae0b4d	9	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-8e31-77f1-94f6-591508c64fe9	\N	\N	\N	{"client_id":"company-1-desk","expires_at":1798355047,"grant_type":"password","jti":"01a21bd1-8e31-77f1-94f6-591508c64fe9","scope":"openid","sid":"01a21bd1-8fef-744a-ab61-0757185a892c"}	6df75212-8c99-4db2-9ff3-a9ce7cee8ead	2026-11-27 07:04:08.616288+00	2026-11-27 07:04:09.005209+00	\\x4a896f990c9b544bf8b7bdffb809b7e5717052d6694f2baefd4a1bb46d4d182a	\\x16a49590960038a2a690516a1ca90c33ac6c0c5f5c94813778a49a2447e0411c
01a21bd1-94f4-73b2-8229-488f63733831	01a21bd1-84c4-7782-8ede-59a2adae0b4d	10	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	role.created	role	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	\N	\N	{"composite_role_ids":[],"created_at":"2026-11-27T07:04:09.705184Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-94e8-76b1-85f7-4f581c6b1cda","is_composite":false,"is_system":false,"metadata":{},"name":"role-3","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:09.705189Z","version":1}	{}	fae8ca48-281e-4832-aa85-fa1103ac9ed7	2026-11-27 07:04:09.716444+00	2026-11-27 07:04:09.894045+00	\\x16a49590960038a2a690516a1ca90c33ac6c0c5f5c94813778a49a2447e0411c	\\xb0187671ee931f505f36a4a8da9a7587b01659b9a3f6913dd84ff16a3c7d5292
01a21bd1-96b9-777c-b3fc-afd17433b034	01a21bd1-84c4-7782-8ede-59a2adae0b4d	11	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	permission.created	permission	01a21bd1-9664-7042-b25a-5e6d6be168f1	\N	\N	{"action":"read","conditions":{},"created_at":"2026-11-27T07:04:10.104746Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-9664-7042-b25a-5e6d6be168f1","is_system":false,"name":"orders:read","resource":"orders","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:10.104751Z","version":1}	{}	ea7d2e5f-bfb0-4996-afdc-08358c9e3aec	2026-11-27 07:04:10.169541+00	2026-11-27 07:04:10.23942+00	\\xb0187671ee931f505f36a4a8da9a7587b01659b9a3f6913dd84ff16a3c7d5292	\\x5eea34409bb2894e3d8d518fa21f9177f454bf43e2dea643b72bb9a508057217
01a21bd1-97e7-7697-97bf-bb531fd0ed15	01a21bd1-84c4-7782-8ede-59a2adae0b4d	12	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	role.permission_attached	role	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	\N	\N	{"permission":"orders:read","permission_id":"01a21bd1-9664-7042-b25a-5e6d6be168f1"}	{}	f3ddab2b-7558-48b3-82eb-bc67d0c7d981	2026-11-27 07:04:10.472001+00	2026-11-27 07:04:10.51023+00	\\x5eea34409bb2894e3d8d518fa21f9177f454bf43e2dea643b72bb9a508057217	\\xc4f4cf5b1115300b606dbed556c71de88bfb9d965a1831ed6389b4016169637d
01a21bd1-9895-76be-ad9f-fce18385a8b2	01a21bd1-84c4-7782-8ede-59a2adae0b4d	13	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	permission.created	permission	01a21bd1-985c-77cf-9606-0e196f0f3245	\N	\N	{"action":"approve","conditions":{},"created_at":"2026-11-27T07:04:10.593915Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-985c-77cf-9606-0e196f0f3245","is_system":false,"name":"orders:approve","resource":"orders","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:10.593920Z","version":1}	{}	aa08f579-3e77-41bb-9d78-bf5f19aed226	2026-11-27 07:04:10.645761+00	2026-11-27 07:04:10.733015+00	\\xc4f4cf5b1115300b606dbed556c71de88bfb9d965a1831ed6389b4016169637d	\\x079413b537c993a1fc0a1ce4d1738977612d3015ed79d9768eefc957f99a0e3e
01a21bd1-9a5b-7124-a6c8-6c3056b426af	01a21bd1-84c4-7782-8ede-59a2adae0b4d	14	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	role.permission_attached	role	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	\N	\N	{"permission":"orders:approve","permission_id":"01a21bd1-985c-77cf-9606-0e196f0f3245"}	{}	5be49c04-8866-467b-b62e-e992c537ad88	2026-11-27 07:04:11.099115+00	2026-11-27 07:04:11.290651+00	\\x079413b537c993a1fc0a1ce4d1738977612d3015ed79d9768eefc957f99a0e3e	\\xf65da8bd19a75601c75ff54352d6af8b4382e774a99fea0ceda1fc1f02780761
01a21bd1-bbae-733c-86a8-16f964ed5f7f	01a21bd1-84c4-7782-8ede-59a2adae0b4d	26	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	\N	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","session_id":"01a21bd1-bbaa-71c1-8ecf-167292d83818"}	b5a7cd18-12b9-4617-b350-78c3276edb34	2026-11-27 07:04:19.630324+00	2026-11-27 07:04:19.655922+00	\\x6db7b2565b24c61b7f6d2187a3bc0d454a6d1e0155a91cbc41f4261eabe418da	\\x19dafa1ddf37fe64b941e7b1190df5ee0540446144ec3033b7aec4b8c83fe7f0
01a21bd2-0e08-772f-b749-7f4e3c111d3b	01a21bd1-c79a-77ce-9433-6b35aa8c0903	14	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	role.permission_attached	role	01a21bd2-0059-766b-9e83-f7f081364474	\N	\N	{"permission":"orders:approve","permission_id":"01a21bd2-0b09-733f-9d44-de8b8a90e5a9"}	{}	463bf8f6-4ed2-4b80-a514-0bc0ee8dc1d8	2026-11-27 07:04:40.712181+00	2026-11-27 07:04:40.804279+00	\\xe0aa0e9d57120a9ddc175007964c7d0dacc56bc63fb23b52d371571f5c16a8af	\\x817effe57555cacf87b229df23c87c15d5ea155287405b78ca48c02ba485a9f6
01a21bd1-a9f9-757e-83be-70b6f6ff4b9a	01a21bd1-84c4-7782-8ede-59a2adae0b4d	16	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-a9f9-757e-83be-70b5655d2e99	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:15.097909Z","deleted_at":null,"display_name":null,"email":"user-5@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-a9f9-757e-83be-70b5655d2e99","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:15.097909Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","timezone":"UTC","updated_at":"2026-11-27T07:04:15.097909Z","username":"user-5","version":1}	{}	b72e1cf8-6c56-4715-99f4-9c167bc664cb	2026-11-27 07:04:15.097971+00	2026-11-27 07:04:15.308451+00	\\xba7afb55dcb648f3c4448b2bb2dc6c39a1545b64080cc8354a9568f92e22a2f0	\\xd3dec7aaf5a7fd620a6e224e15ab2b3d0256a0410651e8ccac2d06912786d00d
01a21bd1-add8-72f0-bca7-ef6dfb83545b	01a21bd1-84c4-7782-8ede-59a2adae0b4d	17	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-add8-72f0-bca7-ef6c2b615398	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:16.088041Z","deleted_at":null,"display_name":null,"email":"user-6@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-add8-72f0-bca7-ef6c2b615398","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:16.088041Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","timezone":"UTC","updated_at":"2026-11-27T07:04:16.088041Z","username":"user-6","version":1}	{}	939a5bc1-8d64-40e3-97de-44b949f7fb64	2026-11-27 07:04:16.088133+00	2026-11-27 07:04:16.165633+00	\\xd3dec7aaf5a7fd620a6e224e15ab2b3d0256a0410651e8ccac2d06912786d00d	\\x1cc71a3c065dd96baaf13c831b076a248a40713bd2d1c186dea082c6d1c6ce96
01a21bd1-af20-7436-867f-2ecef02c7d04	01a21bd1-84c4-7782-8ede-59a2adae0b4d	18	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	user.role_assigned	user	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	\N	\N	{"role":"role-3","role_id":"01a21bd1-94e8-76b1-85f7-4f581c6b1cda"}	{}	07cb980d-c25e-418e-9202-d2f67a9e67a1	2026-11-27 07:04:16.4169+00	2026-11-27 07:04:16.482215+00	\\x1cc71a3c065dd96baaf13c831b076a248a40713bd2d1c186dea082c6d1c6ce96	\\xa27cc2913ac1f5d80ec311500ebd4ab1d79eb332f05ee639705e34819988ac3d
01a21bd1-b037-77fa-bc5a-feb45d38fb37	01a21bd1-84c4-7782-8ede-59a2adae0b4d	19	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	group.created	group	01a21bd1-afcb-7207-81c1-3b6239642e65	\N	\N	{"created_at":"2026-11-27T07:04:16.639188Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-afcb-7207-81c1-3b6239642e65","limits_clients":false,"limits_login_providers":false,"metadata":{},"name":"Sales","parent_id":null,"path":"/Sales","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:16.639194Z","version":1}	{}	4508b444-918c-498b-9178-a4998385471c	2026-11-27 07:04:16.69533+00	2026-11-27 07:04:16.805315+00	\\xa27cc2913ac1f5d80ec311500ebd4ab1d79eb332f05ee639705e34819988ac3d	\\x7c779a4c1ffa6b9fbe93e37ab6a677dac05d8273d4ae12858c221a69d84f5853
01a21bd1-b1d9-72cf-8b9b-28d956b0cf13	01a21bd1-84c4-7782-8ede-59a2adae0b4d	20	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	group.created	group	01a21bd1-b1c1-71f7-b0a1-0d3857dd1a0d	\N	\N	{"created_at":"2026-11-27T07:04:17.096872Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-b1c1-71f7-b0a1-0d3857dd1a0d","limits_clients":false,"limits_login_providers":false,"metadata":{},"name":"Sales, north","parent_id":"01a21bd1-afcb-7207-81c1-3b6239642e65","path":"/Sales/Sales, north","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:17.096878Z","version":1}	{}	5ed3c942-2b52-4e19-ad43-e7d0ed09929a	2026-11-27 07:04:17.113372+00	2026-11-27 07:04:17.180508+00	\\x7c779a4c1ffa6b9fbe93e37ab6a677dac05d8273d4ae12858c221a69d84f5853	\\xfcde2a72a7079b27afe4617f15a1e427179f51769a57f2ccf0edbf848691e2c3
01a21bd1-b2ff-715e-8fa5-b896a27d208e	01a21bd1-84c4-7782-8ede-59a2adae0b4d	21	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	application.created	application	01a21bd1-b2ab-743c-9868-528f7fe0b8dd	\N	\N	{"access_token_lifetime_seconds":null,"allowed_audiences":[],"allowed_scopes":[],"created_at":"2026-11-27T07:04:17.336372Z","description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"homepage_url":null,"id":"01a21bd1-b2ab-743c-9868-528f7fe0b8dd","id_token_lifetime_seconds":null,"is_active":true,"isolation_enabled":false,"logo_url":null,"name":"Orders","primary_color":null,"redirect_uris_base":[],"refresh_token_lifetime_seconds":null,"settings":{},"slug":"orders","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","updated_at":"2026-11-27T07:04:17.336377Z","version":1}	{}	e840a680-ba80-4af9-b9e4-b761dc7253bf	2026-11-27 07:04:17.407235+00	2026-11-27 07:04:17.505718+00	\\xfcde2a72a7079b27afe4617f15a1e427179f51769a57f2ccf0edbf848691e2c3	\\x2ded1af419815569342ac3707acf3d7471174bc023b52e7f664173347e284084
01a21bd1-b3ef-741d-9c92-5309eb2ffdf4	01a21bd1-84c4-7782-8ede-59a2adae0b4d	22	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	api_key.created	api_key	01a21bd1-b3bc-712f-86e6-ae3077de6891	\N	\N	{"conditions":null,"description":null,"expires_at":null,"ip_restrictions":null,"is_enabled":true,"name":"Nightly","owner_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","owner_type":"tenant","revoked_at":null,"scopes":["users:read"]}	{}	10172e4a-8209-4737-8bac-fe64e9c14bc7	2026-11-27 07:04:17.647416+00	2026-11-27 07:04:17.738222+00	\\x2ded1af419815569342ac3707acf3d7471174bc023b52e7f664173347e284084	\\x541a9b8f9a85467960ca117ba6b213c50829d409850d62709ab702b267d06154
01a21bd1-b4a9-70a8-9a25-fa50e308f970	01a21bd1-84c4-7782-8ede-59a2adae0b4d	23	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	client.created	client	01a21bd1-b485-73e3-85fe-fb7bfc7029e6	\N	\N	{"access_token_lifetime_seconds":null,"allowed_grant_types":["client_credentials"],"allowed_resources":[],"allowed_scopes":["integration:check"],"application_id":null,"backchannel_logout_session_required":false,"backchannel_logout_uri":null,"client_id":"machine-8","default_scopes":["integration:check"],"description":null,"dpop_bound_access_tokens":false,"free_metadata":{},"homepage_url":null,"id":"01a21bd1-b485-73e3-85fe-fb7bfc7029e6","id_token_signed_response_alg":null,"introspection_signed_response_alg":null,"is_enabled":true,"is_public":false,"jwks":null,"jwks_uri":null,"logo_url":null,"name":"machine-7","post_logout_redirect_uris":[],"privacy_url":null,"redirect_uris":[],"refresh_token_lifetime_seconds":null,"require_consent":true,"require_dpop_nonce":false,"require_pkce":true,"require_pushed_authorization_requests":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","terms_url":null,"token_endpoint_auth_method":null,"token_endpoint_auth_signing_alg":null,"token_exchange":null}	{"client_id":"machine-8"}	f59c175b-404d-4654-a0a6-c6921c2963d1	2026-11-27 07:04:17.833814+00	2026-11-27 07:04:17.864075+00	\\x541a9b8f9a85467960ca117ba6b213c50829d409850d62709ab702b267d06154	\\x9ab3376d832c8a18d6fe3031eb0a08bf7de4262a2954e6a60816090bf7798ad4
01a21bd1-b57f-7639-9b49-35f2a61018c6	01a21bd1-84c4-7782-8ede-59a2adae0b4d	24	01a21bd1-b485-73e3-85fe-fb7bfc7029e6	client	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-b50e-72fa-b297-c0eb7989a209	\N	\N	\N	{"client_id":"machine-8","expires_at":1795766657,"grant_type":"client_credentials","jti":"01a21bd1-b50e-72fa-b297-c0eb7989a209","scope":"integration:check"}	29f496ce-e6cd-421b-b2fc-5f235c5c4923	2026-11-27 07:04:18.047905+00	2026-11-27 07:04:18.111371+00	\\x9ab3376d832c8a18d6fe3031eb0a08bf7de4262a2954e6a60816090bf7798ad4	\\xadfb99e4fd699e09983d22b86d379019aa2d27e6e303c6bd10cb21342d1a364f
01a21bd1-bbae-733c-86a8-16f839519dce	01a21bd1-84c4-7782-8ede-59a2adae0b4d	25	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-bbaa-71c1-8ecf-167292d83818	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","created_at_ms":1795763059206,"device_fingerprint":"","expires_at":1803539059,"id":"01a21bd1-bbaa-71c1-8ecf-167292d83818","idle_until":1798355059,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-a05f-76f0-9b64-8fd1d26c9b40"}	{}	b5a7cd18-12b9-4617-b350-78c3276edb34	2026-11-27 07:04:19.630245+00	2026-11-27 07:04:19.655922+00	\\xadfb99e4fd699e09983d22b86d379019aa2d27e6e303c6bd10cb21342d1a364f	\\x6db7b2565b24c61b7f6d2187a3bc0d454a6d1e0155a91cbc41f4261eabe418da
01a21bd1-bbd0-70c7-b32d-0d3392358863	01a21bd1-84c4-7782-8ede-59a2adae0b4d	27	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-ba06-71ce-8b52-8fa1879214eb	\N	\N	\N	{"client_id":"company-1-desk","expires_at":1798355059,"grant_type":"password","jti":"01a21bd1-ba06-71ce-8b52-8fa1879214eb","scope":"openid","sid":"01a21bd1-bbaa-71c1-8ecf-167292d83818"}	b5a7cd18-12b9-4617-b350-78c3276edb34	2026-11-27 07:04:19.664587+00	2026-11-27 07:04:19.725333+00	\\x19dafa1ddf37fe64b941e7b1190df5ee0540446144ec3033b7aec4b8c83fe7f0	\\xd01fe0677b65a40de065eedf0f64c31e62c73c56044c1b7dca788dd29dd1aaad
01a21bd1-bc1f-7780-a5d6-a4e46bf00d49	01a21bd1-84c4-7782-8ede-59a2adae0b4d	28	01a21bd1-b485-73e3-85fe-fb7bfc7029e6	client	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	permission.denied	user	01a21bd1-a9f9-757e-83be-70b5655d2e99	\N	\N	\N	{"action":"read","reason":"No role grants it and no policy allows it.","resource":"orders"}	d68692c2-07b3-4037-8dea-367665050590	2026-11-27 07:04:19.743572+00	2026-11-27 07:04:19.839305+00	\\xd01fe0677b65a40de065eedf0f64c31e62c73c56044c1b7dca788dd29dd1aaad	\\xeda551dc311e7eb3e9688b306c228a9e11e385b10861b926185c72e5dc8da482
01a21bd1-bf54-73a0-a7f2-e40b369bde6b	01a21bd1-84c4-7782-8ede-59a2adae0b4d	29	01a21bd1-a9f9-757e-83be-70b5655d2e99	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","created_at_ms":1795763059856,"device_fingerprint":"","expires_at":1803539059,"id":"01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e","idle_until":1798355059,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-a9f9-757e-83be-70b5655d2e99"}	{}	596fcd8a-eeac-4f26-8009-9f977586ba23	2026-11-27 07:04:20.564919+00	2026-11-27 07:04:20.654476+00	\\xeda551dc311e7eb3e9688b306c228a9e11e385b10861b926185c72e5dc8da482	\\x3de5fc346ef84a05435c522c6bef7a62f5cfe9ae796aae1ab8b6969d272a14db
01a21bd1-bf55-7426-8834-73b7a0818971	01a21bd1-84c4-7782-8ede-59a2adae0b4d	30	01a21bd1-a9f9-757e-83be-70b5655d2e99	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-a9f9-757e-83be-70b5655d2e99	\N	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","session_id":"01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e"}	596fcd8a-eeac-4f26-8009-9f977586ba23	2026-11-27 07:04:20.565035+00	2026-11-27 07:04:20.654476+00	\\x3de5fc346ef84a05435c522c6bef7a62f5cfe9ae796aae1ab8b6969d272a14db	\\xc171b45614e20a592a2df87905e28217abac2e126c4eb250ca0f11ee8f4af09b
01a21bd1-bfcf-7056-9e1d-205000282afd	01a21bd1-84c4-7782-8ede-59a2adae0b4d	31	01a21bd1-a9f9-757e-83be-70b5655d2e99	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-bc90-7585-9397-dfb6fd1f58a0	\N	\N	\N	{"client_id":"company-1-desk","expires_at":1798355059,"grant_type":"password","jti":"01a21bd1-bc90-7585-9397-dfb6fd1f58a0","scope":"openid","sid":"01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e"}	596fcd8a-eeac-4f26-8009-9f977586ba23	2026-11-27 07:04:20.687201+00	2026-11-27 07:04:20.79058+00	\\xc171b45614e20a592a2df87905e28217abac2e126c4eb250ca0f11ee8f4af09b	\\xfcb51b71aec79e9123947b7ca9e9387d5a61001de1b532cdcd353c656b999e3a
01a21bd1-c04a-7067-91af-ce0a98668dcb	01a21bd1-84c4-7782-8ede-59a2adae0b4d	32	01a21bd1-b485-73e3-85fe-fb7bfc7029e6	client	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	permission.denied	user	01a21bd1-add8-72f0-bca7-ef6c2b615398	\N	\N	\N	{"action":"read","reason":"No role grants it and no policy allows it.","resource":"orders"}	4dc912b8-f35c-4c91-b6e2-3efebc6d4a1d	2026-11-27 07:04:20.810975+00	2026-11-27 07:04:20.875153+00	\\xfcb51b71aec79e9123947b7ca9e9387d5a61001de1b532cdcd353c656b999e3a	\\xf8bef5bbbe3f65592812500b009673a78a975974734693b137343f45c4214f60
01a21bd1-c24d-739f-9b79-3b4be3629cd8	01a21bd1-84c4-7782-8ede-59a2adae0b4d	33	01a21bd1-add8-72f0-bca7-ef6c2b615398	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-c237-7495-a1ec-863716aff074	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","created_at_ms":1795763060896,"device_fingerprint":"","expires_at":1803539060,"id":"01a21bd1-c237-7495-a1ec-863716aff074","idle_until":1798355060,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-add8-72f0-bca7-ef6c2b615398"}	{}	0671156f-16d5-4c46-8e51-0a2700d496e9	2026-11-27 07:04:21.32519+00	2026-11-27 07:04:21.416094+00	\\xf8bef5bbbe3f65592812500b009673a78a975974734693b137343f45c4214f60	\\x9724210bed67aa8bd6568e342ac42813fb6c3a5ec93020b8d1c29d7f949c2036
01a21bd1-c24d-739f-9b79-3b4c9542cdc8	01a21bd1-84c4-7782-8ede-59a2adae0b4d	34	01a21bd1-add8-72f0-bca7-ef6c2b615398	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-add8-72f0-bca7-ef6c2b615398	\N	\N	\N	{"auth_method":"pwd","client_id":"company-1-desk","session_id":"01a21bd1-c237-7495-a1ec-863716aff074"}	0671156f-16d5-4c46-8e51-0a2700d496e9	2026-11-27 07:04:21.325332+00	2026-11-27 07:04:21.416094+00	\\x9724210bed67aa8bd6568e342ac42813fb6c3a5ec93020b8d1c29d7f949c2036	\\x4657e87525bc1f24243d93f2340cd84e7bc34d22d3b21ba75fa276aba1a4957a
01a21bd1-c2c0-737d-9e0f-eae4de815a0b	01a21bd1-84c4-7782-8ede-59a2adae0b4d	35	01a21bd1-add8-72f0-bca7-ef6c2b615398	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-c0a0-76db-85c5-db9c2b19701a	\N	\N	\N	{"client_id":"company-1-desk","expires_at":1798355060,"grant_type":"password","jti":"01a21bd1-c0a0-76db-85c5-db9c2b19701a","scope":"openid","sid":"01a21bd1-c237-7495-a1ec-863716aff074"}	0671156f-16d5-4c46-8e51-0a2700d496e9	2026-11-27 07:04:21.440564+00	2026-11-27 07:04:21.540064+00	\\x4657e87525bc1f24243d93f2340cd84e7bc34d22d3b21ba75fa276aba1a4957a	\\xedfa9ea0fd88e51e92c85a488c065ffd8c44b6a633bc450406ac6f31e89fc8ab
01a21bd1-c3c4-7427-9c74-ba0e72b5b0f8	01a21bd1-84c4-7782-8ede-59a2adae0b4d	36	01a21bd1-8b48-74c9-aab2-ffbfa515788c	user	01a21bd1-84c4-7782-8ede-59a2adae0b4d	127.0.0.1	python-httpx/0.28.1	user.deleted	user	01a21bd1-add8-72f0-bca7-ef6c2b615398	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:16.088041Z","deleted_at":null,"display_name":null,"email":"user-6@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-add8-72f0-bca7-ef6c2b615398","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:16.088041Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-84c4-7782-8ede-59a2adae0b4d","timezone":"UTC","updated_at":"2026-11-27T07:04:16.088041Z","username":"user-6","version":1}	\N	{}	451ea5f8-6644-4087-976d-bb880b3bc2ba	2026-11-27 07:04:21.700358+00	2026-11-27 07:04:21.892039+00	\\xedfa9ea0fd88e51e92c85a488c065ffd8c44b6a633bc450406ac6f31e89fc8ab	\\x50b1731f17e26833036a8f18989262467b45ae9c6da94d2fcf6e89802d59b732
01a21bd1-c51b-7785-af82-d7629b2d88d0	01a21bd1-84c4-7782-8ede-59a2adae0b4d	37	\N	system	\N	\N	\N	session.revoked	session	01a21bd1-c237-7495-a1ec-863716aff074	\N	{"is_active":true}	{"ended_at":"2026-11-27T07:04:22.043362+00:00","is_active":false}	{"client_id":"company-1-desk","reason":"user.deleted","user_id":"01a21bd1-add8-72f0-bca7-ef6c2b615398"}	\N	2026-11-27 07:04:22.043474+00	2026-11-27 07:04:22.285386+00	\\x50b1731f17e26833036a8f18989262467b45ae9c6da94d2fcf6e89802d59b732	\\xd655e9e14144d91d01bd47cb5d7c15aec694e8b8f9f3113a0ebf88b9808fd9e6
01a21bd1-c882-75e3-ae46-5355578476d0	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-c876-740c-aa0b-9fc2553af965	\N	\N	{"algorithm":"ES256","is_active":true,"key_id":"eyiOX-K6A-t-KCYoQrKrNzOhdngvaF_RI4zcewC27z4"}	{}	68dd2bbb-de56-44b9-ace6-5c77ab4215a5	2026-11-27 07:04:22.914246+00	2026-11-27 07:04:23.177463+00	\\x0000000000000000000000000000000000000000000000000000000000000000	\\xab3d4d85e47f96ec14d875a983baa1d48fab956b53cd03647201f3d3ab736394
01a21bd1-c8d9-75e8-9139-d38a40faf0e0	01a21bd1-c79a-77ce-9433-6b35aa8c0903	2	\N	system	\N	127.0.0.1	python-httpx/0.28.1	key.created	key	01a21bd1-c883-72fb-a002-c43a450c0762	\N	\N	{"algorithm":"EdDSA","is_active":false,"key_id":"pmjvi05xafxedtTiliq5LGBbYO14ge2lSCDp-aNwZtE"}	{}	68dd2bbb-de56-44b9-ace6-5c77ab4215a5	2026-11-27 07:04:23.001147+00	2026-11-27 07:04:23.177463+00	\\xab3d4d85e47f96ec14d875a983baa1d48fab956b53cd03647201f3d3ab736394	\\x9e034b80d8551b7f335ed714459886b3e07dc543d4f09f89494542a0e72aa023
01a21bd1-c864-76f3-9ff4-6bec9b3ebc95	01a21bd1-c79a-77ce-9433-6b35aa8c0903	3	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	tenant.created	tenant	01a21bd1-c79a-77ce-9433-6b35aa8c0903	\N	\N	{"access_token_lifetime_seconds":3600,"authorization_code_lifetime_seconds":60,"created_at":"2026-11-27T07:04:22.717567Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"host_tenant_id":null,"id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","id_token_lifetime_seconds":3600,"is_billing_shadow":false,"logo_url":null,"mfa_enabled":true,"mfa_required":false,"name":"Company-9","password_policy":"***","primary_color":null,"refresh_token_lifetime_seconds":2592000,"settings":{},"slug":"company-9","status":"active","tier":null,"updated_at":"2026-11-27T07:04:22.717574Z","version":1}	{}	68dd2bbb-de56-44b9-ace6-5c77ab4215a5	2026-11-27 07:04:22.884505+00	2026-11-27 07:04:23.351055+00	\\x9e034b80d8551b7f335ed714459886b3e07dc543d4f09f89494542a0e72aa023	\\x5bfab1dbb47a313ae4f58826da3a12a91e0b08642e01e1b190edc9447e908f1f
01a21bd1-ca7a-7515-878b-69900838a77d	01a21bd1-c79a-77ce-9433-6b35aa8c0903	4	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	client.created	client	01a21bd1-ca75-750f-b412-959740c4b06d	\N	\N	{"access_token_lifetime_seconds":null,"allowed_grant_types":["password","refresh_token"],"allowed_resources":[],"allowed_scopes":["openid","profile","email","offline_access"],"application_id":null,"backchannel_logout_session_required":false,"backchannel_logout_uri":null,"client_id":"company-9-desk","default_scopes":["openid"],"description":null,"dpop_bound_access_tokens":false,"free_metadata":{},"homepage_url":null,"id":"01a21bd1-ca75-750f-b412-959740c4b06d","id_token_signed_response_alg":null,"introspection_signed_response_alg":null,"is_enabled":true,"is_public":true,"jwks":null,"jwks_uri":null,"logo_url":null,"name":"Desk","post_logout_redirect_uris":[],"privacy_url":null,"redirect_uris":[],"refresh_token_lifetime_seconds":null,"require_consent":true,"require_dpop_nonce":false,"require_pkce":true,"require_pushed_authorization_requests":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","terms_url":null,"token_endpoint_auth_method":null,"token_endpoint_auth_signing_alg":null,"token_exchange":null}	{"client_id":"company-9-desk"}	a9341ed5-132d-4b10-b014-53f71d78e9f5	2026-11-27 07:04:23.418713+00	2026-11-27 07:04:23.552046+00	\\x5bfab1dbb47a313ae4f58826da3a12a91e0b08642e01e1b190edc9447e908f1f	\\x69b5329e03c7993ce7b8ee06d1151d5d8f427ffec36d90a50abec847b8cdbb08
01a21bd1-ce30-7066-948c-d53b2d3894f7	01a21bd1-c79a-77ce-9433-6b35aa8c0903	5	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd1-ce30-7066-948c-d53ae1de8eb2	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:24.368486Z","deleted_at":null,"display_name":null,"email":"user-10@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd1-ce30-7066-948c-d53ae1de8eb2","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:24.368486Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","timezone":"UTC","updated_at":"2026-11-27T07:04:24.368486Z","username":"user-10","version":1}	{}	2e66452a-4c38-43df-9b71-0ca42ff65bff	2026-11-27 07:04:24.368557+00	2026-11-27 07:04:24.49475+00	\\x69b5329e03c7993ce7b8ee06d1151d5d8f427ffec36d90a50abec847b8cdbb08	\\x3861599852692bd0f91e1bf27565ed3d32e8ba85b1bef048d30198c7201d1ecc
01a21bd1-d552-70fe-8a7a-d9352be8e6ee	01a21bd1-c79a-77ce-9433-6b35aa8c0903	6	01a21bd1-764a-7632-a9a0-0447b95bd4da	user	00000000-0000-0000-0000-000000000001	127.0.0.1	python-httpx/0.28.1	user.role_assigned	user	01a21bd1-ce30-7066-948c-d53ae1de8eb2	\N	\N	{"role":"tenant-admin","role_id":"01a21bd1-c7da-7013-ad4e-31b160986019"}	{}	8cf27327-d3d6-425f-a495-752520be432a	2026-11-27 07:04:26.194113+00	2026-11-27 07:04:26.303773+00	\\x3861599852692bd0f91e1bf27565ed3d32e8ba85b1bef048d30198c7201d1ecc	\\x35ac923e0e0ffee0d37a3fe0d5b0773fb1a67bfac5205d41afd9ecd7ff2476be
01a21bd1-ec74-72a8-86fe-1c4fb9b4b21b	01a21bd1-c79a-77ce-9433-6b35aa8c0903	7	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd1-ebee-70e7-8ac6-412ca2971737	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","created_at_ms":1795763066375,"device_fingerprint":"","expires_at":1803539066,"id":"01a21bd1-ebee-70e7-8ac6-412ca2971737","idle_until":1798355066,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","user_agent":"python-httpx/0.28.1","user_id":"01a21bd1-ce30-7066-948c-d53ae1de8eb2"}	{}	2e9e99a2-68df-40c1-a513-5a8e36330a20	2026-11-27 07:04:32.116223+00	2026-11-27 07:04:32.377116+00	\\x35ac923e0e0ffee0d37a3fe0d5b0773fb1a67bfac5205d41afd9ecd7ff2476be	\\xf5cc24146a8f3131045afadb531088e92a5c72d1ce11de9bab5576414a21f3b6
01a21bd1-ec74-72a8-86fe-1c500abd6c67	01a21bd1-c79a-77ce-9433-6b35aa8c0903	8	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd1-ce30-7066-948c-d53ae1de8eb2	\N	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","session_id":"01a21bd1-ebee-70e7-8ac6-412ca2971737"}	2e9e99a2-68df-40c1-a513-5a8e36330a20	2026-11-27 07:04:32.116307+00	2026-11-27 07:04:32.377116+00	\\xf5cc24146a8f3131045afadb531088e92a5c72d1ce11de9bab5576414a21f3b6	\\x0f1061589f86cb3ffda3b4e9aeaf07ded804c57a8102360f50c5b825aea3755d
01a21bd1-ee65-74d1-bcca-0292cade53da	01a21bd1-c79a-77ce-9433-6b35aa8c0903	9	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd1-d607-75c5-a965-ac41fce4ca5c	\N	\N	\N	{"client_id":"company-9-desk","expires_at":1798355066,"grant_type":"password","jti":"01a21bd1-d607-75c5-a965-ac41fce4ca5c","scope":"openid","sid":"01a21bd1-ebee-70e7-8ac6-412ca2971737"}	2e9e99a2-68df-40c1-a513-5a8e36330a20	2026-11-27 07:04:32.613587+00	2026-11-27 07:04:32.863343+00	\\x0f1061589f86cb3ffda3b4e9aeaf07ded804c57a8102360f50c5b825aea3755d	\\xab3810f47c1a54017932b301ff79a988b6ef83729841fbfd6d536568bcb5974f
01a21bd2-0106-73d6-9c66-6ba764998d3c	01a21bd1-c79a-77ce-9433-6b35aa8c0903	10	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	role.created	role	01a21bd2-0059-766b-9e83-f7f081364474	\N	\N	{"composite_role_ids":[],"created_at":"2026-11-27T07:04:37.218091Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-0059-766b-9e83-f7f081364474","is_composite":false,"is_system":false,"metadata":{},"name":"role-11","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:37.218099Z","version":1}	{}	936384ad-6e16-4ed9-9126-71a418686c0e	2026-11-27 07:04:37.382317+00	2026-11-27 07:04:38.153637+00	\\xab3810f47c1a54017932b301ff79a988b6ef83729841fbfd6d536568bcb5974f	\\x250e394f6b3a39050c13edc18feb2dc2f8427a9498052d1c3d020f66dd379a12
01a21bd2-06fa-740a-9531-b6cc248358ee	01a21bd1-c79a-77ce-9433-6b35aa8c0903	11	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	permission.created	permission	01a21bd2-06bd-74ff-a2f2-2c61b8b060c1	\N	\N	{"action":"read","conditions":{},"created_at":"2026-11-27T07:04:38.866412Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-06bd-74ff-a2f2-2c61b8b060c1","is_system":false,"name":"orders:read","resource":"orders","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:38.866418Z","version":1}	{}	49d6bb04-002c-47b1-aa14-84e3110904ce	2026-11-27 07:04:38.906727+00	2026-11-27 07:04:39.029985+00	\\x250e394f6b3a39050c13edc18feb2dc2f8427a9498052d1c3d020f66dd379a12	\\x87634cf9693d88fddc6099e13e4b712e196e95db3043fa92df8638b992e1962d
01a21bd2-0947-75d6-862a-1ea8d94f4b90	01a21bd1-c79a-77ce-9433-6b35aa8c0903	12	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	role.permission_attached	role	01a21bd2-0059-766b-9e83-f7f081364474	\N	\N	{"permission":"orders:read","permission_id":"01a21bd2-06bd-74ff-a2f2-2c61b8b060c1"}	{}	1631e408-7f92-4349-8406-03df0a2d5b67	2026-11-27 07:04:39.495516+00	2026-11-27 07:04:39.542105+00	\\x87634cf9693d88fddc6099e13e4b712e196e95db3043fa92df8638b992e1962d	\\x575d485c71d057b413cfba45323b2c12f6eb821250c2ba525d3ac45cd401db42
01a21bd2-0b3a-70c6-bc1d-c31847ef5e03	01a21bd1-c79a-77ce-9433-6b35aa8c0903	13	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	permission.created	permission	01a21bd2-0b09-733f-9d44-de8b8a90e5a9	\N	\N	{"action":"approve","conditions":{},"created_at":"2026-11-27T07:04:39.969218Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-0b09-733f-9d44-de8b8a90e5a9","is_system":false,"name":"orders:approve","resource":"orders","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:39.969225Z","version":1}	{}	ecb88990-2bb0-449d-b668-6d805605d24b	2026-11-27 07:04:39.994385+00	2026-11-27 07:04:40.082363+00	\\x575d485c71d057b413cfba45323b2c12f6eb821250c2ba525d3ac45cd401db42	\\xe0aa0e9d57120a9ddc175007964c7d0dacc56bc63fb23b52d371571f5c16a8af
01a21bd2-2b29-779f-beb2-b73151e85992	01a21bd1-c79a-77ce-9433-6b35aa8c0903	31	01a21bd2-1504-710f-9e75-cd933b7ab051	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd2-2a7b-726a-9482-61ace3dd6260	\N	\N	\N	{"client_id":"company-9-desk","expires_at":1798355087,"grant_type":"password","jti":"01a21bd2-2a7b-726a-9482-61ace3dd6260","scope":"openid","sid":"01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d"}	5297ddb9-5a3a-48c4-9e60-db4bdf28019b	2026-11-27 07:04:48.169723+00	2026-11-27 07:04:48.29196+00	\\x3e5796c60f038da3523e74ca301e297ba31a6a1dfbd28ae694f2aa5cee0be002	\\xb075fb4614101f6bff4b56213b9bc3350fe3c2e372cc58a1725a33aa45757a43
01a21bd2-2bb6-75e5-8206-5b33aa02abd8	01a21bd1-c79a-77ce-9433-6b35aa8c0903	32	01a21bd2-211b-7369-8c2f-6ac95bea3e88	client	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	permission.denied	user	01a21bd2-18c2-75fd-b0d7-137546f2a793	\N	\N	\N	{"action":"read","reason":"No role grants it and no policy allows it.","resource":"orders"}	fd5e3be4-043a-4c58-90c5-d3d9ef7df0c7	2026-11-27 07:04:48.310471+00	2026-11-27 07:04:48.383187+00	\\xb075fb4614101f6bff4b56213b9bc3350fe3c2e372cc58a1725a33aa45757a43	\\x4ca0407c773ced6fad614ed07782be929305245b00a8e1cd5cb232d76a35c289
01a21bd2-1224-744e-84cf-ebf654edfffe	01a21bd1-c79a-77ce-9433-6b35aa8c0903	15	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd2-1223-715f-b953-31de49fe3a05	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:41.763928Z","deleted_at":null,"display_name":null,"email":"user-12@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-1223-715f-b953-31de49fe3a05","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:41.763928Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","timezone":"UTC","updated_at":"2026-11-27T07:04:41.763928Z","username":"user-12","version":1}	{}	1240cb0b-ffa2-413d-961e-adbfa1e893c5	2026-11-27 07:04:41.764007+00	2026-11-27 07:04:41.926909+00	\\x817effe57555cacf87b229df23c87c15d5ea155287405b78ca48c02ba485a9f6	\\xb5b529f5e46321061fbeba159c39e5a59ac3abdcf14871f3b45b6f7087665735
01a21bd2-1504-710f-9e75-cd94b28ec6ba	01a21bd1-c79a-77ce-9433-6b35aa8c0903	16	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd2-1504-710f-9e75-cd933b7ab051	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:42.500048Z","deleted_at":null,"display_name":null,"email":"user-13@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-1504-710f-9e75-cd933b7ab051","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:42.500048Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","timezone":"UTC","updated_at":"2026-11-27T07:04:42.500048Z","username":"user-13","version":1}	{}	fd7839db-a0a3-4e3c-b5a8-98a3c1c2f0d0	2026-11-27 07:04:42.500127+00	2026-11-27 07:04:42.581205+00	\\xb5b529f5e46321061fbeba159c39e5a59ac3abdcf14871f3b45b6f7087665735	\\x50e155b7203d17a4a78c13931fef3994ef81924bb67e8831b1d6ddf98d1407ae
01a21bd2-18c2-75fd-b0d7-1376bb5cd631	01a21bd1-c79a-77ce-9433-6b35aa8c0903	17	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	user.created	user	01a21bd2-18c2-75fd-b0d7-137546f2a793	\N	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:43.457979Z","deleted_at":null,"display_name":null,"email":"user-14@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-18c2-75fd-b0d7-137546f2a793","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:43.457979Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","timezone":"UTC","updated_at":"2026-11-27T07:04:43.457979Z","username":"user-14","version":1}	{}	857cf0e7-8232-4faf-a4bd-84808e879cd7	2026-11-27 07:04:43.458047+00	2026-11-27 07:04:43.572897+00	\\x50e155b7203d17a4a78c13931fef3994ef81924bb67e8831b1d6ddf98d1407ae	\\xc7254eb08f8d1291918b375b7332a3635a04c974dd8cbe4ebd24b29a9b44d16e
01a21bd2-19da-7527-accd-2efcc63ee4a8	01a21bd1-c79a-77ce-9433-6b35aa8c0903	18	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	user.role_assigned	user	01a21bd2-1223-715f-b953-31de49fe3a05	\N	\N	{"role":"role-11","role_id":"01a21bd2-0059-766b-9e83-f7f081364474"}	{}	6c1316c6-5773-4e8d-96ca-e84abab7bfff	2026-11-27 07:04:43.73803+00	2026-11-27 07:04:43.800422+00	\\xc7254eb08f8d1291918b375b7332a3635a04c974dd8cbe4ebd24b29a9b44d16e	\\x0613dbf19c6375516debc8a6aa0091b7b184f359402ed3a830073e5190b01d37
01a21bd2-1b52-76cb-82a1-d7156cbba382	01a21bd1-c79a-77ce-9433-6b35aa8c0903	19	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	group.created	group	01a21bd2-1b39-73b7-9907-3616fad7ae5b	\N	\N	{"created_at":"2026-11-27T07:04:44.090081Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-1b39-73b7-9907-3616fad7ae5b","limits_clients":false,"limits_login_providers":false,"metadata":{},"name":"Sales","parent_id":null,"path":"/Sales","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:44.090086Z","version":1}	{}	bbdcfb7f-ed75-45ee-b5d0-3f488de4cd43	2026-11-27 07:04:44.114296+00	2026-11-27 07:04:44.16285+00	\\x0613dbf19c6375516debc8a6aa0091b7b184f359402ed3a830073e5190b01d37	\\x09f5d5951ee2a6aed9c1f4673d7af8da8040a8382d856c1bbb6739e83d06c00c
01a21bd2-1c6a-7336-9920-357d6a616f8c	01a21bd1-c79a-77ce-9433-6b35aa8c0903	20	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	group.created	group	01a21bd2-1c56-73d4-afcf-ee4094e438ab	\N	\N	{"created_at":"2026-11-27T07:04:44.379549Z","deleted_at":null,"description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-1c56-73d4-afcf-ee4094e438ab","limits_clients":false,"limits_login_providers":false,"metadata":{},"name":"Sales, north","parent_id":"01a21bd2-1b39-73b7-9907-3616fad7ae5b","path":"/Sales/Sales, north","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:44.379556Z","version":1}	{}	6da13804-ce9f-4a0a-8505-84af296f24fd	2026-11-27 07:04:44.394317+00	2026-11-27 07:04:44.469887+00	\\x09f5d5951ee2a6aed9c1f4673d7af8da8040a8382d856c1bbb6739e83d06c00c	\\xb5ed573eff439a8190c03d358e7611dbe418d608ef884bc09640135ff4bcb732
01a21bd2-1dcc-71b0-88ca-5ca2f7df18af	01a21bd1-c79a-77ce-9433-6b35aa8c0903	21	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	application.created	application	01a21bd2-1db3-7225-a6da-ef8380070bb7	\N	\N	{"access_token_lifetime_seconds":null,"allowed_audiences":[],"allowed_scopes":[],"created_at":"2026-11-27T07:04:44.727898Z","description":null,"display_name":null,"freeze_reason":null,"frozen_at":null,"homepage_url":null,"id":"01a21bd2-1db3-7225-a6da-ef8380070bb7","id_token_lifetime_seconds":null,"is_active":true,"isolation_enabled":false,"logo_url":null,"name":"Orders","primary_color":null,"redirect_uris_base":[],"refresh_token_lifetime_seconds":null,"settings":{},"slug":"orders","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","updated_at":"2026-11-27T07:04:44.727903Z","version":1}	{}	6dabc112-1a8a-4034-a0cd-c3c7463b58ed	2026-11-27 07:04:44.748163+00	2026-11-27 07:04:44.90914+00	\\xb5ed573eff439a8190c03d358e7611dbe418d608ef884bc09640135ff4bcb732	\\xa23bcabdc1cfe778056fd9355dc14f15f74d21a6853ceff55bdfb607eb17fc56
01a21bd2-2036-73a5-9025-31b80d958c78	01a21bd1-c79a-77ce-9433-6b35aa8c0903	22	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	api_key.created	api_key	01a21bd2-2010-7106-a868-c55dc1e6ecde	\N	\N	{"conditions":null,"description":null,"expires_at":null,"ip_restrictions":null,"is_enabled":true,"name":"Nightly","owner_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","owner_type":"tenant","revoked_at":null,"scopes":["users:read"]}	{}	d8b8d71c-3a0b-4367-9ed5-4908e2f6dc21	2026-11-27 07:04:45.366153+00	2026-11-27 07:04:45.431578+00	\\xa23bcabdc1cfe778056fd9355dc14f15f74d21a6853ceff55bdfb607eb17fc56	\\xc62a2982068d2b06076c32c7f01a9be7a63a2dbb7235a4a5d578d0cb2704620a
01a21bd2-2134-739b-a90d-de2fa6918444	01a21bd1-c79a-77ce-9433-6b35aa8c0903	23	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	client.created	client	01a21bd2-211b-7369-8c2f-6ac95bea3e88	\N	\N	{"access_token_lifetime_seconds":null,"allowed_grant_types":["client_credentials"],"allowed_resources":[],"allowed_scopes":["integration:check"],"application_id":null,"backchannel_logout_session_required":false,"backchannel_logout_uri":null,"client_id":"machine-16","default_scopes":["integration:check"],"description":null,"dpop_bound_access_tokens":false,"free_metadata":{},"homepage_url":null,"id":"01a21bd2-211b-7369-8c2f-6ac95bea3e88","id_token_signed_response_alg":null,"introspection_signed_response_alg":null,"is_enabled":true,"is_public":false,"jwks":null,"jwks_uri":null,"logo_url":null,"name":"machine-15","post_logout_redirect_uris":[],"privacy_url":null,"redirect_uris":[],"refresh_token_lifetime_seconds":null,"require_consent":true,"require_dpop_nonce":false,"require_pkce":true,"require_pushed_authorization_requests":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","terms_url":null,"token_endpoint_auth_method":null,"token_endpoint_auth_signing_alg":null,"token_exchange":null}	{"client_id":"machine-16"}	d5e72511-3c07-4f9b-9276-452429aba042	2026-11-27 07:04:45.620929+00	2026-11-27 07:04:45.648019+00	\\xc62a2982068d2b06076c32c7f01a9be7a63a2dbb7235a4a5d578d0cb2704620a	\\x6e310481adaf0f130882e5ef1884f6a4781926b9caef59965d37bd428838397d
01a21bd2-24d2-75a6-af9f-b387efb7996e	01a21bd1-c79a-77ce-9433-6b35aa8c0903	24	01a21bd2-211b-7369-8c2f-6ac95bea3e88	client	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd2-23c9-74b9-b5c5-fcf9773d6900	\N	\N	\N	{"client_id":"machine-16","expires_at":1795766686,"grant_type":"client_credentials","jti":"01a21bd2-23c9-74b9-b5c5-fcf9773d6900","scope":"integration:check"}	dae4da0f-8760-4b36-82ab-50a14cf25d05	2026-11-27 07:04:46.546584+00	2026-11-27 07:04:46.639855+00	\\x6e310481adaf0f130882e5ef1884f6a4781926b9caef59965d37bd428838397d	\\x7b3451638961c5777c369ee51ebaec293cd46571474177cee136f5964e751c4f
01a21bd2-2a17-7039-9349-668c7d65a5c9	01a21bd1-c79a-77ce-9433-6b35aa8c0903	25	01a21bd2-1223-715f-b953-31de49fe3a05	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd2-2a14-7736-994e-de1d49a44e4d	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","created_at_ms":1795763087767,"device_fingerprint":"","expires_at":1803539087,"id":"01a21bd2-2a14-7736-994e-de1d49a44e4d","idle_until":1798355087,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","user_agent":"python-httpx/0.28.1","user_id":"01a21bd2-1223-715f-b953-31de49fe3a05"}	{}	d392bf8f-94ee-44ff-a587-482a6bc8a599	2026-11-27 07:04:47.895345+00	2026-11-27 07:04:47.928685+00	\\x7b3451638961c5777c369ee51ebaec293cd46571474177cee136f5964e751c4f	\\xfd9cd84354aa4703bac7c6454a53a7aa6c8b94725f5cfca46584e3475b973701
01a21bd2-2a17-7039-9349-668d26d431fe	01a21bd1-c79a-77ce-9433-6b35aa8c0903	26	01a21bd2-1223-715f-b953-31de49fe3a05	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd2-1223-715f-b953-31de49fe3a05	\N	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","session_id":"01a21bd2-2a14-7736-994e-de1d49a44e4d"}	d392bf8f-94ee-44ff-a587-482a6bc8a599	2026-11-27 07:04:47.895432+00	2026-11-27 07:04:47.928685+00	\\xfd9cd84354aa4703bac7c6454a53a7aa6c8b94725f5cfca46584e3475b973701	\\x15e9d5baa63e67140e79bac2877da3fb7d3629e09c5fd4b6dcd5c9dc3d5e04f0
01a21bd2-2a37-7701-9d09-ffd2999eb1b3	01a21bd1-c79a-77ce-9433-6b35aa8c0903	27	01a21bd2-1223-715f-b953-31de49fe3a05	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd2-2997-70de-8293-a2a55af3be45	\N	\N	\N	{"client_id":"company-9-desk","expires_at":1798355087,"grant_type":"password","jti":"01a21bd2-2997-70de-8293-a2a55af3be45","scope":"openid","sid":"01a21bd2-2a14-7736-994e-de1d49a44e4d"}	d392bf8f-94ee-44ff-a587-482a6bc8a599	2026-11-27 07:04:47.927238+00	2026-11-27 07:04:48.146108+00	\\x15e9d5baa63e67140e79bac2877da3fb7d3629e09c5fd4b6dcd5c9dc3d5e04f0	\\x6bd37051dc4bc0928e3079668feb3712a07da4b9be9e98d717e8071b35d8d51b
01a21bd2-2a5b-77a5-99f5-a94d800323c2	01a21bd1-c79a-77ce-9433-6b35aa8c0903	28	01a21bd2-211b-7369-8c2f-6ac95bea3e88	client	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	permission.denied	user	01a21bd2-1504-710f-9e75-cd933b7ab051	\N	\N	\N	{"action":"read","reason":"No role grants it and no policy allows it.","resource":"orders"}	11d87d33-07f9-48b4-a7b2-ae79f5f71919	2026-11-27 07:04:47.963311+00	2026-11-27 07:04:48.146108+00	\\x6bd37051dc4bc0928e3079668feb3712a07da4b9be9e98d717e8071b35d8d51b	\\x6c13d9ca6309601e886ae4b21d41cdada1dceca0d24ad5c0481c81a19a435933
01a21bd2-2af1-77dc-9925-1cd15b865a47	01a21bd1-c79a-77ce-9433-6b35aa8c0903	29	01a21bd2-1504-710f-9e75-cd933b7ab051	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","created_at_ms":1795763087995,"device_fingerprint":"","expires_at":1803539087,"id":"01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d","idle_until":1798355087,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","user_agent":"python-httpx/0.28.1","user_id":"01a21bd2-1504-710f-9e75-cd933b7ab051"}	{}	5297ddb9-5a3a-48c4-9e60-db4bdf28019b	2026-11-27 07:04:48.113618+00	2026-11-27 07:04:48.22123+00	\\x6c13d9ca6309601e886ae4b21d41cdada1dceca0d24ad5c0481c81a19a435933	\\x9cebf6bb66a14897f437476b3f093c6fd004c064f9f0d7e457daf4cb51eddef0
01a21bd2-2af1-77dc-9925-1cd2ed836687	01a21bd1-c79a-77ce-9433-6b35aa8c0903	30	01a21bd2-1504-710f-9e75-cd933b7ab051	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd2-1504-710f-9e75-cd933b7ab051	\N	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","session_id":"01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d"}	5297ddb9-5a3a-48c4-9e60-db4bdf28019b	2026-11-27 07:04:48.113693+00	2026-11-27 07:04:48.22123+00	\\x9cebf6bb66a14897f437476b3f093c6fd004c064f9f0d7e457daf4cb51eddef0	\\x3e5796c60f038da3523e74ca301e297ba31a6a1dfbd28ae694f2aa5cee0be002
01a21bd2-2cc0-71f8-8e9b-cb66b13b39f0	01a21bd1-c79a-77ce-9433-6b35aa8c0903	33	01a21bd2-18c2-75fd-b0d7-137546f2a793	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	session.started	session	01a21bd2-2caa-7546-a209-f16fa9c73497	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","created_at_ms":1795763088334,"device_fingerprint":"","expires_at":1803539088,"id":"01a21bd2-2caa-7546-a209-f16fa9c73497","idle_until":1798355088,"ip_address":"127.0.0.1","mfa_verified":false,"tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","user_agent":"python-httpx/0.28.1","user_id":"01a21bd2-18c2-75fd-b0d7-137546f2a793"}	{}	60565189-4ccf-45f1-af29-1d566b4f8a6f	2026-11-27 07:04:48.576364+00	2026-11-27 07:04:48.646925+00	\\x4ca0407c773ced6fad614ed07782be929305245b00a8e1cd5cb232d76a35c289	\\x4c68b4185b3d1518607855e5718052c7dba6470e3105768a02c5b2f197e3097e
01a21bd2-2cc0-71f8-8e9b-cb6721132b9a	01a21bd1-c79a-77ce-9433-6b35aa8c0903	34	01a21bd2-18c2-75fd-b0d7-137546f2a793	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.login.succeeded	user	01a21bd2-18c2-75fd-b0d7-137546f2a793	\N	\N	\N	{"auth_method":"pwd","client_id":"company-9-desk","session_id":"01a21bd2-2caa-7546-a209-f16fa9c73497"}	60565189-4ccf-45f1-af29-1d566b4f8a6f	2026-11-27 07:04:48.576457+00	2026-11-27 07:04:48.646925+00	\\x4c68b4185b3d1518607855e5718052c7dba6470e3105768a02c5b2f197e3097e	\\x026d011cb170a987c8dabc8598f650691f1e1488b94a30097a3546b893f8f52c
01a21bd2-2ce8-7575-bbe5-ce7fff3b798f	01a21bd1-c79a-77ce-9433-6b35aa8c0903	35	01a21bd2-18c2-75fd-b0d7-137546f2a793	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	auth.token.issued	token	01a21bd2-2bce-72df-990f-78ffe182ef5d	\N	\N	\N	{"client_id":"company-9-desk","expires_at":1798355088,"grant_type":"password","jti":"01a21bd2-2bce-72df-990f-78ffe182ef5d","scope":"openid","sid":"01a21bd2-2caa-7546-a209-f16fa9c73497"}	60565189-4ccf-45f1-af29-1d566b4f8a6f	2026-11-27 07:04:48.624445+00	2026-11-27 07:04:48.771169+00	\\x026d011cb170a987c8dabc8598f650691f1e1488b94a30097a3546b893f8f52c	\\x27c3fb566a10ab9212a5bbaf67e943241e65495f0f5a8849ec30ba1e99ed370b
01a21bd2-2db4-7283-9ac2-370e06d448a1	01a21bd1-c79a-77ce-9433-6b35aa8c0903	36	01a21bd1-ce30-7066-948c-d53ae1de8eb2	user	01a21bd1-c79a-77ce-9433-6b35aa8c0903	127.0.0.1	python-httpx/0.28.1	user.deleted	user	01a21bd2-18c2-75fd-b0d7-137546f2a793	\N	{"avatar_url":null,"created_at":"2026-11-27T07:04:43.457979Z","deleted_at":null,"display_name":null,"email":"user-14@company.test","email_verified":false,"failed_login_attempts":0,"first_name":null,"freeze_reason":null,"frozen_at":null,"id":"01a21bd2-18c2-75fd-b0d7-137546f2a793","last_login_at":null,"last_name":null,"locale":"en","locked_until":null,"lockouts":0,"metadata":{},"mfa_enabled":false,"mfa_type":null,"password_changed_at":"2026-11-27T07:04:43.457979Z","phone":null,"phone_verified":false,"status":"active","tenant_id":"01a21bd1-c79a-77ce-9433-6b35aa8c0903","timezone":"UTC","updated_at":"2026-11-27T07:04:43.457979Z","username":"user-14","version":1}	\N	{}	8d02d06a-5b71-4cfc-886d-db7841e92eec	2026-11-27 07:04:48.820445+00	2026-11-27 07:04:49.021196+00	\\x27c3fb566a10ab9212a5bbaf67e943241e65495f0f5a8849ec30ba1e99ed370b	\\x1af382e04bd0d11345e711cbc1d7a9e73ee68a2732b44a3e1c254b18672d69a0
01a21bd2-2e7c-7277-a222-e8884ee7f689	01a21bd1-c79a-77ce-9433-6b35aa8c0903	37	\N	system	\N	\N	\N	session.revoked	session	01a21bd2-2caa-7546-a209-f16fa9c73497	\N	{"is_active":true}	{"ended_at":"2026-11-27T07:04:49.020276+00:00","is_active":false}	{"client_id":"company-9-desk","reason":"user.deleted","user_id":"01a21bd2-18c2-75fd-b0d7-137546f2a793"}	\N	2026-11-27 07:04:49.020367+00	2026-11-27 07:04:49.198516+00	\\x1af382e04bd0d11345e711cbc1d7a9e73ee68a2732b44a3e1c254b18672d69a0	\\x82aeb501180847361a351ebaf53a6a37d3319029389bf9e5bc9737f97f39e2b3
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: audit; Owner: vaultaris
--

COPY audit.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: audit; Owner: vaultaris
--

COPY audit.schema_version (version_num) FROM stdin;
0001
\.


--
-- Data for Name: api_keys; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.api_keys (id, tenant_id, owner_type, owner_id, name, description, prefix, key_hash, scopes, ip_restrictions, conditions, is_enabled, revoked_at, expires_at, last_used_at, use_count, version, created_at, updated_at, freeze_reason, frozen_at) FROM stdin;
01a21bd1-b3bc-712f-86e6-ae3077de6891	01a21bd1-84c4-7782-8ede-59a2adae0b4d	tenant	01a21bd1-84c4-7782-8ede-59a2adae0b4d	Nightly	\N	vk_live_Q5SPdb	\\x1cdd1db68f4746b8da156122b425260df979e1dc3759647288e20f3b11831326	{users:read}	\N	null	t	\N	\N	\N	0	1	2026-11-27 07:04:17.628652+00	2026-11-27 07:04:17.628656+00	\N	\N
01a21bd2-2010-7106-a868-c55dc1e6ecde	01a21bd1-c79a-77ce-9433-6b35aa8c0903	tenant	01a21bd1-c79a-77ce-9433-6b35aa8c0903	Nightly	\N	vk_live_8BxPIN	\\x20b1d24f3e13608c67d999b5e6cd46e363cd4ade2246be936cfa13709d06cc04	{users:read}	\N	null	t	\N	\N	\N	0	1	2026-11-27 07:04:45.33202+00	2026-11-27 07:04:45.332028+00	\N	\N
\.


--
-- Data for Name: application_clients; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.application_clients (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: application_identity_providers; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.application_identity_providers (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: authorization_codes; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.authorization_codes (id, tenant_id, code_hash, client_id, user_id, session_id, redirect_uri, scope, auth_time, started_ms, amr, acr, nonce, code_challenge, dpop_jkt, resource, expires_at, spent_at, family_id, access_token_id) FROM stdin;
\.


--
-- Data for Name: authorization_requests; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.authorization_requests (id, tenant_id, request_hash, client_id, parameters, created_at, expires_at, consumed_at) FROM stdin;
\.


--
-- Data for Name: browser_sessions; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.browser_sessions (id, tenant_id, user_id, secret_hash, authenticated_at, amr, acr, created_at, last_seen_at, expires_at, ended_at) FROM stdin;
\.


--
-- Data for Name: consents; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.consents (id, tenant_id, user_id, client_id, scope, created_at, updated_at) FROM stdin;
\.


--
-- Data for Name: device_authorizations; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.device_authorizations (id, tenant_id, client_id, device_code_hash, user_code_hash, scope, status, requested_from, user_agent, created_at, expires_at, "interval", polled_at, user_id, amr, acr, auth_time) FROM stdin;
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.idempotency_keys (tenant_id, principal_id, key, fingerprint, status, body, created_at) FROM stdin;
\.


--
-- Data for Name: identity_providers; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.identity_providers (id, tenant_id, name, provider_type, status, display_name, description, logo_url, provider_id, client_id, authorization_url, token_url, userinfo_url, jwks_url, saml_entity_id, saml_sso_url, saml_slo_url, saml_name_id_format, saml_certificate, saml_signing_certificate, client_secret_sealed, scopes, attribute_mapping, auto_create_users, update_user_on_login, sync_groups, default_roles, priority, version, created_at, updated_at, freeze_reason, frozen_at) FROM stdin;
\.


--
-- Data for Name: logout_notices; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.logout_notices (id, tenant_id, session_id, client_id, user_id, attempts, next_attempt_at, expires_at) FROM stdin;
\.


--
-- Data for Name: oauth_clients; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.oauth_clients (id, tenant_id, client_id, name, description, logo_url, homepage_url, terms_url, privacy_url, redirect_uris, post_logout_redirect_uris, allowed_grant_types, allowed_scopes, default_scopes, is_public, is_enabled, require_pkce, require_consent, dpop_bound_access_tokens, access_token_lifetime_seconds, refresh_token_lifetime_seconds, token_endpoint_auth_method, metadata, secret_hash, version, created_at, updated_at, jwks, jwks_uri, secret_sealed, token_endpoint_auth_signing_alg, id_token_signed_response_alg, introspection_signed_response_alg, backchannel_logout_uri, token_exchange, require_dpop_nonce, require_pushed_authorization_requests, backchannel_logout_session_required, allowed_resources, freeze_reason, frozen_at) FROM stdin;
01a21bd1-797c-73be-8558-fdaad046282b	00000000-0000-0000-0000-000000000001	vaultaris-console	Vaultaris console	\N	\N	\N	\N	\N	{http://127.0.0.1/callback}	{}	{authorization_code,password,refresh_token}	{openid,profile,email,phone,offline_access}	{openid,profile,email}	t	t	t	f	f	\N	\N	\N	{}	\N	1	2026-11-27 07:04:02.770361+00	2026-11-27 07:04:02.770366+00	\N	\N	\N	\N	\N	\N	\N	\N	f	f	f	{}	\N	\N
01a21bd1-883b-7434-a8c1-14d8b7e514cb	01a21bd1-84c4-7782-8ede-59a2adae0b4d	company-1-desk	Desk	\N	\N	\N	\N	\N	{}	{}	{password,refresh_token}	{openid,profile,email,offline_access}	{openid}	t	t	t	t	f	\N	\N	\N	{}	\N	1	2026-11-27 07:04:06.50228+00	2026-11-27 07:04:06.502284+00	\N	\N	\N	\N	\N	\N	\N	\N	f	f	f	{}	\N	\N
01a21bd1-b485-73e3-85fe-fb7bfc7029e6	01a21bd1-84c4-7782-8ede-59a2adae0b4d	machine-8	machine-7	\N	\N	\N	\N	\N	{}	{}	{client_credentials}	{integration:check}	{integration:check}	f	t	t	t	f	\N	\N	\N	{}	\\x85ebd183174be4ae048373f8867692f757dab63254c4ae83fe7f047ae4830f79	1	2026-11-27 07:04:17.804332+00	2026-11-27 07:04:17.804337+00	\N	\N	\N	\N	\N	\N	\N	\N	f	f	f	{}	\N	\N
01a21bd1-ca75-750f-b412-959740c4b06d	01a21bd1-c79a-77ce-9433-6b35aa8c0903	company-9-desk	Desk	\N	\N	\N	\N	\N	{}	{}	{password,refresh_token}	{openid,profile,email,offline_access}	{openid}	t	t	t	t	f	\N	\N	\N	{}	\N	1	2026-11-27 07:04:23.413956+00	2026-11-27 07:04:23.41396+00	\N	\N	\N	\N	\N	\N	\N	\N	f	f	f	{}	\N	\N
01a21bd2-211b-7369-8c2f-6ac95bea3e88	01a21bd1-c79a-77ce-9433-6b35aa8c0903	machine-16	machine-15	\N	\N	\N	\N	\N	{}	{}	{client_credentials}	{integration:check}	{integration:check}	f	t	t	t	f	\N	\N	\N	{}	\\x9940a5c6949915ecb69a41747f0d4fd4ef5773d65c154da27308e60d14ec77f7	1	2026-11-27 07:04:45.612017+00	2026-11-27 07:04:45.612022+00	\N	\N	\N	\N	\N	\N	\N	\N	f	f	f	{}	\N	\N
\.


--
-- Data for Name: one_time_values; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.one_time_values (digest, tenant_id, expires_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: passkeys; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.passkeys (id, tenant_id, user_id, credential_id, public_key, public_key_algorithm, counter, device_name, device_type, attestation_format, transports, is_active, last_used_at, created_at, updated_at) FROM stdin;
\.


--
-- Data for Name: pushed_authorization_requests; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.pushed_authorization_requests (id, tenant_id, request_hash, client_id, form, expires_at) FROM stdin;
\.


--
-- Data for Name: refresh_tokens; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.refresh_tokens (id, tenant_id, family_id, token_hash, expires_at, spent_at, access_token_id, access_expires_at, spent_by, successor_id) FROM stdin;
01a21bd1-7e4d-7078-b90a-7b2671f77fe4	00000000-0000-0000-0000-000000000001	01a21bd1-7e4d-7078-b90a-7b257fdd8b2b	\\x4adb87f504611f8abad27b872eea6597bca9c038a5757245d0c66d6a8ce44e97	2026-12-27 07:04:03+00	\N	01a21bd1-7b72-7774-b6f1-9dbcdace4562	2026-11-27 08:04:03+00	\N	\N
01a21bd1-8ff0-7067-aed1-bbce2b1d9cd4	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-8fef-744a-ab61-07580155f2f8	\\xeb1286eac470b6796114c8ce2bae039743c8d18d5e9e1f283e2b6b1f12a031ff	2026-12-27 07:04:07+00	\N	01a21bd1-8e31-77f1-94f6-591508c64fe9	2026-11-27 08:04:07+00	\N	\N
01a21bd1-bbaa-71c1-8ecf-167441c0e235	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-bbaa-71c1-8ecf-167365f9afdb	\\xcffa5a04b27ebb9e6197619757b218dfccdeefd3af4a1ff4d865600b2fac915e	2026-12-27 07:04:19+00	\N	01a21bd1-ba06-71ce-8b52-8fa1879214eb	2026-11-27 08:04:19+00	\N	\N
01a21bd1-bf1f-7180-b5fd-8f81ea88204a	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-bf1f-7180-b5fd-8f8040d0eb21	\\x01613194480e4a2ff05f3ef1dc8a503cc3ec18de3e78d1f7f0b93bf97193801e	2026-12-27 07:04:19+00	\N	01a21bd1-bc90-7585-9397-dfb6fd1f58a0	2026-11-27 08:04:19+00	\N	\N
01a21bd1-c237-7495-a1ec-86392cc4d20e	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-c237-7495-a1ec-8638c1338012	\\x123b64b4660c2b6e3b6774e5ad9da53a29792d8292e0ee30c169ba59c9477ed2	2026-12-27 07:04:20+00	\N	01a21bd1-c0a0-76db-85c5-db9c2b19701a	2026-11-27 08:04:20+00	\N	\N
01a21bd1-ebee-70e7-8ac6-412e21b9ab60	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd1-ebee-70e7-8ac6-412d764f967b	\\xf54fdeaba789c15a0963b0550d27dbce2654f19dbaa85f26a531cfa4fc4a7eb2	2026-12-27 07:04:26+00	\N	01a21bd1-d607-75c5-a965-ac41fce4ca5c	2026-11-27 08:04:26+00	\N	\N
01a21bd2-2a14-7736-994e-de1f6641b9f7	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-2a14-7736-994e-de1e52ee9cc4	\\x04dd00d8c2f6b20cd8297dad9568d9c89eb32febc151ecec8d895fbfc519bc3e	2026-12-27 07:04:47+00	\N	01a21bd2-2997-70de-8293-a2a55af3be45	2026-11-27 08:04:47+00	\N	\N
01a21bd2-2aea-75ce-b7fa-e6626d1f8e6a	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-2aea-75ce-b7fa-e66195215c6f	\\x718163b58e71e026f65ee48a067dea7c3f084f5bbc9b02ba8ee700552e58f9d2	2026-12-27 07:04:47+00	\N	01a21bd2-2a7b-726a-9482-61ace3dd6260	2026-11-27 08:04:47+00	\N	\N
01a21bd2-2caa-7546-a209-f17104788218	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-2caa-7546-a209-f170530092e7	\\xe08b000d15fb1285244f34ee580f12a0b1d8f9ac38fc7cd4ccb3847bf4c3443d	2026-12-27 07:04:48+00	\N	01a21bd2-2bce-72df-990f-78ffe182ef5d	2026-11-27 08:04:48+00	\N	\N
\.


--
-- Data for Name: revocations; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.revocations (key, tenant_id, at_ms, reason, expires_at, announced) FROM stdin;
user.01a21bd1-add8-72f0-bca7-ef6c2b615398	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1795763061939	user deleted	2026-11-28 08:04:21.940639+00	t
session.01a21bd1-c237-7495-a1ec-863716aff074	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1795763062043	session.revoked	2026-11-28 08:04:22.293583+00	t
session.01a21bd2-2caa-7546-a209-f16fa9c73497	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1795763089020	session.revoked	2026-11-28 08:04:49.553849+00	t
user.01a21bd2-18c2-75fd-b0d7-137546f2a793	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1795763089137	user deleted	2026-11-28 08:04:49.137733+00	t
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.schema_version (version_num) FROM stdin;
0014
\.


--
-- Data for Name: session_clients; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.session_clients (session_id, client_id, tenant_id, user_id, joined_ms, expires_at) FROM stdin;
\.


--
-- Data for Name: signing_keys; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.signing_keys (id, tenant_id, key_id, algorithm, public_jwk, private_sealed, is_active, created_at, retired_at, expires_at, is_pending) FROM stdin;
01a21bd1-78cb-74cc-b7bb-f53c53bbb5f0	00000000-0000-0000-0000-000000000001	8LdAAhyGQNFuReAswZtylQ5GlJQArBH916OJvxbEP_o	ES256	{"x": "NsEIW8OYuslfrDYXgrmnTr9jqHoJ67vqrTZQLkNqvY4", "y": "NAcQB_XTISxV_kVadK0s0eitReV2K2sTeNP3we94Alk", "alg": "ES256", "crv": "P-256", "kid": "8LdAAhyGQNFuReAswZtylQ5GlJQArBH916OJvxbEP_o", "kty": "EC", "use": "sig"}	\\x0188e5cf9962a4af7df1c84ef5a37e6da1504cadbe9b4626966ef539b871ea44ae1f15fdf8f34417f80a574251a08a91d7b9dd1d9102f276e48fc0d2b97f911e8d2578c672c08a12102bdd0d021266d3e1fd91e2d378a465829f607b6b59828973581a6383baa05b4b92f99cd7aca62e83ce5cb000e037be628591ef58f92b5aafa075c86fca4a9cf8f33b1673ea0606ded72ec6951f928b2b8cd21a2f73777f7545ce8f6c336c6de3d08c	t	2026-11-27 07:04:02.507845+00	\N	\N	f
01a21bd1-793c-768b-a927-ee0b564de0f9	00000000-0000-0000-0000-000000000001	2nVVO-Yl7mjmQqnO0haXDa8drchlf8nm91f1RlEpLLk	EdDSA	{"x": "72lsC3n-4fjM5WSJ85uRxyaFQQ0vwDRWbiAwqKeU7Ag", "alg": "EdDSA", "crv": "Ed25519", "kid": "2nVVO-Yl7mjmQqnO0haXDa8drchlf8nm91f1RlEpLLk", "kty": "OKP", "use": "sig"}	\\x0188e5cf99f915ee9d366d460ce6a19eaffb87107c73167cc41419d236f803c59a9c89ced8834530502c0dea35193943c53785f46d856c10bcf86d7caea20075ea79e99f65bca84590485ac534379ea071	f	2026-11-27 07:04:02.62058+00	\N	\N	f
01a21bd1-858f-70f3-8852-5299e4b0e16b	01a21bd1-84c4-7782-8ede-59a2adae0b4d	a1rmJ7yDoFhLBaSxPUHXyd8xoxWrEYC7qTU2l3jD-RU	ES256	{"x": "IZW6YN1wvMNbdO8eT9iNllJ35VSRpDUJFo1BtlLsfvU", "y": "rdtu8JyJzrwjjp7V-Nfv_jqNdlDPH7JpusZfKA3vyzc", "alg": "ES256", "crv": "P-256", "kid": "a1rmJ7yDoFhLBaSxPUHXyd8xoxWrEYC7qTU2l3jD-RU", "kty": "EC", "use": "sig"}	\\x0188e5cf99af2ea3b0dbe9a995dff5b8e610e9c42a75d8472c0a43b1b7a02c6215bb6f1833abf27b517c0ac1a684bac293476b07acf6cac8bab145db3379f330491d670693667662bc722bfce478b4065aa884b8c64f7a8bd8f894b1c29b5d063211644cf22c19f21a882ac09f3a78fbf8518ebb7f3d46fa717a794fd6362a6b835aaee0108b4c2bb3af35489efb68521ac6cfd9caabf7ba42d2e9c9029141321eedd337de428597c590a3	t	2026-11-27 07:04:05.775617+00	\N	\N	f
01a21bd1-85bb-7251-8a86-63a8461b4c46	01a21bd1-84c4-7782-8ede-59a2adae0b4d	zu7Rt4CqpM1QO4Lmz4DzomXDcEoi-eFTxqD9Ta37To0	EdDSA	{"x": "Ot5LNgXeVaGnjgeheVaPnN_d6cDfvkPt2VF6NLUYP-s", "alg": "EdDSA", "crv": "Ed25519", "kid": "zu7Rt4CqpM1QO4Lmz4DzomXDcEoi-eFTxqD9Ta37To0", "kty": "OKP", "use": "sig"}	\\x0188e5cf9993aedab6a2542d687ebe15da07c9e88715d709c8ed3a422b0cd6cbfed341518221b197a5612bd975a727cfbf1cc66dfd731af7e8f37fb02bafcaf2da3d47b47e6d2ba457beb15205cad2ea8d	f	2026-11-27 07:04:05.819666+00	\N	\N	f
01a21bd1-c876-740c-aa0b-9fc2553af965	01a21bd1-c79a-77ce-9433-6b35aa8c0903	eyiOX-K6A-t-KCYoQrKrNzOhdngvaF_RI4zcewC27z4	ES256	{"x": "fcpZkICtqUIUpSCaM-vtNsACUbjfs3-ugjC7Bt1Fc-0", "y": "6d2hwDTzb7Mr2nJzYX9ML15aPQq0H5CuK4vnAj3ztqY", "alg": "ES256", "crv": "P-256", "kid": "eyiOX-K6A-t-KCYoQrKrNzOhdngvaF_RI4zcewC27z4", "kty": "EC", "use": "sig"}	\\x0188e5cf99a7a1f79fd35b4809b4afc9487d2cd23b8ac628660d556a86295484e7ae4f0dcffaf1c218e0434bed5356fd9482d9c887668203005aedddad08eb1c6faeb443a655a26bb129b6f3659bd8ad1feb97e4c23d8853b25babc9aace88158db16f1a6ec19aeda21012c38d5e870129e404b35ffb426b89b24e9515229c120b4f33373974e1490eca79dd10899a07d040806a50a2d2ae4f0bd6a6eb6d345c9cd30d57e29173c07794c1	t	2026-11-27 07:04:22.902828+00	\N	\N	f
01a21bd1-c883-72fb-a002-c43a450c0762	01a21bd1-c79a-77ce-9433-6b35aa8c0903	pmjvi05xafxedtTiliq5LGBbYO14ge2lSCDp-aNwZtE	EdDSA	{"x": "vmi387Fi3rpd-9rApuR8XSQ3glRrQqJgWZBqauAtTQ4", "alg": "EdDSA", "crv": "Ed25519", "kid": "pmjvi05xafxedtTiliq5LGBbYO14ge2lSCDp-aNwZtE", "kty": "OKP", "use": "sig"}	\\x0188e5cf9995c8703dc3b209a42ccbbbf043d3b4de1a30cc99c852bd68f85d13a63d54592bbede60768cbe601b78b60c07b030a8ac4e0748dd2058b243c19208451db43d11d161133be4a2e5d384c0962c	f	2026-11-27 07:04:22.915123+00	\N	\N	f
\.


--
-- Data for Name: token_families; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.token_families (id, tenant_id, client_id, user_id, session_id, scope, amr, acr, auth_time, started_ms, expires_at, ended_at, end_reason, jkt, delegated, resource) FROM stdin;
01a21bd1-7e4d-7078-b90a-7b257fdd8b2b	00000000-0000-0000-0000-000000000001	vaultaris-console	01a21bd1-764a-7632-a9a0-0447b95bd4da	01a21bd1-7e4d-7078-b90a-7b2413dac5f7	{openid,profile,email}	{pwd}	1	1795763043	1795763043186	2027-02-25 07:04:03+00	\N	\N	\N	f	\N
01a21bd1-8fef-744a-ab61-07580155f2f8	01a21bd1-84c4-7782-8ede-59a2adae0b4d	company-1-desk	01a21bd1-8b48-74c9-aab2-ffbfa515788c	01a21bd1-8fef-744a-ab61-0757185a892c	{openid}	{pwd}	1	1795763047	1795763047985	2027-02-25 07:04:07+00	\N	\N	\N	f	\N
01a21bd1-bbaa-71c1-8ecf-167365f9afdb	01a21bd1-84c4-7782-8ede-59a2adae0b4d	company-1-desk	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	01a21bd1-bbaa-71c1-8ecf-167292d83818	{openid}	{pwd}	1	1795763059	1795763059206	2027-02-25 07:04:19+00	\N	\N	\N	f	\N
01a21bd1-bf1f-7180-b5fd-8f8040d0eb21	01a21bd1-84c4-7782-8ede-59a2adae0b4d	company-1-desk	01a21bd1-a9f9-757e-83be-70b5655d2e99	01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e	{openid}	{pwd}	1	1795763059	1795763059856	2027-02-25 07:04:19+00	\N	\N	\N	f	\N
01a21bd1-c237-7495-a1ec-8638c1338012	01a21bd1-84c4-7782-8ede-59a2adae0b4d	company-1-desk	01a21bd1-add8-72f0-bca7-ef6c2b615398	01a21bd1-c237-7495-a1ec-863716aff074	{openid}	{pwd}	1	1795763060	1795763060896	2027-02-25 07:04:20+00	2026-11-27 07:04:21.876136+00	user.deleted	\N	f	\N
01a21bd1-ebee-70e7-8ac6-412d764f967b	01a21bd1-c79a-77ce-9433-6b35aa8c0903	company-9-desk	01a21bd1-ce30-7066-948c-d53ae1de8eb2	01a21bd1-ebee-70e7-8ac6-412ca2971737	{openid}	{pwd}	1	1795763066	1795763066375	2027-02-25 07:04:26+00	\N	\N	\N	f	\N
01a21bd2-2a14-7736-994e-de1e52ee9cc4	01a21bd1-c79a-77ce-9433-6b35aa8c0903	company-9-desk	01a21bd2-1223-715f-b953-31de49fe3a05	01a21bd2-2a14-7736-994e-de1d49a44e4d	{openid}	{pwd}	1	1795763087	1795763087767	2027-02-25 07:04:47+00	\N	\N	\N	f	\N
01a21bd2-2aea-75ce-b7fa-e66195215c6f	01a21bd1-c79a-77ce-9433-6b35aa8c0903	company-9-desk	01a21bd2-1504-710f-9e75-cd933b7ab051	01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d	{openid}	{pwd}	1	1795763087	1795763087995	2027-02-25 07:04:47+00	\N	\N	\N	f	\N
01a21bd2-2caa-7546-a209-f170530092e7	01a21bd1-c79a-77ce-9433-6b35aa8c0903	company-9-desk	01a21bd2-18c2-75fd-b0d7-137546f2a793	01a21bd2-2caa-7546-a209-f16fa9c73497	{openid}	{pwd}	1	1795763088	1795763088334	2027-02-25 07:04:48+00	2026-11-27 07:04:48.963302+00	user.deleted	\N	f	\N
\.


--
-- Data for Name: user_code_guesses; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.user_code_guesses (tenant_id, guesser, wrong, since) FROM stdin;
\.


--
-- Data for Name: webauthn_challenges; Type: TABLE DATA; Schema: auth; Owner: vaultaris
--

COPY auth.webauthn_challenges (id, tenant_id, user_id, purpose, challenge, expires_at) FROM stdin;
\.


--
-- Data for Name: application_groups; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.application_groups (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: application_members; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.application_members (tenant_id, application_id, user_id, version, role, status, invited_at, accepted_at) FROM stdin;
\.


--
-- Data for Name: application_permissions; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.application_permissions (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: application_roles; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.application_roles (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: applications; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.applications (id, tenant_id, version, created_at, updated_at, slug, name, display_name, description, logo_url, homepage_url, primary_color, redirect_uris_base, allowed_scopes, allowed_audiences, access_token_lifetime_seconds, refresh_token_lifetime_seconds, id_token_lifetime_seconds, is_active, isolation_enabled, settings, freeze_reason, frozen_at) FROM stdin;
01a21bd1-b2ab-743c-9868-528f7fe0b8dd	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:17.336372+00	2026-11-27 07:04:17.336377+00	orders	Orders	\N	\N	\N	\N	\N	[]	[]	[]	\N	\N	\N	t	f	{}	\N	\N
01a21bd2-1db3-7225-a6da-ef8380070bb7	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:44.727898+00	2026-11-27 07:04:44.727903+00	orders	Orders	\N	\N	\N	\N	\N	[]	[]	[]	\N	\N	\N	t	f	{}	\N	\N
\.


--
-- Data for Name: applied_licences; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.applied_licences (tenant_id, token, applied_at) FROM stdin;
\.


--
-- Data for Name: group_clients; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.group_clients (tenant_id, group_id, resource_id, created_at) FROM stdin;
\.


--
-- Data for Name: group_login_providers; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.group_login_providers (tenant_id, group_id, resource_id, created_at) FROM stdin;
\.


--
-- Data for Name: group_members; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.group_members (tenant_id, group_id, user_id, created_at) FROM stdin;
\.


--
-- Data for Name: group_roles; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.group_roles (tenant_id, group_id, role_id, created_at) FROM stdin;
\.


--
-- Data for Name: groups; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.groups (id, tenant_id, version, created_at, updated_at, deleted_at, freeze_reason, parent_id, name, path, display_name, description, metadata, frozen_at, limits_clients, limits_login_providers) FROM stdin;
01a21bd1-afcb-7207-81c1-3b6239642e65	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:16.639188+00	2026-11-27 07:04:16.639194+00	\N	\N	\N	Sales	/Sales	\N	\N	{}	\N	f	f
01a21bd1-b1c1-71f7-b0a1-0d3857dd1a0d	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:17.096872+00	2026-11-27 07:04:17.096878+00	\N	\N	01a21bd1-afcb-7207-81c1-3b6239642e65	Sales, north	/Sales/Sales, north	\N	\N	{}	\N	f	f
01a21bd2-1b39-73b7-9907-3616fad7ae5b	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:44.090081+00	2026-11-27 07:04:44.090086+00	\N	\N	\N	Sales	/Sales	\N	\N	{}	\N	f	f
01a21bd2-1c56-73d4-afcf-ee4094e438ab	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:44.379549+00	2026-11-27 07:04:44.379556+00	\N	\N	01a21bd2-1b39-73b7-9907-3616fad7ae5b	Sales, north	/Sales/Sales, north	\N	\N	{}	\N	f	f
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.idempotency_keys (tenant_id, principal_id, key, fingerprint, status, body, created_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: permissions; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.permissions (id, tenant_id, version, created_at, updated_at, deleted_at, freeze_reason, name, resource, action, display_name, description, conditions, is_system, frozen_at) FROM stdin;
01a21bd1-7723-763e-b62c-2ee40b8e7b1d	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.113894+00	2026-11-27 07:04:02.113899+00	\N	\N	*:*	*	*	\N	\N	{}	t	\N
01a21bd1-772e-76b9-a8da-ab0ff7b00e81	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.113901+00	2026-11-27 07:04:02.113902+00	\N	\N	*:read	*	read	\N	\N	{}	t	\N
01a21bd1-84e3-710c-be71-69367d803983	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.627792+00	2026-11-27 07:04:05.627798+00	\N	\N	*:*	*	*	\N	\N	{}	t	\N
01a21bd1-84fa-7658-aced-e9a2e863a062	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.627799+00	2026-11-27 07:04:05.6278+00	\N	\N	*:read	*	read	\N	\N	{}	t	\N
01a21bd1-9664-7042-b25a-5e6d6be168f1	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:10.104746+00	2026-11-27 07:04:10.104751+00	\N	\N	orders:read	orders	read	\N	\N	{}	f	\N
01a21bd1-985c-77cf-9606-0e196f0f3245	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:10.593915+00	2026-11-27 07:04:10.59392+00	\N	\N	orders:approve	orders	approve	\N	\N	{}	f	\N
01a21bd1-c7da-7013-ad4e-31b2c8be27f2	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.751965+00	2026-11-27 07:04:22.75197+00	\N	\N	*:*	*	*	\N	\N	{}	t	\N
01a21bd1-c7df-7121-8d0e-5b2775b8bfde	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.751971+00	2026-11-27 07:04:22.751971+00	\N	\N	*:read	*	read	\N	\N	{}	t	\N
01a21bd2-06bd-74ff-a2f2-2c61b8b060c1	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:38.866412+00	2026-11-27 07:04:38.866418+00	\N	\N	orders:read	orders	read	\N	\N	{}	f	\N
01a21bd2-0b09-733f-9d44-de8b8a90e5a9	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:39.969218+00	2026-11-27 07:04:39.969225+00	\N	\N	orders:approve	orders	approve	\N	\N	{}	f	\N
\.


--
-- Data for Name: role_members; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.role_members (tenant_id, composite_id, member_id, created_at) FROM stdin;
\.


--
-- Data for Name: role_permissions; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.role_permissions (tenant_id, role_id, permission_id, created_at) FROM stdin;
00000000-0000-0000-0000-000000000001	01a21bd1-7722-740f-b96d-029cca0985eb	01a21bd1-7723-763e-b62c-2ee40b8e7b1d	2026-11-27 07:04:02.179574+00
00000000-0000-0000-0000-000000000001	01a21bd1-772e-76b9-a8da-ab0e2164a1bd	01a21bd1-772e-76b9-a8da-ab0ff7b00e81	2026-11-27 07:04:02.179579+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-84e3-710c-be71-693518791ebd	01a21bd1-84e3-710c-be71-69367d803983	2026-11-27 07:04:05.682276+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-84e3-710c-be71-69377d0783c1	01a21bd1-84fa-7658-aced-e9a2e863a062	2026-11-27 07:04:05.682281+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	01a21bd1-9664-7042-b25a-5e6d6be168f1	2026-11-27 07:04:10.44111+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	01a21bd1-985c-77cf-9606-0e196f0f3245	2026-11-27 07:04:11.093439+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd1-c7da-7013-ad4e-31b160986019	01a21bd1-c7da-7013-ad4e-31b2c8be27f2	2026-11-27 07:04:22.841593+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd1-c7df-7121-8d0e-5b26b73799d4	01a21bd1-c7df-7121-8d0e-5b2775b8bfde	2026-11-27 07:04:22.841597+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-0059-766b-9e83-f7f081364474	01a21bd2-06bd-74ff-a2f2-2c61b8b060c1	2026-11-27 07:04:39.47787+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-0059-766b-9e83-f7f081364474	01a21bd2-0b09-733f-9d44-de8b8a90e5a9	2026-11-27 07:04:40.702362+00
\.


--
-- Data for Name: roles; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.roles (id, tenant_id, version, created_at, updated_at, deleted_at, freeze_reason, name, display_name, description, is_system, is_composite, metadata, frozen_at) FROM stdin;
01a21bd1-7722-740f-b96d-029cca0985eb	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.147561+00	2026-11-27 07:04:02.147566+00	\N	\N	tenant-admin	Tenant administrator	May do everything in this tenant.	t	f	{}	\N
01a21bd1-772e-76b9-a8da-ab0e2164a1bd	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.147567+00	2026-11-27 07:04:02.147568+00	\N	\N	tenant-auditor	Tenant auditor	May read everything in this tenant.	t	f	{}	\N
01a21bd1-772e-76b9-a8da-ab101f61fcdd	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.147568+00	2026-11-27 07:04:02.147569+00	\N	\N	tenant-user	Tenant user	May manage their own account.	t	f	{}	\N
01a21bd1-84e3-710c-be71-693518791ebd	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.641213+00	2026-11-27 07:04:05.641219+00	\N	\N	tenant-admin	Tenant administrator	May do everything in this tenant.	t	f	{}	\N
01a21bd1-84e3-710c-be71-69377d0783c1	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.64122+00	2026-11-27 07:04:05.641221+00	\N	\N	tenant-auditor	Tenant auditor	May read everything in this tenant.	t	f	{}	\N
01a21bd1-84fa-7658-aced-e9a334a8ef54	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.641222+00	2026-11-27 07:04:05.641223+00	\N	\N	tenant-user	Tenant user	May manage their own account.	t	f	{}	\N
01a21bd1-94e8-76b1-85f7-4f581c6b1cda	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:09.705184+00	2026-11-27 07:04:09.705189+00	\N	\N	role-3	\N	\N	f	f	{}	\N
01a21bd1-c7da-7013-ad4e-31b160986019	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.814045+00	2026-11-27 07:04:22.81405+00	\N	\N	tenant-admin	Tenant administrator	May do everything in this tenant.	t	f	{}	\N
01a21bd1-c7df-7121-8d0e-5b26b73799d4	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.814051+00	2026-11-27 07:04:22.814051+00	\N	\N	tenant-auditor	Tenant auditor	May read everything in this tenant.	t	f	{}	\N
01a21bd1-c7df-7121-8d0e-5b28ed60d40c	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.814052+00	2026-11-27 07:04:22.814052+00	\N	\N	tenant-user	Tenant user	May manage their own account.	t	f	{}	\N
01a21bd2-0059-766b-9e83-f7f081364474	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:37.218091+00	2026-11-27 07:04:37.218099+00	\N	\N	role-11	\N	\N	f	f	{}	\N
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.schema_version (version_num) FROM stdin;
0008
\.


--
-- Data for Name: settled_terms; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.settled_terms (tenant_id, terms, settled_at) FROM stdin;
00000000-0000-0000-0000-000000000001	{"tier": "community", "limits": {"hosted_tenants": 0}, "reason": "license_downgrade", "status": "none"}	2026-11-27 07:04:28.00351+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	{"tier": "community", "limits": {"hosted_tenants": 0}, "reason": "license_downgrade", "status": "none"}	2026-11-27 07:04:31.412219+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	{"tier": "community", "limits": {"hosted_tenants": 0}, "reason": "license_downgrade", "status": "none"}	2026-11-27 07:04:34.02761+00
\.


--
-- Data for Name: setup_tokens; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.setup_tokens (tenant_id, token_hash, created_at) FROM stdin;
\.


--
-- Data for Name: template_parts; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.template_parts (id, tenant_id, owner, sections, actor, created_at, due_at, attempts) FROM stdin;
\.


--
-- Data for Name: tenants; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.tenants (id, version, created_at, updated_at, deleted_at, freeze_reason, name, slug, display_name, description, logo_url, primary_color, settings, access_token_lifetime_seconds, refresh_token_lifetime_seconds, id_token_lifetime_seconds, authorization_code_lifetime_seconds, password_policy, mfa_enabled, mfa_required, status, is_billing_shadow, host_tenant_id, tier, frozen_at) FROM stdin;
00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.024478+00	2026-11-27 07:04:02.024485+00	\N	\N	Master	master	\N	\N	\N	\N	{}	3600	2592000	3600	60	{}	t	f	active	f	\N	\N	\N
01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:05.599333+00	2026-11-27 07:04:05.599339+00	\N	\N	Company-1	company-1	\N	\N	\N	\N	{}	3600	2592000	3600	60	{}	t	f	active	f	\N	\N	\N
01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:22.717567+00	2026-11-27 07:04:22.717574+00	\N	\N	Company-9	company-9	\N	\N	\N	\N	{}	3600	2592000	3600	60	{}	t	f	active	f	\N	\N	\N
\.


--
-- Data for Name: user_roles; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.user_roles (tenant_id, user_id, role_id, created_at) FROM stdin;
00000000-0000-0000-0000-000000000001	01a21bd1-764a-7632-a9a0-0447b95bd4da	01a21bd1-7722-740f-b96d-029cca0985eb	2026-11-27 07:04:02.36231+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-8b48-74c9-aab2-ffbfa515788c	01a21bd1-84e3-710c-be71-693518791ebd	2026-11-27 07:04:07.907502+00
01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	01a21bd1-94e8-76b1-85f7-4f581c6b1cda	2026-11-27 07:04:16.403615+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd1-ce30-7066-948c-d53ae1de8eb2	01a21bd1-c7da-7013-ad4e-31b160986019	2026-11-27 07:04:25.891778+00
01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-1223-715f-b953-31de49fe3a05	01a21bd2-0059-766b-9e83-f7f081364474	2026-11-27 07:04:43.737216+00
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: directory; Owner: vaultaris
--

COPY directory.users (id, tenant_id, version, created_at, updated_at, deleted_at, freeze_reason, username, username_key, email, email_key, email_verified, phone, phone_verified, first_name, last_name, display_name, avatar_url, locale, timezone, status, mfa_enabled, mfa_type, metadata, password_hash, password_changed_at, password_history, failed_login_attempts, lockouts, locked_until, last_login_at, frozen_at) FROM stdin;
01a21bd1-764a-7632-a9a0-0447b95bd4da	00000000-0000-0000-0000-000000000001	1	2026-11-27 07:04:02.21979+00	2026-11-27 07:04:02.21979+00	\N	\N	root	root	root@vaultaris.test	root@vaultaris.test	t	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$Qv9hLGZLVarKqP3IdShb4w$tvCJnJin/v6tQBJJOb+wuri/ytgXGsF2dAK50tVoS2w	2026-11-27 07:04:02.21979+00	[]	0	0	\N	2026-11-27 07:04:03.828744+00	\N
01a21bd1-8b48-74c9-aab2-ffbfa515788c	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:07.240467+00	2026-11-27 07:04:07.240467+00	\N	\N	user-2	user-2	user-2@company.test	user-2@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$MW6JhQN8E6lqSTsiGUpqAQ$IHGc/t03EwS5iXbHRIUBvSmnnd1LTn7XFsawpsNXQps	2026-11-27 07:04:07.240467+00	[]	0	0	\N	2026-11-27 07:04:08.368499+00	\N
01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:12.639758+00	2026-11-27 07:04:12.639758+00	\N	\N	user-4	user-4	user-4@company.test	user-4@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$gDnv6EjcOnNjh8AwQl3oLA$j0AOy0RxMRmeQZzcH3Fep/2OzydXvq8/APUANizE4hU	2026-11-27 07:04:12.639758+00	[]	0	0	\N	2026-11-27 07:04:19.501632+00	\N
01a21bd1-a9f9-757e-83be-70b5655d2e99	01a21bd1-84c4-7782-8ede-59a2adae0b4d	1	2026-11-27 07:04:15.097909+00	2026-11-27 07:04:15.097909+00	\N	\N	user-5	user-5	user-5@company.test	user-5@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$z6gM/wRzePYp9S5cTCei+w$3u314rMLA9bSlNTU8iBaOixmqVjPXFFtMpIxhf8psNo	2026-11-27 07:04:15.097909+00	[]	0	0	\N	2026-11-27 07:04:20.420688+00	\N
01a21bd1-add8-72f0-bca7-ef6c2b615398	01a21bd1-84c4-7782-8ede-59a2adae0b4d	2	2026-11-27 07:04:16.088041+00	2026-11-27 07:04:21.757438+00	2026-11-27 07:04:21.700279+00	\N	user-6	user-6	user-6@company.test	user-6@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$PIrjMH6F1zAVXTbAziX4wg$l8G3u1CqhPF0zDzRvmWCds/AzKcFoJOi7ugMOy/8v/s	2026-11-27 07:04:16.088041+00	[]	0	0	\N	2026-11-27 07:04:21.256665+00	\N
01a21bd1-ce30-7066-948c-d53ae1de8eb2	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:24.368486+00	2026-11-27 07:04:24.368486+00	\N	\N	user-10	user-10	user-10@company.test	user-10@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$SxBCG90EWU1CUysDTCpeVg$qCdlCHEYCmhmSNrYK5j2r3I91mwnZK5mtJ8itwlofVk	2026-11-27 07:04:24.368486+00	[]	0	0	\N	2026-11-27 07:04:31.139151+00	\N
01a21bd2-1223-715f-b953-31de49fe3a05	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:41.763928+00	2026-11-27 07:04:41.763928+00	\N	\N	user-12	user-12	user-12@company.test	user-12@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$UdKHnRPgQ23Iea4VRye2nA$u9Zj02WagKqk86DEOVS3816agqrJKY0gvTVy/+w6ojc	2026-11-27 07:04:41.763928+00	[]	0	0	\N	2026-11-27 07:04:47.884842+00	\N
01a21bd2-1504-710f-9e75-cd933b7ab051	01a21bd1-c79a-77ce-9433-6b35aa8c0903	1	2026-11-27 07:04:42.500048+00	2026-11-27 07:04:42.500048+00	\N	\N	user-13	user-13	user-13@company.test	user-13@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$zEeKrZtWjFOjrugN0HZDXA$bA7PaVjz/CyBc52uKm4Efzyr5ygVsCePo0VP3QO8JD8	2026-11-27 07:04:42.500048+00	[]	0	0	\N	2026-11-27 07:04:48.07494+00	\N
01a21bd2-18c2-75fd-b0d7-137546f2a793	01a21bd1-c79a-77ce-9433-6b35aa8c0903	2	2026-11-27 07:04:43.457979+00	2026-11-27 07:04:48.899863+00	2026-11-27 07:04:48.820389+00	\N	user-14	user-14	user-14@company.test	user-14@company.test	f	\N	f	\N	\N	\N	\N	en	UTC	active	f	\N	{}	$argon2id$v=19$m=19456,t=2,p=1$1MN5sO0ECXhqoK9b5p9xpA$muWz9SYCz0ppe9HGdkyRvpxWulymHhlwJJF6mpL/U5o	2026-11-27 07:04:43.457979+00	[]	0	0	\N	2026-11-27 07:04:48.517465+00	\N
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: plugins; Owner: vaultaris
--

COPY plugins.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: plugins; Owner: vaultaris
--

COPY plugins.schema_version (version_num) FROM stdin;
0001
\.


--
-- Data for Name: application_policies; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.application_policies (tenant_id, application_id, resource_id, is_inherited, is_owned, linked_at) FROM stdin;
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.idempotency_keys (tenant_id, principal_id, key, fingerprint, status, body, created_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: policies; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.policies (id, tenant_id, created_at, updated_at, version, name, effect, resource_pattern, actions, display_name, description, priority, conditions, status, freeze_reason, frozen_at) FROM stdin;
\.


--
-- Data for Name: policy_versions; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.policy_versions (tenant_id, policy_id, version, changed_at, actor_type, actor_id, state) FROM stdin;
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: policy; Owner: vaultaris
--

COPY policy.schema_version (version_num) FROM stdin;
0004
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: sessions; Owner: vaultaris
--

COPY sessions.outbox (id, tenant_id, subject, payload) FROM stdin;
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: sessions; Owner: vaultaris
--

COPY sessions.schema_version (version_num) FROM stdin;
0001
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: sessions; Owner: vaultaris
--

COPY sessions.sessions (id, tenant_id, user_id, client_id, auth_method, mfa_verified, ip_address, user_agent, device_fingerprint, created_at, updated_at, last_activity_at, active_until, expires_at, ended_at, end_reason) FROM stdin;
01a21bd1-7e4d-7078-b90a-7b2413dac5f7	00000000-0000-0000-0000-000000000001	01a21bd1-764a-7632-a9a0-0447b95bd4da	vaultaris-console	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:03.186+00	2026-11-27 07:04:06.012302+00	2026-11-27 07:04:04.473758+00	2026-12-27 07:04:03+00	2027-02-25 07:04:03+00	\N	\N
01a21bd1-8fef-744a-ab61-0757185a892c	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-8b48-74c9-aab2-ffbfa515788c	company-1-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:07.985+00	2026-11-27 07:04:08.703697+00	2026-11-27 07:04:08.616288+00	2026-12-27 07:04:07+00	2027-02-25 07:04:07+00	\N	\N
01a21bd1-bbaa-71c1-8ecf-167292d83818	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-a05f-76f0-9b64-8fd1d26c9b40	company-1-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:19.206+00	2026-11-27 07:04:19.761697+00	2026-11-27 07:04:19.664587+00	2026-12-27 07:04:19+00	2027-02-25 07:04:19+00	\N	\N
01a21bd1-bf1f-7180-b5fd-8f7f1aeb295e	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-a9f9-757e-83be-70b5655d2e99	company-1-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:19.856+00	2026-11-27 07:04:20.78051+00	2026-11-27 07:04:20.687201+00	2026-12-27 07:04:19+00	2027-02-25 07:04:19+00	\N	\N
01a21bd1-c237-7495-a1ec-863716aff074	01a21bd1-84c4-7782-8ede-59a2adae0b4d	01a21bd1-add8-72f0-bca7-ef6c2b615398	company-1-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:20.896+00	2026-11-27 07:04:22.142663+00	2026-11-27 07:04:21.440564+00	2026-12-27 07:04:20+00	2027-02-25 07:04:20+00	2026-11-27 07:04:22.043362+00	user.deleted
01a21bd1-ebee-70e7-8ac6-412ca2971737	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd1-ce30-7066-948c-d53ae1de8eb2	company-9-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:26.375+00	2026-11-27 07:04:36.425687+00	2026-11-27 07:04:32.613587+00	2026-12-27 07:04:26+00	2027-02-25 07:04:26+00	\N	\N
01a21bd2-2a14-7736-994e-de1d49a44e4d	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-1223-715f-b953-31de49fe3a05	company-9-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:47.767+00	2026-11-27 07:04:48.038218+00	2026-11-27 07:04:47.927238+00	2026-12-27 07:04:47+00	2027-02-25 07:04:47+00	\N	\N
01a21bd2-2aea-75ce-b7fa-e660dc7b3b7d	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-1504-710f-9e75-cd933b7ab051	company-9-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:47.995+00	2026-11-27 07:04:48.277321+00	2026-11-27 07:04:48.169723+00	2026-12-27 07:04:47+00	2027-02-25 07:04:47+00	\N	\N
01a21bd2-2caa-7546-a209-f16fa9c73497	01a21bd1-c79a-77ce-9433-6b35aa8c0903	01a21bd2-18c2-75fd-b0d7-137546f2a793	company-9-desk	pwd	f	127.0.0.1	python-httpx/0.28.1	\N	2026-11-27 07:04:48.334+00	2026-11-27 07:04:49.067848+00	2026-11-27 07:04:48.624445+00	2026-12-27 07:04:48+00	2027-02-25 07:04:48+00	2026-11-27 07:04:49.020276+00	user.deleted
\.


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: audit; Owner: vaultaris
--

ALTER TABLE ONLY audit.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: audit; Owner: vaultaris
--

ALTER TABLE ONLY audit.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: audit; Owner: vaultaris
--

ALTER TABLE ONLY audit.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: audit_entries uq_audit_entries_sequence; Type: CONSTRAINT; Schema: audit; Owner: vaultaris
--

ALTER TABLE ONLY audit.audit_entries
    ADD CONSTRAINT uq_audit_entries_sequence UNIQUE (tenant_id, sequence);


--
-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);


--
-- Name: application_clients application_clients_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.application_clients
    ADD CONSTRAINT application_clients_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: application_identity_providers application_identity_providers_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.application_identity_providers
    ADD CONSTRAINT application_identity_providers_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: authorization_codes authorization_codes_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.authorization_codes
    ADD CONSTRAINT authorization_codes_pkey PRIMARY KEY (id);


--
-- Name: authorization_requests authorization_requests_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.authorization_requests
    ADD CONSTRAINT authorization_requests_pkey PRIMARY KEY (id);


--
-- Name: browser_sessions browser_sessions_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.browser_sessions
    ADD CONSTRAINT browser_sessions_pkey PRIMARY KEY (id);


--
-- Name: consents consents_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);


--
-- Name: device_authorizations device_authorizations_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.device_authorizations
    ADD CONSTRAINT device_authorizations_pkey PRIMARY KEY (id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, principal_id, key);


--
-- Name: identity_providers identity_providers_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.identity_providers
    ADD CONSTRAINT identity_providers_pkey PRIMARY KEY (id);


--
-- Name: logout_notices logout_notices_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.logout_notices
    ADD CONSTRAINT logout_notices_pkey PRIMARY KEY (id);


--
-- Name: oauth_clients oauth_clients_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.oauth_clients
    ADD CONSTRAINT oauth_clients_pkey PRIMARY KEY (id);


--
-- Name: one_time_values one_time_values_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.one_time_values
    ADD CONSTRAINT one_time_values_pkey PRIMARY KEY (tenant_id, digest);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: passkeys passkeys_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);


--
-- Name: pushed_authorization_requests pushed_authorization_requests_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.pushed_authorization_requests
    ADD CONSTRAINT pushed_authorization_requests_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id);


--
-- Name: revocations revocations_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.revocations
    ADD CONSTRAINT revocations_pkey PRIMARY KEY (key);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: session_clients session_clients_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.session_clients
    ADD CONSTRAINT session_clients_pkey PRIMARY KEY (session_id, client_id);


--
-- Name: signing_keys signing_keys_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);


--
-- Name: token_families token_families_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.token_families
    ADD CONSTRAINT token_families_pkey PRIMARY KEY (id);


--
-- Name: passkeys uq_passkeys_credential_id; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.passkeys
    ADD CONSTRAINT uq_passkeys_credential_id UNIQUE (tenant_id, credential_id);


--
-- Name: user_code_guesses user_code_guesses_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.user_code_guesses
    ADD CONSTRAINT user_code_guesses_pkey PRIMARY KEY (tenant_id, guesser);


--
-- Name: webauthn_challenges webauthn_challenges_pkey; Type: CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.webauthn_challenges
    ADD CONSTRAINT webauthn_challenges_pkey PRIMARY KEY (id);


--
-- Name: application_groups application_groups_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_groups
    ADD CONSTRAINT application_groups_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: application_permissions application_permissions_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_permissions
    ADD CONSTRAINT application_permissions_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: application_roles application_roles_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_roles
    ADD CONSTRAINT application_roles_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: applications applications_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.applications
    ADD CONSTRAINT applications_pkey PRIMARY KEY (id);


--
-- Name: applied_licences applied_licences_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.applied_licences
    ADD CONSTRAINT applied_licences_pkey PRIMARY KEY (tenant_id);


--
-- Name: group_clients group_clients_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_clients
    ADD CONSTRAINT group_clients_pkey PRIMARY KEY (group_id, resource_id);


--
-- Name: group_login_providers group_login_providers_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_login_providers
    ADD CONSTRAINT group_login_providers_pkey PRIMARY KEY (group_id, resource_id);


--
-- Name: group_members group_members_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_members
    ADD CONSTRAINT group_members_pkey PRIMARY KEY (group_id, user_id) INCLUDE (tenant_id);


--
-- Name: group_roles group_roles_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_roles
    ADD CONSTRAINT group_roles_pkey PRIMARY KEY (group_id, role_id);


--
-- Name: groups groups_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, principal_id, key);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: permissions permissions_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.permissions
    ADD CONSTRAINT permissions_pkey PRIMARY KEY (id);


--
-- Name: application_members pk_application_members; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_members
    ADD CONSTRAINT pk_application_members PRIMARY KEY (application_id, user_id);


--
-- Name: role_members role_members_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_members
    ADD CONSTRAINT role_members_pkey PRIMARY KEY (composite_id, member_id);


--
-- Name: role_permissions role_permissions_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_permissions
    ADD CONSTRAINT role_permissions_pkey PRIMARY KEY (role_id, permission_id);


--
-- Name: roles roles_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: settled_terms settled_terms_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.settled_terms
    ADD CONSTRAINT settled_terms_pkey PRIMARY KEY (tenant_id);


--
-- Name: setup_tokens setup_tokens_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.setup_tokens
    ADD CONSTRAINT setup_tokens_pkey PRIMARY KEY (tenant_id);


--
-- Name: template_parts template_parts_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.template_parts
    ADD CONSTRAINT template_parts_pkey PRIMARY KEY (id);


--
-- Name: tenants tenants_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);


--
-- Name: applications uq_applications_slug; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.applications
    ADD CONSTRAINT uq_applications_slug UNIQUE (tenant_id, slug);


--
-- Name: permissions uq_permissions_name; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.permissions
    ADD CONSTRAINT uq_permissions_name UNIQUE (tenant_id, name);


--
-- Name: roles uq_roles_name; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.roles
    ADD CONSTRAINT uq_roles_name UNIQUE (tenant_id, name);


--
-- Name: tenants uq_tenants_slug; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.tenants
    ADD CONSTRAINT uq_tenants_slug UNIQUE (slug);


--
-- Name: users uq_users_email; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.users
    ADD CONSTRAINT uq_users_email UNIQUE (tenant_id, email_key);


--
-- Name: users uq_users_username; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.users
    ADD CONSTRAINT uq_users_username UNIQUE (tenant_id, username_key);


--
-- Name: user_roles user_roles_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: plugins; Owner: vaultaris
--

ALTER TABLE ONLY plugins.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: plugins; Owner: vaultaris
--

ALTER TABLE ONLY plugins.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: application_policies application_policies_pkey; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.application_policies
    ADD CONSTRAINT application_policies_pkey PRIMARY KEY (application_id, resource_id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, principal_id, key);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: policies policies_pkey; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (id);


--
-- Name: policy_versions policy_versions_pkey; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.policy_versions
    ADD CONSTRAINT policy_versions_pkey PRIMARY KEY (policy_id, version);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: policies uq_policies_name; Type: CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.policies
    ADD CONSTRAINT uq_policies_name UNIQUE (tenant_id, name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: sessions; Owner: vaultaris
--

ALTER TABLE ONLY sessions.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkc; Type: CONSTRAINT; Schema: sessions; Owner: vaultaris
--

ALTER TABLE ONLY sessions.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: sessions; Owner: vaultaris
--

ALTER TABLE ONLY sessions.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: ix_audit_entries_action; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_action ON audit.audit_entries USING btree (tenant_id, action, created_at, id);


--
-- Name: ix_audit_entries_actor_id; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_actor_id ON audit.audit_entries USING btree (tenant_id, actor_id, created_at, id);


--
-- Name: ix_audit_entries_actor_type; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_actor_type ON audit.audit_entries USING btree (tenant_id, actor_type, created_at, id);


--
-- Name: ix_audit_entries_created; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_created ON audit.audit_entries USING btree (tenant_id, created_at, id);


--
-- Name: ix_audit_entries_resource_id; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_resource_id ON audit.audit_entries USING btree (tenant_id, resource_id, created_at, id);


--
-- Name: ix_audit_entries_resource_type; Type: INDEX; Schema: audit; Owner: vaultaris
--

CREATE INDEX ix_audit_entries_resource_type ON audit.audit_entries USING btree (tenant_id, resource_type, created_at, id);


--
-- Name: ix_api_keys_frozen; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_frozen ON auth.api_keys USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND true);


--
-- Name: ix_api_keys_tenant_id_created_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_tenant_id_created_at ON auth.api_keys USING btree (tenant_id, created_at, id);


--
-- Name: ix_api_keys_tenant_id_last_used_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_tenant_id_last_used_at ON auth.api_keys USING btree (tenant_id, last_used_at, id);


--
-- Name: ix_api_keys_tenant_id_name; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_tenant_id_name ON auth.api_keys USING btree (tenant_id, name, id);


--
-- Name: ix_api_keys_tenant_id_owner_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_tenant_id_owner_id ON auth.api_keys USING btree (tenant_id, owner_id, created_at);


--
-- Name: ix_api_keys_tenant_id_updated_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_api_keys_tenant_id_updated_at ON auth.api_keys USING btree (tenant_id, updated_at, id);


--
-- Name: ix_application_clients_resource; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_application_clients_resource ON auth.application_clients USING btree (resource_id);


--
-- Name: ix_application_identity_providers_resource; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_application_identity_providers_resource ON auth.application_identity_providers USING btree (resource_id);


--
-- Name: ix_auth_idempotency_keys_created_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_auth_idempotency_keys_created_at ON auth.idempotency_keys USING btree (created_at);


--
-- Name: ix_authorization_codes_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_authorization_codes_expires_at ON auth.authorization_codes USING btree (expires_at);


--
-- Name: ix_authorization_codes_user; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_authorization_codes_user ON auth.authorization_codes USING btree (tenant_id, user_id) WHERE ((spent_at IS NOT NULL) AND (family_id IS NULL));


--
-- Name: ix_authorization_requests_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_authorization_requests_expires_at ON auth.authorization_requests USING btree (expires_at);


--
-- Name: ix_browser_sessions_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_browser_sessions_expires_at ON auth.browser_sessions USING btree (expires_at);


--
-- Name: ix_browser_sessions_tenant_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_browser_sessions_tenant_id ON auth.browser_sessions USING btree (tenant_id) WHERE (ended_at IS NULL);


--
-- Name: ix_browser_sessions_user_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_browser_sessions_user_id ON auth.browser_sessions USING btree (user_id) WHERE (ended_at IS NULL);


--
-- Name: ix_consents_tenant_id_client_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_consents_tenant_id_client_id ON auth.consents USING btree (tenant_id, client_id);


--
-- Name: ix_device_authorizations_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_device_authorizations_expires_at ON auth.device_authorizations USING btree (expires_at);


--
-- Name: ix_identity_providers_frozen; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_identity_providers_frozen ON auth.identity_providers USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND true);


--
-- Name: ix_identity_providers_tenant_id_priority; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_identity_providers_tenant_id_priority ON auth.identity_providers USING btree (tenant_id, priority, name);


--
-- Name: ix_logout_notices_next_attempt_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_logout_notices_next_attempt_at ON auth.logout_notices USING btree (next_attempt_at);


--
-- Name: ix_oauth_clients_frozen; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_oauth_clients_frozen ON auth.oauth_clients USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND true);


--
-- Name: ix_oauth_clients_tenant_id_created_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_oauth_clients_tenant_id_created_at ON auth.oauth_clients USING btree (tenant_id, created_at, id);


--
-- Name: ix_oauth_clients_tenant_id_name; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_oauth_clients_tenant_id_name ON auth.oauth_clients USING btree (tenant_id, name, id);


--
-- Name: ix_oauth_clients_tenant_id_updated_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_oauth_clients_tenant_id_updated_at ON auth.oauth_clients USING btree (tenant_id, updated_at, id);


--
-- Name: ix_one_time_values_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_one_time_values_expires_at ON auth.one_time_values USING btree (expires_at);


--
-- Name: ix_passkeys_user; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_passkeys_user ON auth.passkeys USING btree (tenant_id, user_id, created_at);


--
-- Name: ix_pushed_authorization_requests_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_pushed_authorization_requests_expires_at ON auth.pushed_authorization_requests USING btree (expires_at);


--
-- Name: ix_refresh_tokens_family_id_access_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_refresh_tokens_family_id_access_expires_at ON auth.refresh_tokens USING btree (family_id, access_expires_at);


--
-- Name: ix_revocations_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_revocations_expires_at ON auth.revocations USING btree (expires_at);


--
-- Name: ix_revocations_waiting; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_revocations_waiting ON auth.revocations USING btree (key) WHERE (NOT announced);


--
-- Name: ix_session_clients_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_session_clients_expires_at ON auth.session_clients USING btree (expires_at);


--
-- Name: ix_session_clients_tenant_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_session_clients_tenant_id ON auth.session_clients USING btree (tenant_id);


--
-- Name: ix_session_clients_user_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_session_clients_user_id ON auth.session_clients USING btree (user_id);


--
-- Name: ix_signing_keys_created_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_signing_keys_created_at ON auth.signing_keys USING btree (created_at) WHERE (retired_at IS NULL);


--
-- Name: ix_signing_keys_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_signing_keys_expires_at ON auth.signing_keys USING btree (expires_at);


--
-- Name: ix_token_families_client_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_token_families_client_id ON auth.token_families USING btree (client_id) WHERE (ended_at IS NULL);


--
-- Name: ix_token_families_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_token_families_expires_at ON auth.token_families USING btree (expires_at);


--
-- Name: ix_token_families_session_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_token_families_session_id ON auth.token_families USING btree (session_id) WHERE (ended_at IS NULL);


--
-- Name: ix_token_families_tenant_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_token_families_tenant_id ON auth.token_families USING btree (tenant_id) WHERE (ended_at IS NULL);


--
-- Name: ix_token_families_user_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_token_families_user_id ON auth.token_families USING btree (user_id) WHERE (ended_at IS NULL);


--
-- Name: ix_user_code_guesses_since; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_user_code_guesses_since ON auth.user_code_guesses USING btree (since);


--
-- Name: ix_webauthn_challenges_expires_at; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE INDEX ix_webauthn_challenges_expires_at ON auth.webauthn_challenges USING btree (expires_at);


--
-- Name: uq_api_keys_key_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_api_keys_key_hash ON auth.api_keys USING btree (key_hash);


--
-- Name: uq_application_clients_owner; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_application_clients_owner ON auth.application_clients USING btree (resource_id) WHERE is_owned;


--
-- Name: uq_application_identity_providers_owner; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_application_identity_providers_owner ON auth.application_identity_providers USING btree (resource_id) WHERE is_owned;


--
-- Name: uq_authorization_codes_code_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_authorization_codes_code_hash ON auth.authorization_codes USING btree (code_hash);


--
-- Name: uq_authorization_requests_request_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_authorization_requests_request_hash ON auth.authorization_requests USING btree (request_hash);


--
-- Name: uq_browser_sessions_secret_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_browser_sessions_secret_hash ON auth.browser_sessions USING btree (secret_hash);


--
-- Name: uq_consents_tenant_id_user_id_client_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_consents_tenant_id_user_id_client_id ON auth.consents USING btree (tenant_id, user_id, client_id);


--
-- Name: uq_device_authorizations_device_code_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_device_authorizations_device_code_hash ON auth.device_authorizations USING btree (device_code_hash);


--
-- Name: uq_device_authorizations_user_code_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_device_authorizations_user_code_hash ON auth.device_authorizations USING btree (user_code_hash);


--
-- Name: uq_identity_providers_name; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_identity_providers_name ON auth.identity_providers USING btree (tenant_id, name);


--
-- Name: uq_oauth_clients_client_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_oauth_clients_client_id ON auth.oauth_clients USING btree (client_id);


--
-- Name: uq_pushed_authorization_requests_request_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_pushed_authorization_requests_request_hash ON auth.pushed_authorization_requests USING btree (request_hash);


--
-- Name: uq_refresh_tokens_token_hash; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_refresh_tokens_token_hash ON auth.refresh_tokens USING btree (token_hash);


--
-- Name: uq_signing_keys_active; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_signing_keys_active ON auth.signing_keys USING btree (tenant_id) WHERE is_active;


--
-- Name: uq_signing_keys_current; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_signing_keys_current ON auth.signing_keys USING btree (tenant_id, algorithm) WHERE ((retired_at IS NULL) AND (NOT is_pending));


--
-- Name: uq_signing_keys_key_id; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_signing_keys_key_id ON auth.signing_keys USING btree (key_id);


--
-- Name: uq_signing_keys_pending; Type: INDEX; Schema: auth; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_signing_keys_pending ON auth.signing_keys USING btree (tenant_id, algorithm) WHERE ((retired_at IS NULL) AND is_pending);


--
-- Name: ix_application_groups_resource; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_groups_resource ON directory.application_groups USING btree (resource_id);


--
-- Name: ix_application_members_active; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_members_active ON directory.application_members USING btree (user_id, application_id) WHERE (status = 'active'::text);


--
-- Name: ix_application_members_invited; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_members_invited ON directory.application_members USING btree (application_id, invited_at, user_id) INCLUDE (tenant_id);


--
-- Name: ix_application_members_user; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_members_user ON directory.application_members USING btree (user_id);


--
-- Name: ix_application_permissions_resource; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_permissions_resource ON directory.application_permissions USING btree (resource_id);


--
-- Name: ix_application_roles_resource; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_application_roles_resource ON directory.application_roles USING btree (resource_id);


--
-- Name: ix_applications_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_applications_created ON directory.applications USING btree (tenant_id, created_at, id);


--
-- Name: ix_applications_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_applications_frozen ON directory.applications USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND true);


--
-- Name: ix_applications_name; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_applications_name ON directory.applications USING btree (tenant_id, name, id);


--
-- Name: ix_applications_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_applications_updated ON directory.applications USING btree (tenant_id, updated_at, id);


--
-- Name: ix_group_clients_resource; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_group_clients_resource ON directory.group_clients USING btree (tenant_id, resource_id);


--
-- Name: ix_group_login_providers_resource; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_group_login_providers_resource ON directory.group_login_providers USING btree (tenant_id, resource_id);


--
-- Name: ix_group_members_user_id; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_group_members_user_id ON directory.group_members USING btree (user_id);


--
-- Name: ix_group_roles_role_id; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_group_roles_role_id ON directory.group_roles USING btree (role_id);


--
-- Name: ix_groups_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_groups_created ON directory.groups USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_groups_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_groups_frozen ON directory.groups USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_groups_name; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_groups_name ON directory.groups USING btree (tenant_id, name, id);


--
-- Name: ix_groups_parent; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_groups_parent ON directory.groups USING btree (parent_id);


--
-- Name: ix_groups_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_groups_updated ON directory.groups USING btree (tenant_id, updated_at, id);


--
-- Name: ix_idempotency_keys_created_at; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_idempotency_keys_created_at ON directory.idempotency_keys USING btree (created_at);


--
-- Name: ix_permissions_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_permissions_created ON directory.permissions USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_permissions_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_permissions_frozen ON directory.permissions USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_permissions_right; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_permissions_right ON directory.permissions USING btree (tenant_id, resource, action);


--
-- Name: ix_permissions_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_permissions_updated ON directory.permissions USING btree (tenant_id, updated_at, id);


--
-- Name: ix_role_members_member_id; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_role_members_member_id ON directory.role_members USING btree (member_id);


--
-- Name: ix_role_permissions_permission_id; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_role_permissions_permission_id ON directory.role_permissions USING btree (permission_id);


--
-- Name: ix_roles_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_roles_created ON directory.roles USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_roles_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_roles_frozen ON directory.roles USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_roles_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_roles_updated ON directory.roles USING btree (tenant_id, updated_at, id);


--
-- Name: ix_template_parts_due_at; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_template_parts_due_at ON directory.template_parts USING btree (due_at);


--
-- Name: ix_tenants_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_tenants_created ON directory.tenants USING btree (created_at, id);


--
-- Name: ix_tenants_hosted; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_tenants_hosted ON directory.tenants USING btree (host_tenant_id, created_at, id) WHERE (host_tenant_id IS NOT NULL);


--
-- Name: ix_tenants_hosted_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_tenants_hosted_frozen ON directory.tenants USING btree (host_tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND (host_tenant_id IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_tenants_name; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_tenants_name ON directory.tenants USING btree (name, id);


--
-- Name: ix_tenants_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_tenants_updated ON directory.tenants USING btree (updated_at, id);


--
-- Name: ix_user_roles_role_id; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_user_roles_role_id ON directory.user_roles USING btree (role_id, user_id) INCLUDE (tenant_id);


--
-- Name: ix_users_created; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_created ON directory.users USING btree (tenant_id, created_at, id) INCLUDE (deleted_at);


--
-- Name: ix_users_frozen; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_frozen ON directory.users USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_users_status; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_status ON directory.users USING btree (tenant_id, status, created_at, id) INCLUDE (deleted_at);


--
-- Name: ix_users_trigrams; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_trigrams ON directory.users USING gin (tenant_id, search_text directory.gin_trgm_ops);


--
-- Name: ix_users_updated; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_updated ON directory.users USING btree (tenant_id, updated_at, id);


--
-- Name: ix_users_verified_email; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE INDEX ix_users_verified_email ON directory.users USING btree (email_key) WHERE (email_verified AND (deleted_at IS NULL));


--
-- Name: uq_groups_name; Type: INDEX; Schema: directory; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_groups_name ON directory.groups USING btree (tenant_id, COALESCE(parent_id, '00000000-0000-0000-0000-000000000000'::uuid), name);


--
-- Name: ix_application_policies_resource; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_application_policies_resource ON policy.application_policies USING btree (resource_id);


--
-- Name: ix_idempotency_keys_created_at; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_idempotency_keys_created_at ON policy.idempotency_keys USING btree (created_at);


--
-- Name: ix_policies_active; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_active ON policy.policies USING btree (tenant_id, id, version) WHERE ((status = 'active'::text) AND (freeze_reason IS NULL));


--
-- Name: ix_policies_created; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_created ON policy.policies USING btree (tenant_id, created_at, id);


--
-- Name: ix_policies_effect; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_effect ON policy.policies USING btree (tenant_id, effect, created_at, id);


--
-- Name: ix_policies_frozen; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_frozen ON policy.policies USING btree (tenant_id, frozen_at, id) WHERE ((freeze_reason IS NOT NULL) AND true);


--
-- Name: ix_policies_priority; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_priority ON policy.policies USING btree (tenant_id, priority, id);


--
-- Name: ix_policies_status; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_status ON policy.policies USING btree (tenant_id, status, created_at, id);


--
-- Name: ix_policies_updated; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE INDEX ix_policies_updated ON policy.policies USING btree (tenant_id, updated_at, id);


--
-- Name: uq_application_policies_owner; Type: INDEX; Schema: policy; Owner: vaultaris
--

CREATE UNIQUE INDEX uq_application_policies_owner ON policy.application_policies USING btree (resource_id) WHERE is_owned;


--
-- Name: ix_sessions_client; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_client ON sessions.sessions USING btree (tenant_id, client_id, created_at, id);


--
-- Name: ix_sessions_created; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_created ON sessions.sessions USING btree (tenant_id, created_at, id);


--
-- Name: ix_sessions_expires; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_expires ON sessions.sessions USING btree (tenant_id, expires_at, id);


--
-- Name: ix_sessions_last_activity; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_last_activity ON sessions.sessions USING btree (tenant_id, last_activity_at, id);


--
-- Name: ix_sessions_live; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_live ON sessions.sessions USING btree (tenant_id, created_at, id) WHERE (ended_at IS NULL);


--
-- Name: ix_sessions_sweep; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_sweep ON sessions.sessions USING btree (active_until) WHERE (ended_at IS NULL);


--
-- Name: ix_sessions_user; Type: INDEX; Schema: sessions; Owner: vaultaris
--

CREATE INDEX ix_sessions_user ON sessions.sessions USING btree (tenant_id, user_id, created_at, id);


--
-- Name: api_keys note_freeze; Type: TRIGGER; Schema: auth; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON auth.api_keys FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION auth.note_freeze();


--
-- Name: identity_providers note_freeze; Type: TRIGGER; Schema: auth; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON auth.identity_providers FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION auth.note_freeze();


--
-- Name: oauth_clients note_freeze; Type: TRIGGER; Schema: auth; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON auth.oauth_clients FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION auth.note_freeze();


--
-- Name: applications note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.applications FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: groups note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.groups FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: permissions note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.permissions FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: roles note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.roles FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: tenants note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.tenants FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: users note_freeze; Type: TRIGGER; Schema: directory; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON directory.users FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION directory.note_freeze();


--
-- Name: policies note_freeze; Type: TRIGGER; Schema: policy; Owner: vaultaris
--

CREATE TRIGGER note_freeze BEFORE UPDATE OF freeze_reason ON policy.policies FOR EACH ROW WHEN ((new.freeze_reason IS DISTINCT FROM old.freeze_reason)) EXECUTE FUNCTION policy.note_freeze();


--
-- Name: application_clients application_clients_resource_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.application_clients
    ADD CONSTRAINT application_clients_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES auth.oauth_clients(id) ON DELETE CASCADE;


--
-- Name: application_identity_providers application_identity_providers_resource_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.application_identity_providers
    ADD CONSTRAINT application_identity_providers_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES auth.identity_providers(id) ON DELETE CASCADE;


--
-- Name: refresh_tokens refresh_tokens_family_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: vaultaris
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_family_id_fkey FOREIGN KEY (family_id) REFERENCES auth.token_families(id) ON DELETE CASCADE;


--
-- Name: application_groups application_groups_application_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_groups
    ADD CONSTRAINT application_groups_application_id_fkey FOREIGN KEY (application_id) REFERENCES directory.applications(id) ON DELETE CASCADE;


--
-- Name: application_groups application_groups_resource_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_groups
    ADD CONSTRAINT application_groups_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES directory.groups(id) ON DELETE CASCADE;


--
-- Name: application_members application_members_application_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_members
    ADD CONSTRAINT application_members_application_id_fkey FOREIGN KEY (application_id) REFERENCES directory.applications(id) ON DELETE CASCADE;


--
-- Name: application_members application_members_user_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_members
    ADD CONSTRAINT application_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES directory.users(id) ON DELETE CASCADE;


--
-- Name: application_permissions application_permissions_application_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_permissions
    ADD CONSTRAINT application_permissions_application_id_fkey FOREIGN KEY (application_id) REFERENCES directory.applications(id) ON DELETE CASCADE;


--
-- Name: application_permissions application_permissions_resource_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_permissions
    ADD CONSTRAINT application_permissions_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES directory.permissions(id) ON DELETE CASCADE;


--
-- Name: application_roles application_roles_application_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_roles
    ADD CONSTRAINT application_roles_application_id_fkey FOREIGN KEY (application_id) REFERENCES directory.applications(id) ON DELETE CASCADE;


--
-- Name: application_roles application_roles_resource_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.application_roles
    ADD CONSTRAINT application_roles_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: applications applications_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.applications
    ADD CONSTRAINT applications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: applied_licences applied_licences_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.applied_licences
    ADD CONSTRAINT applied_licences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: group_clients group_clients_group_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_clients
    ADD CONSTRAINT group_clients_group_id_fkey FOREIGN KEY (group_id) REFERENCES directory.groups(id) ON DELETE CASCADE;


--
-- Name: group_login_providers group_login_providers_group_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_login_providers
    ADD CONSTRAINT group_login_providers_group_id_fkey FOREIGN KEY (group_id) REFERENCES directory.groups(id) ON DELETE CASCADE;


--
-- Name: group_members group_members_group_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_members
    ADD CONSTRAINT group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES directory.groups(id) ON DELETE CASCADE;


--
-- Name: group_members group_members_user_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_members
    ADD CONSTRAINT group_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES directory.users(id) ON DELETE CASCADE;


--
-- Name: group_roles group_roles_group_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_roles
    ADD CONSTRAINT group_roles_group_id_fkey FOREIGN KEY (group_id) REFERENCES directory.groups(id) ON DELETE CASCADE;


--
-- Name: group_roles group_roles_role_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.group_roles
    ADD CONSTRAINT group_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: groups groups_parent_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.groups
    ADD CONSTRAINT groups_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES directory.groups(id);


--
-- Name: groups groups_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.groups
    ADD CONSTRAINT groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: permissions permissions_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.permissions
    ADD CONSTRAINT permissions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: role_members role_members_composite_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_members
    ADD CONSTRAINT role_members_composite_id_fkey FOREIGN KEY (composite_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: role_members role_members_member_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_members
    ADD CONSTRAINT role_members_member_id_fkey FOREIGN KEY (member_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: role_permissions role_permissions_permission_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_permissions
    ADD CONSTRAINT role_permissions_permission_id_fkey FOREIGN KEY (permission_id) REFERENCES directory.permissions(id) ON DELETE CASCADE;


--
-- Name: role_permissions role_permissions_role_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.role_permissions
    ADD CONSTRAINT role_permissions_role_id_fkey FOREIGN KEY (role_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: roles roles_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.roles
    ADD CONSTRAINT roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: settled_terms settled_terms_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.settled_terms
    ADD CONSTRAINT settled_terms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: template_parts template_parts_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.template_parts
    ADD CONSTRAINT template_parts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: tenants tenants_host_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.tenants
    ADD CONSTRAINT tenants_host_tenant_id_fkey FOREIGN KEY (host_tenant_id) REFERENCES directory.tenants(id);


--
-- Name: user_roles user_roles_role_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.user_roles
    ADD CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES directory.roles(id) ON DELETE CASCADE;


--
-- Name: user_roles user_roles_user_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.user_roles
    ADD CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES directory.users(id) ON DELETE CASCADE;


--
-- Name: users users_tenant_id_fkey; Type: FK CONSTRAINT; Schema: directory; Owner: vaultaris
--

ALTER TABLE ONLY directory.users
    ADD CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES directory.tenants(id) ON DELETE CASCADE;


--
-- Name: application_policies application_policies_resource_id_fkey; Type: FK CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.application_policies
    ADD CONSTRAINT application_policies_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES policy.policies(id) ON DELETE CASCADE;


--
-- Name: policy_versions fk_policy_versions_policy_id; Type: FK CONSTRAINT; Schema: policy; Owner: vaultaris
--

ALTER TABLE ONLY policy.policy_versions
    ADD CONSTRAINT fk_policy_versions_policy_id FOREIGN KEY (policy_id) REFERENCES policy.policies(id) ON DELETE CASCADE;


--
-- Name: audit_entries; Type: ROW SECURITY; Schema: audit; Owner: vaultaris
--

ALTER TABLE audit.audit_entries ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: audit; Owner: vaultaris
--

ALTER TABLE audit.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_entries tenant_isolation; Type: POLICY; Schema: audit; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON audit.audit_entries USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: audit; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON audit.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: api_keys; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.api_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: application_clients; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.application_clients ENABLE ROW LEVEL SECURITY;

--
-- Name: application_identity_providers; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.application_identity_providers ENABLE ROW LEVEL SECURITY;

--
-- Name: authorization_codes; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.authorization_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: authorization_requests; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.authorization_requests ENABLE ROW LEVEL SECURITY;

--
-- Name: browser_sessions; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.browser_sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: consents; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.consents ENABLE ROW LEVEL SECURITY;

--
-- Name: device_authorizations; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.device_authorizations ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: identity_providers; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.identity_providers ENABLE ROW LEVEL SECURITY;

--
-- Name: logout_notices; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.logout_notices ENABLE ROW LEVEL SECURITY;

--
-- Name: oauth_clients; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.oauth_clients ENABLE ROW LEVEL SECURITY;

--
-- Name: one_time_values; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.one_time_values ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: passkeys; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.passkeys ENABLE ROW LEVEL SECURITY;

--
-- Name: pushed_authorization_requests; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.pushed_authorization_requests ENABLE ROW LEVEL SECURITY;

--
-- Name: refresh_tokens; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.refresh_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: revocations; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.revocations ENABLE ROW LEVEL SECURITY;

--
-- Name: session_clients; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.session_clients ENABLE ROW LEVEL SECURITY;

--
-- Name: signing_keys; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.signing_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: api_keys tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.api_keys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_clients tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.application_clients USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_identity_providers tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.application_identity_providers USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: authorization_codes tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.authorization_codes USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: authorization_requests tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.authorization_requests USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: browser_sessions tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.browser_sessions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: consents tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.consents USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: device_authorizations tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.device_authorizations USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: idempotency_keys tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.idempotency_keys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: identity_providers tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.identity_providers USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: logout_notices tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.logout_notices USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: oauth_clients tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.oauth_clients USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: one_time_values tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.one_time_values USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: passkeys tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.passkeys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: pushed_authorization_requests tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.pushed_authorization_requests USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: refresh_tokens tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.refresh_tokens USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: revocations tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.revocations USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: session_clients tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.session_clients USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: signing_keys tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.signing_keys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: token_families tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.token_families USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: user_code_guesses tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.user_code_guesses USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: webauthn_challenges tenant_isolation; Type: POLICY; Schema: auth; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON auth.webauthn_challenges USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: token_families; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.token_families ENABLE ROW LEVEL SECURITY;

--
-- Name: user_code_guesses; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.user_code_guesses ENABLE ROW LEVEL SECURITY;

--
-- Name: webauthn_challenges; Type: ROW SECURITY; Schema: auth; Owner: vaultaris
--

ALTER TABLE auth.webauthn_challenges ENABLE ROW LEVEL SECURITY;

--
-- Name: application_groups; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.application_groups ENABLE ROW LEVEL SECURITY;

--
-- Name: application_members; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.application_members ENABLE ROW LEVEL SECURITY;

--
-- Name: application_permissions; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.application_permissions ENABLE ROW LEVEL SECURITY;

--
-- Name: application_roles; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.application_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: applications; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.applications ENABLE ROW LEVEL SECURITY;

--
-- Name: applied_licences; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.applied_licences ENABLE ROW LEVEL SECURITY;

--
-- Name: group_clients; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.group_clients ENABLE ROW LEVEL SECURITY;

--
-- Name: group_login_providers; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.group_login_providers ENABLE ROW LEVEL SECURITY;

--
-- Name: group_members; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.group_members ENABLE ROW LEVEL SECURITY;

--
-- Name: group_roles; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.group_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: groups; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.groups ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: permissions; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.permissions ENABLE ROW LEVEL SECURITY;

--
-- Name: role_members; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.role_members ENABLE ROW LEVEL SECURITY;

--
-- Name: role_permissions; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.role_permissions ENABLE ROW LEVEL SECURITY;

--
-- Name: roles; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.roles ENABLE ROW LEVEL SECURITY;

--
-- Name: users search; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY search ON directory.users FOR SELECT TO vaultaris_directory_search USING (true);


--
-- Name: settled_terms; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.settled_terms ENABLE ROW LEVEL SECURITY;

--
-- Name: setup_tokens; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.setup_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: template_parts; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.template_parts ENABLE ROW LEVEL SECURITY;

--
-- Name: application_groups tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.application_groups USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_members tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.application_members USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_permissions tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.application_permissions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_roles tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.application_roles USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: applications tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.applications USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: applied_licences tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.applied_licences USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: group_clients tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.group_clients USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: group_login_providers tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.group_login_providers USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: group_members tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.group_members USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: group_roles tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.group_roles USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: groups tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.groups USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: idempotency_keys tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.idempotency_keys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: permissions tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.permissions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: role_members tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.role_members USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: role_permissions tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.role_permissions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: roles tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.roles USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: settled_terms tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.settled_terms USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: setup_tokens tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.setup_tokens USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: template_parts tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.template_parts USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: tenants tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.tenants USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: user_roles tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.user_roles USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: users tenant_isolation; Type: POLICY; Schema: directory; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON directory.users USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: tenants; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.tenants ENABLE ROW LEVEL SECURITY;

--
-- Name: user_roles; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.user_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: users; Type: ROW SECURITY; Schema: directory; Owner: vaultaris
--

ALTER TABLE directory.users ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: plugins; Owner: vaultaris
--

ALTER TABLE plugins.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: plugins; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON plugins.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: application_policies; Type: ROW SECURITY; Schema: policy; Owner: vaultaris
--

ALTER TABLE policy.application_policies ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: policy; Owner: vaultaris
--

ALTER TABLE policy.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: policy; Owner: vaultaris
--

ALTER TABLE policy.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: policies; Type: ROW SECURITY; Schema: policy; Owner: vaultaris
--

ALTER TABLE policy.policies ENABLE ROW LEVEL SECURITY;

--
-- Name: policy_versions; Type: ROW SECURITY; Schema: policy; Owner: vaultaris
--

ALTER TABLE policy.policy_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: application_policies tenant_isolation; Type: POLICY; Schema: policy; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON policy.application_policies USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: idempotency_keys tenant_isolation; Type: POLICY; Schema: policy; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON policy.idempotency_keys USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: policy; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON policy.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: policies tenant_isolation; Type: POLICY; Schema: policy; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON policy.policies USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: policy_versions tenant_isolation; Type: POLICY; Schema: policy; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON policy.policy_versions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: outbox; Type: ROW SECURITY; Schema: sessions; Owner: vaultaris
--

ALTER TABLE sessions.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: ROW SECURITY; Schema: sessions; Owner: vaultaris
--

ALTER TABLE sessions.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox tenant_isolation; Type: POLICY; Schema: sessions; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON sessions.outbox USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: sessions tenant_isolation; Type: POLICY; Schema: sessions; Owner: vaultaris
--

CREATE POLICY tenant_isolation ON sessions.sessions USING ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif")))) WITH CHECK ((( SELECT (current_setting('vaultaris.tenant_id'::text, true) = '*'::text)) OR (tenant_id = ( SELECT (NULLIF(NULLIF(current_setting('vaultaris.tenant_id'::text, true), '*'::text), ''::text))::uuid AS "nullif"))));


--
-- Name: SCHEMA audit; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA audit TO vaultaris_audit;


--
-- Name: SCHEMA auth; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA auth TO vaultaris_auth;


--
-- Name: SCHEMA directory; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA directory TO vaultaris_directory;
GRANT USAGE ON SCHEMA directory TO vaultaris_directory_search;


--
-- Name: SCHEMA plugins; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA plugins TO vaultaris_plugins;


--
-- Name: SCHEMA policy; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA policy TO vaultaris_policy;


--
-- Name: SCHEMA sessions; Type: ACL; Schema: -; Owner: vaultaris
--

GRANT USAGE ON SCHEMA sessions TO vaultaris_sessions;


--
-- Name: FUNCTION search_users(pattern text, most integer); Type: ACL; Schema: directory; Owner: vaultaris_directory_search
--

REVOKE ALL ON FUNCTION directory.search_users(pattern text, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION directory.search_users(pattern text, most integer) TO vaultaris_directory;


--
-- Name: TABLE audit_entries; Type: ACL; Schema: audit; Owner: vaultaris
--

GRANT SELECT,INSERT ON TABLE audit.audit_entries TO vaultaris_audit;


--
-- Name: TABLE outbox; Type: ACL; Schema: audit; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.outbox TO vaultaris_audit;


--
-- Name: TABLE schema_version; Type: ACL; Schema: audit; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.schema_version TO vaultaris_audit;


--
-- Name: TABLE api_keys; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.api_keys TO vaultaris_auth;


--
-- Name: TABLE application_clients; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.application_clients TO vaultaris_auth;


--
-- Name: TABLE application_identity_providers; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.application_identity_providers TO vaultaris_auth;


--
-- Name: TABLE authorization_codes; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.authorization_codes TO vaultaris_auth;


--
-- Name: TABLE authorization_requests; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.authorization_requests TO vaultaris_auth;


--
-- Name: TABLE browser_sessions; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.browser_sessions TO vaultaris_auth;


--
-- Name: TABLE consents; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.consents TO vaultaris_auth;


--
-- Name: TABLE device_authorizations; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.device_authorizations TO vaultaris_auth;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.idempotency_keys TO vaultaris_auth;


--
-- Name: TABLE identity_providers; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.identity_providers TO vaultaris_auth;


--
-- Name: TABLE logout_notices; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.logout_notices TO vaultaris_auth;


--
-- Name: TABLE oauth_clients; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.oauth_clients TO vaultaris_auth;


--
-- Name: TABLE one_time_values; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.one_time_values TO vaultaris_auth;


--
-- Name: TABLE outbox; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.outbox TO vaultaris_auth;


--
-- Name: TABLE passkeys; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.passkeys TO vaultaris_auth;


--
-- Name: TABLE pushed_authorization_requests; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.pushed_authorization_requests TO vaultaris_auth;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.refresh_tokens TO vaultaris_auth;


--
-- Name: TABLE revocations; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.revocations TO vaultaris_auth;


--
-- Name: TABLE schema_version; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.schema_version TO vaultaris_auth;


--
-- Name: TABLE session_clients; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.session_clients TO vaultaris_auth;


--
-- Name: TABLE signing_keys; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.signing_keys TO vaultaris_auth;


--
-- Name: TABLE token_families; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.token_families TO vaultaris_auth;


--
-- Name: TABLE user_code_guesses; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.user_code_guesses TO vaultaris_auth;


--
-- Name: TABLE webauthn_challenges; Type: ACL; Schema: auth; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.webauthn_challenges TO vaultaris_auth;


--
-- Name: TABLE application_groups; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.application_groups TO vaultaris_directory;


--
-- Name: TABLE application_members; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.application_members TO vaultaris_directory;


--
-- Name: TABLE application_permissions; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.application_permissions TO vaultaris_directory;


--
-- Name: TABLE application_roles; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.application_roles TO vaultaris_directory;


--
-- Name: TABLE applications; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.applications TO vaultaris_directory;


--
-- Name: TABLE applied_licences; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.applied_licences TO vaultaris_directory;


--
-- Name: TABLE group_clients; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.group_clients TO vaultaris_directory;


--
-- Name: TABLE group_login_providers; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.group_login_providers TO vaultaris_directory;


--
-- Name: TABLE group_members; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.group_members TO vaultaris_directory;


--
-- Name: TABLE group_roles; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.group_roles TO vaultaris_directory;


--
-- Name: TABLE groups; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.groups TO vaultaris_directory;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.idempotency_keys TO vaultaris_directory;


--
-- Name: TABLE outbox; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.outbox TO vaultaris_directory;


--
-- Name: TABLE permissions; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.permissions TO vaultaris_directory;


--
-- Name: TABLE role_members; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.role_members TO vaultaris_directory;


--
-- Name: TABLE role_permissions; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.role_permissions TO vaultaris_directory;


--
-- Name: TABLE roles; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.roles TO vaultaris_directory;


--
-- Name: TABLE schema_version; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.schema_version TO vaultaris_directory;


--
-- Name: TABLE settled_terms; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.settled_terms TO vaultaris_directory;


--
-- Name: TABLE setup_tokens; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.setup_tokens TO vaultaris_directory;


--
-- Name: TABLE template_parts; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.template_parts TO vaultaris_directory;


--
-- Name: TABLE tenants; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.tenants TO vaultaris_directory;


--
-- Name: TABLE user_roles; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.user_roles TO vaultaris_directory;


--
-- Name: TABLE users; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.users TO vaultaris_directory;


--
-- Name: COLUMN users.id; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT(id) ON TABLE directory.users TO vaultaris_directory_search;


--
-- Name: COLUMN users.tenant_id; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT(tenant_id) ON TABLE directory.users TO vaultaris_directory_search;


--
-- Name: COLUMN users.deleted_at; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT(deleted_at) ON TABLE directory.users TO vaultaris_directory_search;


--
-- Name: COLUMN users.search_text; Type: ACL; Schema: directory; Owner: vaultaris
--

GRANT SELECT(search_text) ON TABLE directory.users TO vaultaris_directory_search;


--
-- Name: TABLE outbox; Type: ACL; Schema: plugins; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE plugins.outbox TO vaultaris_plugins;


--
-- Name: TABLE schema_version; Type: ACL; Schema: plugins; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE plugins.schema_version TO vaultaris_plugins;


--
-- Name: TABLE application_policies; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.application_policies TO vaultaris_policy;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.idempotency_keys TO vaultaris_policy;


--
-- Name: TABLE outbox; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.outbox TO vaultaris_policy;


--
-- Name: TABLE policies; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.policies TO vaultaris_policy;


--
-- Name: TABLE policy_versions; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.policy_versions TO vaultaris_policy;


--
-- Name: TABLE schema_version; Type: ACL; Schema: policy; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE policy.schema_version TO vaultaris_policy;


--
-- Name: TABLE outbox; Type: ACL; Schema: sessions; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sessions.outbox TO vaultaris_sessions;


--
-- Name: TABLE schema_version; Type: ACL; Schema: sessions; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sessions.schema_version TO vaultaris_sessions;


--
-- Name: TABLE sessions; Type: ACL; Schema: sessions; Owner: vaultaris
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sessions.sessions TO vaultaris_sessions;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: audit; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA audit GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_audit;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: auth; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA auth GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_auth;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: directory; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA directory GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_directory;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: plugins; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA plugins GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_plugins;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: policy; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA policy GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_policy;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: sessions; Owner: vaultaris
--

ALTER DEFAULT PRIVILEGES FOR ROLE vaultaris IN SCHEMA sessions GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO vaultaris_sessions;


--
-- PostgreSQL database dump complete
--

\unrestrict gwlfF52PiZwvNcgak0fhvYDD2l9QCfOMsCbTOnJYUjGPu9lss0g6Aj3fFqzklbm

