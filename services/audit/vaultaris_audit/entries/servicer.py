"""The trail over gRPC: numbers, never entries."""

from datetime import UTC, datetime
from typing import Any, Final

from grpc import aio

from vaultaris.audit.v1.audit_pb2 import CountActionsRequest, CountActionsResponse
from vaultaris.audit.v1.audit_pb2_grpc import AuditServiceServicer
from vaultaris_audit.entries.repository import AuditRepository
from vaultaris_kit.database import Database
from vaultaris_kit.errors import BadRequest
from vaultaris_kit.rpc.fields import id_in

MAX_ACTIONS: Final = 20


class AuditServicer(AuditServiceServicer):
    """See ``audit.proto``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def CountActions(  # noqa: N802 - the name in the proto
        self, request: CountActionsRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> CountActionsResponse:
        if len(request.actions) > MAX_ACTIONS:
            raise BadRequest(f"At most {MAX_ACTIONS} actions at a time.")
        tenant_id = id_in("tenant_id", request.tenant_id)
        since = datetime.fromtimestamp(request.since_ms / 1000, UTC)
        async with self._database.tenant(tenant_id) as session:
            trail = AuditRepository(session, tenant_id)
            counts = await trail.count_actions(list(request.actions), since)
            last = await trail.last_activity()
        return CountActionsResponse(counts=counts, last_activity_ms=round(last.timestamp() * 1000) if last else 0)
