"""Which application a client was made in: written as its link, shown as its ``application_id``."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from vaultaris_auth.application_links.kinds import CLIENTS
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_kit.application_links.operations import own_resource, unlink_resources
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal


async def place_client(
    session: AsyncSession, principal: Principal, client: OAuthClient, application_id: UUID | None
) -> None:
    """Moves a client into an application that is known to be there, or (None) out of the one that it is in."""
    if client.application_id == application_id:
        return
    for each in filter(None, (client.application_id, application_id)):
        await unlink_resources(
            session, principal, CLIENTS, tenant_id=client.tenant_id, application_id=each, resource_ids=[client.id]
        )
    if application_id is not None:
        await own_resource(
            session, principal, CLIENTS,
            tenant_id=client.tenant_id, application_id=application_id, resource_id=client.id,
        )  # fmt: skip
    set_committed_value(client, "application_id", application_id)
    client.updated_at = now()
