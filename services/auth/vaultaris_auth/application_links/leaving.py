"""What somebody loses who is no longer an active member of an isolated application."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from vaultaris.sessions.v1.sessions_pb2 import EndClientSessionsRequest
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_auth.application_links.models import ClientLink
from vaultaris_auth.authorization_codes.codes import tokens_given_at
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.refresh_tokens.families import end_families_at
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_kit.rpc.client import call
from vaultaris_kit.service import Runtime

_REASON = "no longer a member of the application"


async def end_access(runtime: Runtime, tenant_id: UUID, application_id: UUID, user_id: UUID, *, at_ms: int) -> None:
    """Ends what a user began at the application's clients up to ``at_ms`` (milliseconds since the epoch).

    Refresh-token families end with the access tokens that they have out, and sessions with everything. Idempotent.
    Raises :class:`Unavailable` when the sessions can't be ended now; the tokens of the families have ended then.
    """
    clients = await _clients_of(runtime, tenant_id, application_id)
    if not clients:
        return
    await _end_tokens(runtime, tenant_id, user_id, clients, at_ms=at_ms)
    answer = await call(
        SessionsServiceStub(runtime.peers.channel("sessions")).EndClientSessions,
        EndClientSessionsRequest(
            tenant_id=str(tenant_id), user_id=str(user_id), client_ids=clients, begun_by_ms=at_ms
        ),
    )  # fmt: skip
    sessions = [Mark("session", ended) for ended in answer.session_ids]
    await _end_tokens(runtime, tenant_id, user_id, clients, at_ms=at_ms, sessions=sessions)


async def _clients_of(runtime: Runtime, tenant_id: UUID, application_id: UUID) -> Sequence[str]:
    linked = select(ClientLink.resource_id).where(ClientLink.application_id == application_id)
    found = select(OAuthClient.client_id).where(OAuthClient.tenant_id == tenant_id, OAuthClient.id.in_(linked))
    async with runtime.database.tenant(tenant_id) as session:
        return (await session.execute(found)).scalars().all()


async def _end_tokens(
    runtime: Runtime,
    tenant_id: UUID,
    user_id: UUID,
    clients: Sequence[str],
    *,
    at_ms: int,
    sessions: Sequence[Mark] = (),
) -> None:
    """Done once more at the end: what was being given meanwhile is found then."""
    async with runtime.database.tenant(tenant_id) as session:
        marks = await end_families_at(session, tenant_id, user_id, clients, at_ms=at_ms, reason=_REASON)
        marks += await tokens_given_at(session, tenant_id, user_id, clients, by_ms=at_ms)
        stored = await revoke(session, tenant_id, [*marks, *sessions], _REASON)
    await runtime.get(Announcer).announce(stored)
