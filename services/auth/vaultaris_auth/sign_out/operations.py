"""Ending a session for good, because its person wants it."""

from uuid import UUID

from vaultaris.sessions.v1.sessions_pb2 import EndSessionRequest
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.sign_out.request import SignOutRequest
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.logs import get_logger
from vaultaris_kit.principal import Principal
from vaultaris_kit.rpc.client import call
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

REASON = "logout"
_END_SECONDS = 1.0


async def confirm_sign_out(runtime: Runtime, asked: SignOutRequest, browser: BrowserSession | None) -> str:
    """Signs the browser's person out, if there is one; returns where the browser goes."""
    if browser is not None:
        await sign_out(runtime, browser.tenant_id, browser.id, browser.user_id, client_id=asked.client_id)
    return asked.address(runtime.settings.external_url)


async def sign_out(
    runtime: Runtime, tenant_id: UUID, session_id: UUID, user_id: UUID, *, client_id: str | None = None
) -> None:
    """Ends a session with its cookie, codes, refresh tokens and access tokens; its clients are told by their back
    channel. Returns when every service refuses its tokens. Idempotent.
    """
    person = Principal("user", user_id, tenant_id, client_id=client_id, session_id=session_id)
    async with runtime.database.tenant(tenant_id) as session:
        marks = await revoke(session, tenant_id, [Mark("session", str(session_id))], REASON)
        OUTBOX.emit(
            session, person, "session.logged_out", tenant_id, resource_type="session", resource_id=session_id,
            metadata={"user_id": str(user_id), "client_id": client_id},
        )  # fmt: skip
    await runtime.get(Announcer).announce(marks)
    await _tell_sessions(runtime, tenant_id, session_id)


async def _tell_sessions(runtime: Runtime, tenant_id: UUID, session_id: UUID) -> None:
    """So that it no longer shows in the list. The event brings it anyway."""
    request = EndSessionRequest(tenant_id=str(tenant_id), id=str(session_id), reason=REASON)
    try:
        await call(SessionsServiceStub(runtime.peers.channel("sessions")).EndSession, request, timeout=_END_SECONDS)
    except VaultarisError as failure:
        log.warning("session_end_left_to_event", reason=failure.code)
