"""gRPC: tenants for the other services."""

from grpc import aio
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.auth.v1.auth_pb2 import GetClientRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris.directory.v1 import directory_pb2
from vaultaris.directory.v1.directory_pb2 import GetTenantRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.messages import id_of
from vaultaris_directory.tenants.messages import tenant_message
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.repository import get_tenant, get_tenant_by_slug
from vaultaris_kit.rpc.client import call
from vaultaris_kit.service import Runtime


class TenantServicer(DirectoryServiceServicer):
    """GetTenant."""

    runtime: Runtime

    async def GetTenant(  # noqa: N802 - named by the proto
        self,
        request: GetTenantRequest,
        _context: aio.ServicerContext[GetTenantRequest, directory_pb2.Tenant],
    ) -> directory_pb2.Tenant:
        if request.WhichOneof("by") == "slug":
            async with self.runtime.database.instance() as session:
                return await self._message(session, await get_tenant_by_slug(session, request.slug))
        tenant_id = id_of(await self._tenant_of(request.client_id) if request.client_id else request.id)
        async with self.runtime.database.tenant(tenant_id) as session:
            return await self._message(session, await get_tenant(session, tenant_id))

    async def _message(self, session: AsyncSession, tenant: Tenant) -> directory_pb2.Tenant:
        return tenant_message(tenant, await terms_in(session, self.runtime.get(Licences), tenant.id))

    async def _tenant_of(self, client_id: str) -> str:
        """Clients are auth's."""
        stub = AuthServiceStub(self.runtime.peers.channel("auth"))
        return (await call(stub.GetClient, GetClientRequest(client_id=client_id))).tenant_id
