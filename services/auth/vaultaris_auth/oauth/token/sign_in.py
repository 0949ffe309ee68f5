"""Beginning a session at one client: family, events, and word to the sessions service."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.sessions.v1.sessions_pb2 import StartSessionRequest
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.oauth.token.issue import principal_of
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.refresh_tokens.families import Family, start_family
from vaultaris_auth.refresh_tokens.tokens import FreshToken, add_token, new_refresh_token
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.lifetimes import refresh_lifetime
from vaultaris_auth.tokens.person import Person
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.ids import new_id
from vaultaris_kit.logs import get_logger
from vaultaris_kit.rpc.client import Peers, call

log = get_logger(__name__)

_START_SECONDS = 1.0


async def sign_in(request: TokenRequest, person: Person, scope: list[str]) -> Granted:
    """Stores the sign-in of ``person`` in one transaction, and then has the session started.

    A client that may not refresh gets no refresh token, and its session ends with its access token.
    """
    grant = Grant(request.client, scope, person)
    family = new_family(request, person, scope) if "refresh_token" in request.client.grant_types else None
    fresh = fresh_token(request, person.user_id) if family else None
    ends_at = family.expires_at if family else access_expiry(request)
    started = _session(request, person, ends_at)
    async with request.runtime.database.tenant(request.client.tenant_id) as session:
        if family and fresh:
            await start_family(session, family)
            await add_token(session, family, fresh)
        _emit(session, grant, started)
    await _tell_sessions(request.runtime.peers, started)
    return Granted(grant, fresh.secret if fresh else None)


def new_family(request: TokenRequest, person: Person, scope: list[str]) -> Family:
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


def _session(request: TokenRequest, person: Person, ends_at: datetime) -> StartSessionRequest:
    context = current_request()
    return StartSessionRequest(
        id=str(person.sign_in.session_id),
        tenant_id=str(request.client.tenant_id),
        user_id=str(person.user_id),
        client_id=request.client.client_id,
        auth_method=" ".join(person.sign_in.amr),
        mfa_verified="mfa" in person.sign_in.amr,
        ip_address=context.address or "",
        user_agent=context.user_agent or "",
        device_fingerprint=context.device_fingerprint or "",
        expires_at=int(ends_at.timestamp()),
        created_at_ms=request.started_ms,
    )


def _emit(session: AsyncSession, grant: Grant, started: StartSessionRequest) -> None:
    """``session.started`` carries the fields of StartSessionRequest: whoever misses the call has them from here."""
    principal, tenant_id = principal_of(grant), grant.client.tenant_id
    facts = {field.name: getattr(started, field.name) for field in StartSessionRequest.DESCRIPTOR.fields}
    OUTBOX.emit(
        session, principal, "session.started", tenant_id,
        resource_type="session", resource_id=principal.session_id, new=facts,
    )  # fmt: skip
    OUTBOX.emit(
        session, principal, "auth.login.succeeded", tenant_id, resource_type="user", resource_id=principal.id,
        metadata={"client_id": started.client_id, "auth_method": started.auth_method, "session_id": started.id},
    )  # fmt: skip


async def _tell_sessions(peers: Peers, started: StartSessionRequest) -> None:
    """So that the session is there before the answer is. The event brings it anyway."""
    try:
        await call(SessionsServiceStub(peers.channel("sessions")).StartSession, started, timeout=_START_SECONDS)
    except VaultarisError as failure:
        log.warning("session_start_left_to_event", reason=failure.code)
