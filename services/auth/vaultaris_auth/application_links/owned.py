"""How what was made inside an application ends together with it."""

from uuid import UUID

from vaultaris_auth.application_links.kinds import CLIENTS, IDENTITY_PROVIDERS
from vaultaris_auth.clients.changed import end_what_clients_held
from vaultaris_auth.clients.operations import delete_client
from vaultaris_auth.identity_providers.operations import delete_provider
from vaultaris_kit.application_links.elsewhere import Owned
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime


async def _delete_client(runtime: Runtime, principal: Principal, tenant_id: UUID, row_id: UUID) -> None:
    async with runtime.database.tenant(tenant_id) as session:
        client_id, marks = await delete_client(session, principal, tenant_id, str(row_id), expected_version=None)
    await end_what_clients_held(runtime, tenant_id, [client_id], marks, end_families=True)


async def _delete_provider(runtime: Runtime, principal: Principal, tenant_id: UUID, provider_id: UUID) -> None:
    async with runtime.database.tenant(tenant_id) as session:
        await delete_provider(session, principal, tenant_id=tenant_id, provider_id=provider_id, expected=None)


OWNED = (Owned(CLIENTS, _delete_client), Owned(IDENTITY_PROVIDERS, _delete_provider))
