"""Sessions over gRPC, for auth."""

from datetime import UTC, datetime
from typing import Any, Final

from grpc import aio

from vaultaris.sessions.v1.sessions_pb2 import (
    CountSessionsRequest,
    CountSessionsResponse,
    EndClientSessionsRequest,
    EndClientSessionsResponse,
    EndSessionRequest,
    EndSessionResponse,
    GetSessionRequest,
    StartSessionRequest,
)
from vaultaris.sessions.v1.sessions_pb2 import Session as SessionMessage
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceServicer
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import created_ms, now
from vaultaris_kit.rpc.fields import id_in
from vaultaris_sessions.sessions.ending import end_at_clients
from vaultaris_sessions.sessions.lifetimes import Lifetimes
from vaultaris_sessions.sessions.models import Session
from vaultaris_sessions.sessions.operations import LOGOUT, SignIn, end_session, start_session
from vaultaris_sessions.sessions.recent import RecentSignIns
from vaultaris_sessions.sessions.repository import SessionRepository
from vaultaris_sessions.sessions.revocation import Announcer

MAX_CLIENTS: Final = 1000


class SessionsServicer(SessionsServiceServicer):
    """See ``sessions.proto``."""

    def __init__(self, database: Database, announcer: Announcer, lifetimes: Lifetimes, recent: RecentSignIns) -> None:
        self._database, self._announcer, self._lifetimes, self._recent = database, announcer, lifetimes, recent

    async def StartSession(  # noqa: N802 - the name in the proto
        self, request: StartSessionRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> SessionMessage:
        sign_in = _sign_in(request)
        revoked = await self._announcer.is_revoked(sign_in)
        row = await start_session(self._database, sign_in, self._lifetimes, revoked=revoked)
        self._recent.add(sign_in.id)
        return _message(row)

    async def GetSession(  # noqa: N802 - the name in the proto
        self, request: GetSessionRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> SessionMessage:
        tenant_id = id_in("tenant_id", request.tenant_id)
        async with self._database.tenant(tenant_id) as session:
            row = await SessionRepository(session, tenant_id).get(id_in("id", request.id))
        return _message(row)

    async def EndSession(  # noqa: N802 - the name in the proto
        self, request: EndSessionRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> EndSessionResponse:
        tenant_id = id_in("tenant_id", request.tenant_id)
        async with self._database.tenant(tenant_id) as session:
            await end_session(
                session, tenant_id=tenant_id, session_id=id_in("id", request.id), reason=request.reason or LOGOUT
            )
        return EndSessionResponse()

    async def EndClientSessions(  # noqa: N802 - the name in the proto
        self, request: EndClientSessionsRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> EndClientSessionsResponse:
        if len(request.client_ids) > MAX_CLIENTS:
            raise Invalid.field("client_ids", f"At most {MAX_CLIENTS} at a time.")
        tenant_id, user_id = id_in("tenant_id", request.tenant_id), id_in("user_id", request.user_id)
        started_by = datetime.fromtimestamp(request.begun_by_ms / 1000, UTC) if request.begun_by_ms else now()
        ended = await end_at_clients(
            self._database,
            tenant_id=tenant_id, user_id=user_id, client_ids=request.client_ids, started_by=started_by,
        )  # fmt: skip
        return EndClientSessionsResponse(session_ids=map(str, ended))

    async def CountSessions(  # noqa: N802 - the name in the proto
        self, request: CountSessionsRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> CountSessionsResponse:
        tenant_id = id_in("tenant_id", request.tenant_id)
        async with self._database.tenant(tenant_id) as session:
            return CountSessionsResponse(active=await SessionRepository(session, tenant_id).count_active())


def _sign_in(request: StartSessionRequest) -> SignIn:
    session_id = id_in("id", request.id)
    begun_ms = request.created_at_ms or created_ms(session_id)
    return SignIn(
        id=session_id,
        tenant_id=id_in("tenant_id", request.tenant_id),
        user_id=id_in("user_id", request.user_id),
        created_at=datetime.fromtimestamp(begun_ms / 1000, UTC) if begun_ms else now(),
        expires_at=datetime.fromtimestamp(request.expires_at, UTC) if request.expires_at else None,
        idle_until=datetime.fromtimestamp(request.idle_until, UTC) if request.idle_until else None,
        client_id=request.client_id or None,
        auth_method=request.auth_method or None,
        mfa_verified=request.mfa_verified,
        ip_address=request.ip_address or None,
        user_agent=request.user_agent or None,
        device_fingerprint=request.device_fingerprint or None,
    )


def _message(row: Session) -> SessionMessage:
    return SessionMessage(
        id=str(row.id),
        tenant_id=str(row.tenant_id),
        user_id=str(row.user_id),
        is_active=row.is_active,
        mfa_verified=row.mfa_verified,
        expires_at=int(row.expires_at.timestamp()),
    )
