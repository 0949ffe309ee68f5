"""The truth of :mod:`vaultaris_kit.access` inside the directory itself: its own tables."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import ApplicationPermissions, EffectivePermissions, GroupPermissions
from vaultaris.directory.v1.directory_pb2 import Tenant as TenantMessage
from vaultaris_directory.effective.application_query import load_application
from vaultaris_directory.effective.group_query import load_conferred
from vaultaris_directory.effective.query import load_effective
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.tenants.messages import tenant_message
from vaultaris_directory.tenants.repository import get_tenant
from vaultaris_kit.access import Source
from vaultaris_kit.service import Runtime


def local_source(runtime: Runtime) -> Source:
    """Asks the database where other services would ask the directory."""

    async def permissions(tenant_id: UUID, user_id: UUID) -> EffectivePermissions:
        return await load_effective(runtime.database, tenant_id, user_id)

    async def tenant(tenant_id: UUID) -> TenantMessage:
        async with runtime.database.tenant(tenant_id) as session:
            terms = await terms_in(session, runtime.get(Licences), tenant_id)
            return tenant_message(await get_tenant(session, tenant_id), terms)

    async def group(tenant_id: UUID, group_id: UUID) -> GroupPermissions:
        return await load_conferred(runtime.database, tenant_id, group_id)

    async def application(tenant_id: UUID, application_id: UUID) -> ApplicationPermissions:
        return await load_application(runtime.database, tenant_id, application_id)

    return Source(permissions, tenant, group, application)
