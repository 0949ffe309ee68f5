"""gRPC: roles for the other services."""

from typing import Final

from grpc import aio

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, ResolveRolesRequest, ResolveRolesResponse
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.effective.grants import rights_of_roles
from vaultaris_directory.messages import id_of
from vaultaris_directory.roles.repository import Roles
from vaultaris_kit.errors import BadRequest
from vaultaris_kit.service import Runtime

MAX_NAMES: Final = 100


class RoleServicer(DirectoryServiceServicer):
    """ResolveRoles."""

    runtime: Runtime

    async def ResolveRoles(  # noqa: N802 - named by the proto
        self,
        request: ResolveRolesRequest,
        _context: aio.ServicerContext[ResolveRolesRequest, ResolveRolesResponse],
    ) -> ResolveRolesResponse:
        if len(request.names) > MAX_NAMES:
            raise BadRequest(f"At most {MAX_NAMES} names at a time.")
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.tenant(tenant_id) as session:
            roles = await Roles(session, tenant_id).named(request.names)
            rights = await rights_of_roles(session, tenant_id, [role.id for role in roles])
        messages = [
            EffectivePermissions.Role(id=str(role.id), name=role.name, display_name=role.display_name or "")
            for role in roles
        ]
        return ResolveRolesResponse(roles=messages, rights=sorted(rights))
