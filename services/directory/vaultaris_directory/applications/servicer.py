"""gRPC: applications for the other services."""

from grpc import aio

from vaultaris.directory.v1.directory_pb2 import Application as ApplicationMessage
from vaultaris.directory.v1.directory_pb2 import GetApplicationRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.messages import id_of
from vaultaris_kit.service import Runtime


class ApplicationServicer(DirectoryServiceServicer):
    """GetApplication. Never answered from a cache: the callers keep theirs."""

    runtime: Runtime

    async def GetApplication(  # noqa: N802 - named by the proto
        self,
        request: GetApplicationRequest,
        _context: aio.ServicerContext[GetApplicationRequest, ApplicationMessage],
    ) -> ApplicationMessage:
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.tenant(tenant_id) as session:
            return _message(await Applications(session, tenant_id).get(id_of(request.id)))


def _message(row: Application) -> ApplicationMessage:
    return ApplicationMessage(
        id=str(row.id), tenant_id=str(row.tenant_id), slug=row.slug, name=row.name,
        is_active=row.is_active and row.freeze_reason is None, isolation_enabled=row.isolation_enabled,
        access_token_lifetime=row.access_token_lifetime_seconds or 0,
        refresh_token_lifetime=row.refresh_token_lifetime_seconds or 0,
        id_token_lifetime=row.id_token_lifetime_seconds or 0, freeze_reason=row.freeze_reason or "",
    )  # fmt: skip
