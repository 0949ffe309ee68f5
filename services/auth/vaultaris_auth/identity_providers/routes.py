"""Management of identity providers, and the public list of those offered at sign-in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_auth.identity_providers import operations
from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.identity_providers.operations import Rules, check_conferred
from vaultaris_auth.identity_providers.repository import IdentityProviders
from vaultaris_auth.identity_providers.schemas import (
    CreateIdentityProvider,
    IdentityProviderOut,
    OfferedProvider,
    UpdateIdentityProvider,
)
from vaultaris_auth.limits import IDENTITY_PROVIDERS
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, One, list_of, one
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.limits.keeper import LimitKeeper
from vaultaris_kit.principal import Principal

router = APIRouter(
    prefix="/api/v1/tenants/{tenant_id}/identity-providers", tags=["identity-providers"], route_class=JsonRoute
)


@router.get("", operation_id="idps-list", dependencies=[allow("identity-providers:read")])
async def list_providers(request: Request, tenant_id: UUID) -> ListOf[IdentityProviderOut]:
    """All of them, in the order in which they are offered: by `priority`, then by name."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows = await IdentityProviders(session, tenant_id).all()
    return list_of(rows, IdentityProviderOut.of)


@router.get("/login", operation_id="idps-login")
async def list_offered(request: Request, tenant_id: UUID) -> ListOf[OfferedProvider]:
    """Public: the active ones, in the order in which they are to be shown."""
    runtime = runtime_of(request)
    if (await runtime.access.tenant(tenant_id)).status != "active":
        raise NotFound
    async with runtime.database.tenant(tenant_id) as session:
        rows = await IdentityProviders(session, tenant_id).offered()
    return list_of(rows, OfferedProvider.model_validate)


@router.post("", operation_id="idps-create", status_code=201)
async def create_provider(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: CreateIdentityProvider,
    principal: Annotated[Principal, allow("identity-providers:create")],
) -> One[IdentityProviderOut]:
    """The secret is kept encrypted. `default_roles` can hold no rights that the caller lacks."""
    runtime = runtime_of(request)
    fields = body.changes()
    await check_conferred(runtime.peers, await runtime.access.rights_of(principal), tenant_id, fields)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with runtime.database.tenant(tenant_id) as session:
        provider = await operations.create_provider(
            session, principal, runtime.get(Rules), tenant_id=tenant_id, fields=fields
        )
        await stay_within(session, IDENTITY_PROVIDERS, tenant_id, limits)
    return _shown(response, provider)


@router.get("/{provider_id}", operation_id="idps-get", dependencies=[allow("identity-providers:read")])
async def get_provider(
    request: Request, response: Response, tenant_id: UUID, provider_id: UUID
) -> One[IdentityProviderOut]:
    """As it is in force: what the tenant set, and for the rest what the preset says."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        provider = await IdentityProviders(session, tenant_id).get(provider_id)
    return _shown(response, provider)


@router.put("/{provider_id}", operation_id="idps-update")
async def update_provider(
    request: Request,
    response: Response,
    tenant_id: UUID,
    provider_id: UUID,
    body: UpdateIdentityProvider,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("identity-providers:update")],
) -> One[IdentityProviderOut]:
    """Changes the fields that are sent; a secret that isn't sent stays."""
    runtime = runtime_of(request)
    changes = body.changes()
    await check_conferred(runtime.peers, await runtime.access.rights_of(principal), tenant_id, changes)
    async with runtime.database.tenant(tenant_id) as session:
        provider = await operations.update_provider(
            session, principal, runtime.get(Rules),
            tenant_id=tenant_id, provider_id=provider_id, changes=changes, expected=expected,
        )  # fmt: skip
    return _shown(response, provider)


@router.delete("/{provider_id}", operation_id="idps-delete", status_code=204)
async def delete_provider(
    request: Request,
    tenant_id: UUID,
    provider_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("identity-providers:delete")],
) -> None:
    """Removes a provider for good, with its secret."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.delete_provider(
            session, principal, tenant_id=tenant_id, provider_id=provider_id, expected=expected
        )
    await runtime.get(LimitKeeper).fill(tenant_id, IDENTITY_PROVIDERS.resource)


def _shown(response: Response, provider: IdentityProvider) -> One[IdentityProviderOut]:
    set_etag(response, provider.version)
    return one(IdentityProviderOut.of(provider))
