"""HTTP: the OAuth clients of an application."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_auth.application_links.kinds import CLIENTS
from vaultaris_auth.application_links.schemas import (
    ClientInside,
    LinkedClient,
    LinkedClientWithSecret,
    linked_client,
)
from vaultaris_auth.clients import operations
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.limits import CLIENTS as COUNTED_CLIENTS
from vaultaris_kit.application_links.repository import get_link, page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import LinkBody
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag
from vaultaris_kit.limits.following import stay_within


async def list_clients(
    request: Request, tenant_id: UUID, application_id: UUID, query: Paging
) -> PageOf[LinkedClient]:  # fmt: skip
    """Needs `clients:read` too. Sorts by created_at, updated_at or name."""
    async with CLIENTS.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, CLIENTS, query, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, lambda row: linked_client(row, links[row.id]))


async def create_client(
    request: Request, response: Response, tenant_id: UUID, application_id: UUID, body: ClientInside, principal: Linker
) -> One[LinkedClientWithSecret] | Response:
    """Registers a client inside the application (needs `clients:create` too), or links the one that `resource_id`
    names. The secret is shown here and nowhere else."""
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, CLIENTS, tenant_id, application_id, body)
    runtime = runtime_of(request)
    rights = await runtime.access.require(principal, "clients:create", tenant_id)
    fields = {**body.changes(), "application_id": application_id}
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with CLIENTS.opening(runtime, tenant_id, application_id, to_change=True) as session:
        client, secret = await operations.create_client(
            session, principal, rights, tenant_id, fields, sealer=runtime.get(Keyring).sealer
        )
        await stay_within(session, COUNTED_CLIENTS, tenant_id, limits)
        link = await get_link(session, CLIENTS, application_id=application_id, resource_id=client.id)
    runtime.get(ClientRegistry).forget(client.client_id)
    response.headers["Cache-Control"] = "no-store"
    set_etag(response, client.version)
    return one(LinkedClientWithSecret(client=linked_client(client, link), client_secret=secret))


def _router(name: str) -> APIRouter:
    """The rows of clients under ``name`` in paths and operation ids: existing callers say `oauth-clients`."""
    router = link_router(CLIENTS, name)
    router.get("", operation_id=f"app-{name}-list", dependencies=[allow("applications:read"), allow("clients:read")])(
        list_clients
    )
    router.post(
        "",
        operation_id=f"app-{name}-create",
        status_code=201,
        response_model=One[LinkedClientWithSecret],
        responses={204: {"description": "Linked the client that `resource_id` names."}},
    )(create_client)
    return router


router = _router("clients")
alias_router = _router("oauth-clients")
