"""gRPC: effective permissions for the other services."""

from uuid import UUID

import msgspec
from grpc import aio

from vaultaris.directory.v1.directory_pb2 import (
    ApplicationPermissions,
    EffectivePermissions,
    ExplainRolesRequest,
    ExplainRolesResponse,
    GetApplicationPermissionsRequest,
    GetEffectivePermissionsRequest,
    GetGroupPermissionsRequest,
    GroupPermissions,
    ListUserPermissionsRequest,
    ListUserPermissionsResponse,
)
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.effective.application_query import load_application
from vaultaris_directory.effective.group_query import load_conferred
from vaultaris_directory.effective.many_query import list_user_permissions
from vaultaris_directory.effective.query import load_effective_with_metadata
from vaultaris_directory.effective.ways import explain_roles
from vaultaris_directory.messages import id_of
from vaultaris_kit.service import Runtime


class EffectiveServicer(DirectoryServiceServicer):
    """What users, groups and applications may do. Never answered from a cache: the callers keep theirs."""

    runtime: Runtime

    async def GetEffectivePermissions(  # noqa: N802 - named by the proto
        self,
        request: GetEffectivePermissionsRequest,
        _context: aio.ServicerContext[GetEffectivePermissionsRequest, EffectivePermissions],
    ) -> EffectivePermissions:
        tenant_id = id_of(request.tenant_id)
        answer, metadata = await load_effective_with_metadata(self.runtime.database, tenant_id, id_of(request.user_id))
        if request.with_metadata and metadata:
            answer.metadata = msgspec.json.encode(metadata).decode()
        return answer

    async def GetGroupPermissions(  # noqa: N802 - named by the proto
        self,
        request: GetGroupPermissionsRequest,
        _context: aio.ServicerContext[GetGroupPermissionsRequest, GroupPermissions],
    ) -> GroupPermissions:
        tenant_id = id_of(request.tenant_id)
        return await load_conferred(self.runtime.database, tenant_id, id_of(request.group_id))

    async def GetApplicationPermissions(  # noqa: N802 - named by the proto
        self,
        request: GetApplicationPermissionsRequest,
        _context: aio.ServicerContext[GetApplicationPermissionsRequest, ApplicationPermissions],
    ) -> ApplicationPermissions:
        tenant_id = id_of(request.tenant_id)
        return await load_application(self.runtime.database, tenant_id, id_of(request.application_id))

    async def ExplainRoles(  # noqa: N802 - named by the proto
        self, request: ExplainRolesRequest, _context: aio.ServicerContext[ExplainRolesRequest, ExplainRolesResponse]
    ) -> ExplainRolesResponse:
        tenant_id = id_of(request.tenant_id)
        return await explain_roles(self.runtime.database, tenant_id, id_of(request.user_id))

    async def ListUserPermissions(  # noqa: N802 - named by the proto
        self,
        request: ListUserPermissionsRequest,
        _context: aio.ServicerContext[ListUserPermissionsRequest, ListUserPermissionsResponse],
    ) -> ListUserPermissionsResponse:
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.plain(tenant_id) as session:
            return await list_user_permissions(
                session,
                tenant_id,
                after=id_of(request.after) if request.after else UUID(int=0),
                limit=request.limit,
                resources=request.resources,
                action=request.action,
            )
