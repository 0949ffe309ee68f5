"""Beginning a session at one client: family, events, and word to the sessions service."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from vaultaris_auth.authentication.session_start import emit_sign_in, session_start, tell_sessions
from vaultaris_auth.oauth.token.issue import principal_of
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_auth.refresh_tokens.succession import Succession
from vaultaris_auth.refresh_tokens.tokens import FreshToken, new_refresh_token, start_family
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.lifetimes import family_lifetime, online_refresh_lifetime, refresh_lifetime
from vaultaris_auth.tokens.person import Person
from vaultaris_kit.ids import new_id
from vaultaris_kit.plain import PlainSession

Spend = Callable[[PlainSession], Awaitable[None]]


async def sign_in(
    request: TokenRequest,
    person: Person,
    scope: list[str],
    *,
    delegated: bool,
    resource: str | None = None,
    spend: Spend | None = None,
) -> Granted:
    """Stores the sign-in of ``person`` in one transaction, and then has the session started.

    A client that may not refresh gets no refresh token, and its session ends with its access token. ``delegated``: the
    person let the client act for them, rather than giving it their password. ``spend`` uses up what the sign-in is
    given for, in the same transaction; it raises when that can't be.
    """
    grant = Grant(request.client, scope, person, delegated=delegated, audience=resource)
    may_refresh = "refresh_token" in request.client.grant_types
    family = new_family(request, person, scope, delegated=delegated, resource=resource) if may_refresh else None
    fresh = fresh_token(request, person.user_id) if family else None
    ends_at = family.expires_at if family else access_expiry(request)
    idle_at = fresh.ends_at(family) if family and fresh else ends_at
    started = session_start(
        request.client, person.user_id, person.sign_in,
        started_ms=request.started_ms, ends_at=ends_at, idle_at=idle_at,
    )  # fmt: skip
    async with request.runtime.database.plain(request.client.tenant_id) as session:
        if spend:
            await spend(session)
        if family and fresh:
            await start_family(session, family, fresh)
        emit_sign_in(session, principal_of(grant), started)
    await tell_sessions(request.runtime.peers, started)
    return Granted(grant, fresh.secret, refresh_ends_at=idle_at) if fresh else Granted(grant)


def new_family(
    request: TokenRequest, person: Person, scope: list[str], *, delegated: bool, resource: str | None
) -> Family:
    """The family that a sign-in begins."""
    settings = request.runtime.settings
    assert isinstance(settings, AuthSettings)
    sign_in = person.sign_in
    return Family(
        id=new_id(),
        tenant_id=request.client.tenant_id,
        client_id=request.client.client_id,
        user_id=person.user_id,
        session_id=sign_in.session_id,
        scope=scope,
        amr=sign_in.amr,
        acr=sign_in.acr,
        auth_time=sign_in.auth_time,
        started_ms=request.started_ms,
        expires_at=_after(request, family_lifetime(request.tenant, scope, settings.refresh_absolute_lifetime_secs)),
        jkt=request.jkt,
        delegated=delegated,
        resource=resource,
    )


def fresh_token(request: TokenRequest, user_id: UUID) -> FreshToken:
    """The first refresh token of a family; it goes with the access token of ``request``."""
    return _fresh_token(request, new_id(), new_refresh_token(user_id))


def succeeding_token(request: TokenRequest, user_id: UUID, spent: str) -> FreshToken:
    """The refresh token that takes the place of ``spent``."""
    successor_id = new_id()
    return _fresh_token(
        request, successor_id, request.runtime.get(Succession).successor_of(spent, user_id, successor_id)
    )


def _fresh_token(request: TokenRequest, token_id: UUID, secret: str) -> FreshToken:
    client, tenant = request.client, request.tenant
    return FreshToken(
        id=token_id,
        secret=secret,
        expires_at=_after(request, refresh_lifetime(client, tenant, request.applications)),
        online_expires_at=_after(request, online_refresh_lifetime(client, tenant, request.applications)),
        access_token_id=request.token_id,
        access_expires_at=access_expiry(request),
    )


def access_expiry(request: TokenRequest) -> datetime:
    """When the access token of ``request`` ends."""
    return _after(request, request.access_lifetime)


def _after(request: TokenRequest, seconds: int) -> datetime:
    return datetime.fromtimestamp(request.issued_at, UTC) + timedelta(seconds=seconds)
