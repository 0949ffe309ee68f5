"""What a host may know of a hosted tenant: how many, never who."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from vaultaris.audit.v1.audit_pb2 import CountActionsRequest, CountActionsResponse
from vaultaris.audit.v1.audit_pb2_grpc import AuditServiceStub
from vaultaris.sessions.v1.sessions_pb2 import CountSessionsRequest
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_directory.applications.models import Application
from vaultaris_directory.licences.frozen import count_elsewhere
from vaultaris_directory.users.models import User
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_kit.service import Runtime

Found = TypeVar("Found")

SIGNED_IN: Final = "auth.login.succeeded"
REFUSED: Final = "auth.login.failed"
_THIRTY_DAYS_MS: Final = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Stats:
    """None stands for what the service that counts it could not tell at this moment."""

    total_users: int
    active_users: int
    total_applications: int
    active_sessions: int | None
    total_clients: int | None
    authentications_30d: int | None
    failed_authentications_30d: int | None
    last_activity_at: datetime | None


async def stats_of(runtime: Runtime, tenant_id: UUID) -> Stats:
    """Counts everywhere at once."""
    here, sessions, clients, trail = await asyncio.gather(
        _count_here(runtime, tenant_id),
        _told(_count_sessions(runtime.peers, tenant_id)),
        _told(count_elsewhere(runtime.peers, "auth", tenant_id)),
        _told(_count_sign_ins(runtime.peers, tenant_id)),
    )
    total, active, applications = here
    return Stats(
        total_users=total,
        active_users=active,
        total_applications=applications,
        active_sessions=sessions,
        total_clients=None if clients is None else clients["clients"],
        authentications_30d=None if trail is None else trail.counts[SIGNED_IN],
        failed_authentications_30d=None if trail is None else trail.counts[REFUSED],
        last_activity_at=_moment(trail.last_activity_ms) if trail is not None else None,
    )


async def _count_here(runtime: Runtime, tenant_id: UUID) -> tuple[int, int, int]:
    is_active = (User.status == "active") & User.freeze_reason.is_(None)
    users = select(func.count(), func.count().filter(is_active)).where(
        User.tenant_id == tenant_id, User.deleted_at.is_(None)
    )
    applications = select(func.count()).where(Application.tenant_id == tenant_id)
    async with runtime.database.tenant(tenant_id) as session:
        total, active = (await session.execute(users)).one()
        return total, active, (await session.execute(applications)).scalar_one()


async def _count_sessions(peers: Peers, tenant_id: UUID) -> int:
    request = CountSessionsRequest(tenant_id=str(tenant_id))
    return (await call(SessionsServiceStub(peers.channel("sessions")).CountSessions, request)).active


async def _count_sign_ins(peers: Peers, tenant_id: UUID) -> CountActionsResponse:
    since = int(time.time() * 1000) - _THIRTY_DAYS_MS
    request = CountActionsRequest(tenant_id=str(tenant_id), actions=[SIGNED_IN, REFUSED], since_ms=since)
    return await call(AuditServiceStub(peers.channel("audit")).CountActions, request)


async def _told(asked: Coroutine[Any, Any, Found]) -> Found | None:
    """What is told; None when the other service is away."""
    try:
        return await asked
    except Unavailable:
        return None


def _moment(ms: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None
