"""API keys that belong to a group: they may what its members get from it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_auth.api_keys import operations
from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_auth.api_keys.owners import Owner, holdings_of
from vaultaris_auth.api_keys.repository import ApiKeyRepository
from vaultaris_auth.api_keys.routes import with_secret
from vaultaris_auth.api_keys.schemas import ApiKeyOut, ApiKeyWithSecret, CreateApiKey
from vaultaris_auth.limits import API_KEYS
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, page_of
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.principal import Principal

router = APIRouter(
    prefix="/api/v1/tenants/{tenant_id}/groups/{group_id}/api-keys", tags=["groups"], route_class=JsonRoute
)


@router.get("", operation_id="group-api-keys-list")
async def list_group_keys(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
    paging: Paging,
    _principal: Annotated[Principal, allow("api-keys:read")],
) -> PageOf[ApiKeyOut]:
    """One page of the group's API keys."""
    runtime = runtime_of(request)
    await runtime.access.of_group(tenant_id, group_id)
    owned = (ApiKey.owner_type == "group", ApiKey.owner_id == group_id)
    async with runtime.database.tenant(tenant_id) as session:
        rows, total = await ApiKeyRepository(session, tenant_id).page(paging, *owned)
    return page_of(rows, total, paging, ApiKeyOut.model_validate)


@router.post("", operation_id="group-api-keys-create", status_code=201)
async def create_group_key(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
    body: CreateApiKey,
    principal: Annotated[Principal, allow("api-keys:create")],
) -> One[ApiKeyWithSecret]:
    """Makes a key of the group. Its secret is shown here and nowhere else."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    owner = Owner("group", group_id)
    owned = (await holdings_of(runtime.access, tenant_id, owner)).rights
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with runtime.database.tenant(tenant_id) as session:
        key, secret = await operations.create_key(
            session, principal, held, tenant_id=tenant_id, owner=owner, owned=owned, fields=body.fields()
        )
        await stay_within(session, API_KEYS, tenant_id, limits)
    return with_secret(response, key, secret)
