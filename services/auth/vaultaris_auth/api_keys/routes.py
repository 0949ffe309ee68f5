"""Management of API keys."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_auth.api_keys import operations
from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_auth.api_keys.owners import Holdings, Owner, holdings_of
from vaultaris_auth.api_keys.repository import ApiKeyRepository
from vaultaris_auth.api_keys.schemas import (
    ApiKeyOut,
    ApiKeyWithSecret,
    CreateTenantApiKey,
    PresentedKey,
    UpdateApiKey,
)
from vaultaris_auth.limits import API_KEYS
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.telling import tell_everybody
from vaultaris_kit.errors import Invalid, NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import ApiKeyHolder, allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.limits.keeper import LimitKeeper
from vaultaris_kit.principal import OwnerType, Principal
from vaultaris_kit.rights import RightSet

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/api-keys", tags=["api-keys"], route_class=JsonRoute)
me = APIRouter(prefix="/api/v1/api-keys", tags=["api-keys"], route_class=JsonRoute)


@me.get("/me", operation_id="api-keys-me")
async def describe_presented(request: Request, principal: ApiKeyHolder) -> One[PresentedKey]:
    """The presented key and its rights at this moment."""
    access = runtime_of(request).access
    rights = await access.rights_of(principal)
    assert principal.owner_type is not None
    assert principal.owner_id is not None
    holdings = await holdings_of(access, principal.tenant_id, Owner(principal.owner_type, principal.owner_id))
    return one(
        PresentedKey(
            key_id=principal.id,
            tenant_id=principal.tenant_id,
            owner_type=principal.owner_type,
            owner_id=principal.owner_id,
            scopes=sorted(principal.scopes),
            roles=holdings.roles,
            groups=holdings.groups,
            permissions=rights.names,
        )
    )


@router.get("", operation_id="api-keys-list")
async def list_keys(
    request: Request,
    tenant_id: UUID,
    paging: Paging,
    _principal: Annotated[Principal, allow("api-keys:read")],
    owner_type: Annotated[OwnerType | None, Query()] = None,
    owner_id: Annotated[UUID | None, Query()] = None,
    is_enabled: Annotated[bool | None, Query()] = None,
) -> PageOf[ApiKeyOut]:
    """One page of the tenant's API keys, whoever owns them."""
    wanted = {"owner_type": owner_type, "owner_id": owner_id, "is_enabled": is_enabled}
    conditions = [getattr(ApiKey, name) == value for name, value in wanted.items() if value is not None]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await ApiKeyRepository(session, tenant_id).page(paging, *conditions)
    return page_of(rows, total, paging, ApiKeyOut.model_validate)


@router.post("", operation_id="api-keys-create", status_code=201)
async def create_key(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: CreateTenantApiKey,
    principal: Annotated[Principal, allow("api-keys:create")],
) -> One[ApiKeyWithSecret]:
    """Makes a key of the tenant, or of one of its users. Its secret is shown here and nowhere else."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    owner, holdings = await _owner(request, tenant_id, body.user_id)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with runtime.database.tenant(tenant_id) as session:
        key, secret = await operations.create_key(
            session, principal, held, tenant_id=tenant_id, owner=owner, owned=holdings.rights, fields=body.fields()
        )
        await stay_within(session, API_KEYS, tenant_id, limits)
    return with_secret(response, key, secret)


@router.get("/{key_id}", operation_id="api-keys-get")
async def get_key(
    request: Request,
    response: Response,
    tenant_id: UUID,
    key_id: UUID,
    _principal: Annotated[Principal, allow("api-keys:read")],
) -> One[ApiKeyOut]:
    """One key, without its secret."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        key = await ApiKeyRepository(session, tenant_id).get(key_id)
    return _shown(response, key)


@router.put("/{key_id}", operation_id="api-keys-update")
async def update_key(
    request: Request,
    response: Response,
    tenant_id: UUID,
    key_id: UUID,
    body: UpdateApiKey,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("api-keys:update")],
) -> One[ApiKeyOut]:
    """Changes the fields that are sent."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        owner = await ApiKeyRepository(session, tenant_id).get(key_id)
    owned = await _rights_of_owner(request, owner)
    async with runtime.database.tenant(tenant_id) as session:
        key = await operations.update_key(
            session, principal, held,
            tenant_id=tenant_id, key_id=key_id, owned=owned, changes=body.changes(), expected=expected,
        )  # fmt: skip
    await tell_everybody(runtime)
    return _shown(response, key)


@router.delete("/{key_id}", operation_id="api-keys-delete", status_code=204)
async def delete_key(
    request: Request,
    tenant_id: UUID,
    key_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("api-keys:delete")],
) -> None:
    """Removes a key; it is refused everywhere at once."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        marks = await operations.delete_key(session, principal, tenant_id=tenant_id, key_id=key_id, expected=expected)
    await runtime.get(Announcer).announce(marks)
    await runtime.get(LimitKeeper).fill(tenant_id, API_KEYS.resource)


@router.post("/{key_id}/revoke", operation_id="api-keys-revoke")
async def revoke_key(
    request: Request,
    response: Response,
    tenant_id: UUID,
    key_id: UUID,
    principal: Annotated[Principal, allow("api-keys:revoke")],
) -> One[ApiKeyOut]:
    """Disables a key for good and keeps its record; it is refused everywhere at once."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        key, marks = await operations.revoke_key(session, principal, tenant_id=tenant_id, key_id=key_id)
    await runtime.get(Announcer).announce(marks)
    await runtime.get(LimitKeeper).fill(tenant_id, API_KEYS.resource)
    return _shown(response, key)


async def _owner(request: Request, tenant_id: UUID, user_id: UUID | None) -> tuple[Owner, Holdings]:
    owner = Owner("user", user_id) if user_id else Owner("tenant", tenant_id)
    try:
        return owner, await holdings_of(runtime_of(request).access, tenant_id, owner)
    except NotFound as fault:
        raise Invalid.field("user_id", "Names a user who is not here.", "unknown_user") from fault


async def _rights_of_owner(request: Request, key: ApiKey) -> RightSet:
    """None when the owner is gone: then the key is good for nothing."""
    owner = Owner(key.owner_type, key.owner_id)
    try:
        return (await holdings_of(runtime_of(request).access, key.tenant_id, owner)).rights
    except NotFound:
        return RightSet(())


def _shown(response: Response, key: ApiKey) -> One[ApiKeyOut]:
    set_etag(response, key.version)
    return one(ApiKeyOut.model_validate(key))


def with_secret(response: Response, key: ApiKey, secret: str) -> One[ApiKeyWithSecret]:
    """The answer to a create: never cached, and the only one that holds the secret."""
    response.headers["Cache-Control"] = "no-store"
    set_etag(response, key.version)
    return one(ApiKeyWithSecret(api_key=ApiKeyOut.model_validate(key), secret=secret))
