"""gRPC: effective permissions for the other services."""

import msgspec
from grpc import aio

from vaultaris.directory.v1.directory_pb2 import (
    EffectivePermissions,
    GetEffectivePermissionsRequest,
    GetGroupPermissionsRequest,
    GroupPermissions,
)
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.effective.group_query import load_conferred
from vaultaris_directory.effective.query import load_effective_with_metadata
from vaultaris_directory.messages import id_of
from vaultaris_kit.service import Runtime


class EffectiveServicer(DirectoryServiceServicer):
    """GetEffectivePermissions and GetGroupPermissions. Never answered from a cache: the callers keep theirs."""

    runtime: Runtime

    async def GetEffectivePermissions(  # noqa: N802 - named by the proto
        self,
        request: GetEffectivePermissionsRequest,
        _context: aio.ServicerContext[GetEffectivePermissionsRequest, EffectivePermissions],
    ) -> EffectivePermissions:
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.tenant(tenant_id) as session:
            answer, metadata = await load_effective_with_metadata(session, tenant_id, id_of(request.user_id))
        if request.with_metadata and metadata:
            answer.metadata = msgspec.json.encode(metadata).decode()
        return answer

    async def GetGroupPermissions(  # noqa: N802 - named by the proto
        self,
        request: GetGroupPermissionsRequest,
        _context: aio.ServicerContext[GetGroupPermissionsRequest, GroupPermissions],
    ) -> GroupPermissions:
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.tenant(tenant_id) as session:
            return await load_conferred(session, tenant_id, id_of(request.group_id))
