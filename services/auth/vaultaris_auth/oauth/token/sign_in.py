"""Beginning a session at one client: family, events, and word to the sessions service."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from vaultaris_auth.authentication.session_start import emit_sign_in, session_start, tell_sessions
from vaultaris_auth.oauth.token.issue import principal_of
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.refresh_tokens.families import Family, start_family
from vaultaris_auth.refresh_tokens.tokens import FreshToken, add_token, new_refresh_token
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.lifetimes import refresh_lifetime
from vaultaris_auth.tokens.person import Person
from vaultaris_kit.ids import new_id


async def sign_in(request: TokenRequest, person: Person, scope: list[str]) -> Granted:
    """Stores the sign-in of ``person`` in one transaction, and then has the session started.

    A client that may not refresh gets no refresh token, and its session ends with its access token.
    """
    grant = Grant(request.client, scope, person, delegated=False)
    family = (
        new_family(request, person, scope, delegated=False) if "refresh_token" in request.client.grant_types else None
    )
    fresh = fresh_token(request, person.user_id) if family else None
    ends_at = family.expires_at if family else access_expiry(request)
    started = session_start(
        request.client, person.user_id, person.sign_in, started_ms=request.started_ms, ends_at=ends_at
    )
    async with request.runtime.database.tenant(request.client.tenant_id) as session:
        if family and fresh:
            await start_family(session, family)
            await add_token(session, family, fresh)
        emit_sign_in(session, principal_of(grant), started)
    await tell_sessions(request.runtime.peers, started)
    return Granted(grant, fresh.secret if fresh else None)


def new_family(request: TokenRequest, person: Person, scope: list[str], *, delegated: bool) -> Family:
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
        expires_at=_after(request, settings.refresh_absolute_lifetime_secs),
        jkt=request.jkt,
        delegated=delegated,
    )


def fresh_token(request: TokenRequest, user_id: UUID) -> FreshToken:
    """The refresh token that goes with the access token of ``request``."""
    return FreshToken(
        secret=new_refresh_token(user_id),
        expires_at=_after(request, refresh_lifetime(request.client, request.tenant)),
        access_token_id=request.token_id,
        access_expires_at=access_expiry(request),
    )


def access_expiry(request: TokenRequest) -> datetime:
    """When the access token of ``request`` ends."""
    return _after(request, request.access_lifetime)


def _after(request: TokenRequest, seconds: int) -> datetime:
    return datetime.fromtimestamp(request.issued_at, UTC) + timedelta(seconds=seconds)
