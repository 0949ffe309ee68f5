"""Word of a session that begins: events in the transaction of the sign-in, and a call so that it is there at once."""

from datetime import datetime
from uuid import UUID

from vaultaris.sessions.v1.sessions_pb2 import StartSessionRequest
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_auth.authentication.place import Place
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.tokens.person import SignIn
from vaultaris_kit.context import current_request
from vaultaris_kit.database import AnySession
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.logs import get_logger
from vaultaris_kit.principal import Principal
from vaultaris_kit.rpc.client import Peers, call

log = get_logger(__name__)

_START_SECONDS = 1.0


def session_start(
    place: Place,
    user_id: UUID,
    sign_in: SignIn,
    *,
    started_ms: int,
    ends_at: datetime,
    idle_at: datetime | None = None,
) -> StartSessionRequest:
    """The session that ``sign_in`` begins at ``place``, from the request in hand.

    ``idle_at`` is when it falls idle unless it is used; None leaves that to the sessions service.
    """
    context = current_request()
    return StartSessionRequest(
        id=str(sign_in.session_id),
        tenant_id=str(place.tenant_id),
        user_id=str(user_id),
        client_id=place.client_id,
        auth_method=" ".join(sign_in.amr),
        mfa_verified="mfa" in sign_in.amr,
        ip_address=context.address or "",
        user_agent=context.user_agent or "",
        device_fingerprint=context.device_fingerprint or "",
        expires_at=int(ends_at.timestamp()),
        idle_until=int(idle_at.timestamp()) if idle_at else 0,
        created_at_ms=started_ms,
    )


def emit_sign_in(session: AnySession, principal: Principal, started: StartSessionRequest) -> None:
    """``session.started`` carries the fields of StartSessionRequest: whoever misses the call has them from here."""
    facts = {field.name: getattr(started, field.name) for field in StartSessionRequest.DESCRIPTOR.fields}
    OUTBOX.emit(
        session, principal, "session.started", principal.tenant_id,
        resource_type="session", resource_id=principal.session_id, new=facts,
    )  # fmt: skip
    OUTBOX.emit(
        session, principal, "auth.login.succeeded", principal.tenant_id,
        resource_type="user", resource_id=principal.id,
        metadata={"client_id": started.client_id, "auth_method": started.auth_method, "session_id": started.id},
    )  # fmt: skip


async def tell_sessions(peers: Peers, started: StartSessionRequest) -> None:
    """So that the session is there before the answer is. The event brings it anyway."""
    try:
        await call(SessionsServiceStub(peers.channel("sessions")).StartSession, started, timeout=_START_SECONDS)
    except VaultarisError as failure:
        log.warning("session_start_left_to_event", reason=failure.code)
