"""HTTP: the identity providers of an application."""

from uuid import UUID

from fastapi import Request, Response

from vaultaris_auth.application_links.kinds import IDENTITY_PROVIDERS
from vaultaris_auth.application_links.schemas import (
    IdentityProviderInside,
    LinkedIdentityProvider,
    linked_provider,
)
from vaultaris_auth.identity_providers import operations
from vaultaris_auth.identity_providers.operations import Rules, check_conferred
from vaultaris_auth.limits import IDENTITY_PROVIDERS as COUNTED_PROVIDERS
from vaultaris_kit.application_links.operations import own_resource
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import LinkBody
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag
from vaultaris_kit.limits.following import stay_within

router = link_router(IDENTITY_PROVIDERS)


@router.get(
    "",
    operation_id="app-identity-providers-list",
    dependencies=[allow("applications:read"), allow("identity-providers:read")],
)
async def list_providers(
    request: Request, tenant_id: UUID, application_id: UUID, query: Paging
) -> PageOf[LinkedIdentityProvider]:
    """Needs `identity-providers:read` too. Sorts by created_at, updated_at, name or priority."""
    async with IDENTITY_PROVIDERS.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, IDENTITY_PROVIDERS, query, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, lambda row: linked_provider(row, links[row.id]))


@router.post(
    "",
    operation_id="app-identity-providers-create",
    status_code=201,
    response_model=One[LinkedIdentityProvider],
    responses={204: {"description": "Linked the identity provider that `resource_id` names."}},
)
async def create_provider(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    body: IdentityProviderInside,
    principal: Linker,
) -> One[LinkedIdentityProvider] | Response:
    """Adds a provider inside the application (needs `identity-providers:create` too), or links the one that
    `resource_id` names."""
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, IDENTITY_PROVIDERS, tenant_id, application_id, body)
    runtime = runtime_of(request)
    held = await runtime.access.require(principal, "identity-providers:create", tenant_id)
    fields = body.changes()
    await check_conferred(runtime.peers, held, tenant_id, fields)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with IDENTITY_PROVIDERS.opening(runtime, tenant_id, application_id, to_change=True) as session:
        provider = await operations.create_provider(
            session, principal, runtime.get(Rules), tenant_id=tenant_id, fields=fields
        )
        await stay_within(session, COUNTED_PROVIDERS, tenant_id, limits)
        link = await own_resource(
            session, principal, IDENTITY_PROVIDERS,
            tenant_id=tenant_id, application_id=application_id, resource_id=provider.id,
        )  # fmt: skip
    set_etag(response, provider.version)
    return one(linked_provider(provider, link))
