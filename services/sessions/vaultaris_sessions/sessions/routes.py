"""Sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Caller, allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, PageOf, Paging, list_of, page_of
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_sessions.sessions.ending import end_all
from vaultaris_sessions.sessions.operations import revoke_session
from vaultaris_sessions.sessions.ownership import require_for_user, whose_sessions
from vaultaris_sessions.sessions.repository import SessionRepository, matching
from vaultaris_sessions.sessions.revocation import Announcer
from vaultaris_sessions.sessions.schemas import SessionOut, session_out

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["sessions"], route_class=JsonRoute)


@router.get("/sessions", operation_id="sessions-list")
async def list_sessions(
    request: Request,
    tenant_id: UUID,
    paging: Paging,
    _principal: Annotated[Principal, allow("sessions:read")],
    user_id: Annotated[UUID | None, Query(description="Only this user's.")] = None,
    client_id: Annotated[str | None, Query(max_length=255, description="Only those begun at this client.")] = None,
    is_active: Annotated[bool | None, Query(description="Only live, or only ended ones.")] = None,
) -> PageOf[SessionOut]:
    """Sessions of a tenant; `search` looks into address and user agent."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await SessionRepository(session, tenant_id).page(
            paging, *matching(user_id=user_id, client_id=client_id, is_active=is_active)
        )
    return page_of(rows, total, paging, session_out)


@router.delete("/sessions/{session_id}", operation_id="sessions-revoke", status_code=204)
async def delete_session(request: Request, tenant_id: UUID, session_id: UUID, principal: Caller) -> None:
    """Ends one session: its tokens are refused everywhere by the time of the answer.

    Needs the right `sessions:revoke`, except for one's own sessions.
    """
    runtime = runtime_of(request)
    only_user = await whose_sessions(runtime.access, principal, "sessions:revoke", tenant_id)
    async with runtime.database.tenant(tenant_id) as session:
        await revoke_session(session, principal, tenant_id=tenant_id, session_id=session_id, only_user=only_user)
    await runtime.get(Announcer).session(tenant_id, session_id)


@router.get("/users/{user_id}/sessions", operation_id="user-sessions-list", tags=["users"])
async def list_user_sessions(request: Request, tenant_id: UUID, user_id: UUID, principal: Caller) -> ListOf[SessionOut]:
    """The newest sessions of a user, ended ones too. Needs the right `sessions:read`, except for one's own."""
    runtime = runtime_of(request)
    await require_for_user(runtime.access, principal, "sessions:read", tenant_id, user_id)
    async with runtime.database.tenant(tenant_id) as session:
        rows = await SessionRepository(session, tenant_id).of_user(user_id)
    if not rows:
        await runtime.access.of_user(tenant_id, user_id)  # 404 unless the user exists
    return list_of(rows, session_out)


@router.delete("/users/{user_id}/sessions", operation_id="user-sessions-revoke", tags=["users"], status_code=204)
async def delete_user_sessions(request: Request, tenant_id: UUID, user_id: UUID, principal: Caller) -> None:
    """Ends every session of a user, the caller's own present one too when it is theirs.

    Needs the right `sessions:revoke`, except for one's own sessions.
    """
    runtime = runtime_of(request)
    await require_for_user(runtime.access, principal, "sessions:revoke", tenant_id, user_id)
    ended = await end_all(runtime.database, principal, tenant_id=tenant_id, user_id=user_id, started_by=now())
    if not ended:
        await runtime.access.of_user(tenant_id, user_id)  # 404 unless the user exists
    await runtime.get(Announcer).user(tenant_id, user_id)
