"""HTTP: the allow-lists of a group."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris.auth.v1.auth_pb2 import GetSignInResourcesRequest, GetSignInResourcesResponse
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_directory.allow_lists.operations import CLIENTS, PROVIDERS, ListKind, allowed_by, set_allowed
from vaultaris_directory.allow_lists.schemas import (
    AllowedClientOut,
    AllowedProviderOut,
    AllowListOf,
    AllowMeta,
    SetClients,
    SetLoginProviders,
    client_out,
    provider_out,
)
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.repository import Groups
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal
from vaultaris_kit.rpc.client import Peers, call

router = APIRouter(
    prefix="/api/v1/tenants/{tenant_id}/groups/{group_id}", tags=["groups"], route_class=JsonRoute
)  # fmt: skip


@router.get("/login-providers", operation_id="group-login-providers", dependencies=[allow("groups:read")])
async def list_login_providers(
    request: Request, response: Response, tenant_id: UUID, group_id: UUID
) -> AllowListOf[AllowedProviderOut]:
    """The identity providers that members may sign in through; `meta.restricted` false: any."""
    group, ids, limits = await _read(request, PROVIDERS, tenant_id, group_id)
    found = await _known(runtime_of(request).peers, tenant_id, providers=ids)
    set_etag(response, group.version)
    return AllowListOf(
        data=[provider_out(each) for each in found.identity_providers], meta=AllowMeta(restricted=limits)
    )


@router.put("/login-providers", operation_id="group-login-providers-set")
async def set_login_providers(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
    body: SetLoginProviders,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("groups:update")],
) -> AllowListOf[AllowedProviderOut]:
    """Replaces the list; an empty one lifts the restriction."""
    found = await _known(runtime_of(request).peers, tenant_id, providers=body.provider_ids)
    _require_all("provider_ids", body.provider_ids, [each.id for each in found.identity_providers])
    group = await _write(request, principal, PROVIDERS, tenant_id, group_id, body.provider_ids, expected)
    set_etag(response, group.version)
    return _providers(found, restricted=bool(body.provider_ids))


@router.get("/oauth-clients", operation_id="group-oauth-clients", dependencies=[allow("groups:read")])
async def list_clients(
    request: Request, response: Response, tenant_id: UUID, group_id: UUID
) -> AllowListOf[AllowedClientOut]:
    """The OAuth clients through which members get tokens; `meta.restricted` false: any."""
    group, ids, limits = await _read(request, CLIENTS, tenant_id, group_id)
    found = await _known(runtime_of(request).peers, tenant_id, clients=ids)
    set_etag(response, group.version)
    return _clients(found, restricted=limits)


@router.put("/oauth-clients", operation_id="group-oauth-clients-set")
async def set_clients(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
    body: SetClients,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("groups:update")],
) -> AllowListOf[AllowedClientOut]:
    """Replaces the list, named by row ids; an empty one lifts the restriction. In force at the next token."""
    found = await _known(runtime_of(request).peers, tenant_id, clients=body.client_ids)
    _require_all("client_ids", body.client_ids, [each.id for each in found.clients])
    group = await _write(request, principal, CLIENTS, tenant_id, group_id, body.client_ids, expected)
    set_etag(response, group.version)
    return _clients(found, restricted=bool(body.client_ids))


def _providers(found: GetSignInResourcesResponse, *, restricted: bool) -> AllowListOf[AllowedProviderOut]:
    return AllowListOf(data=list(map(provider_out, found.identity_providers)), meta=AllowMeta(restricted=restricted))


def _clients(found: GetSignInResourcesResponse, *, restricted: bool) -> AllowListOf[AllowedClientOut]:
    return AllowListOf(data=list(map(client_out, found.clients)), meta=AllowMeta(restricted=restricted))


async def _read(
    request: Request, kind: ListKind, tenant_id: UUID, group_id: UUID
) -> tuple[Group, Sequence[UUID], bool]:  # fmt: skip
    async with runtime_of(request).database.tenant(tenant_id) as session:
        group = await Groups(session, tenant_id).get(group_id)
        return group, *await allowed_by(session, kind, group)


async def _write(
    request: Request,
    principal: Principal,
    kind: ListKind,
    tenant_id: UUID,
    group_id: UUID,
    ids: Sequence[UUID],
    expected: int | None,
) -> Group:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        return await set_allowed(
            session, principal, kind,
            tenant_id=tenant_id, group_id=group_id, ids=ids, limits=bool(ids), expected=expected,
        )  # fmt: skip


async def _known(
    peers: Peers, tenant_id: UUID, *, clients: Sequence[UUID] = (), providers: Sequence[UUID] = ()
) -> GetSignInResourcesResponse:
    """What auth has of these, in one call; none when there is nothing to ask."""
    if not clients and not providers:
        return GetSignInResourcesResponse()
    request = GetSignInResourcesRequest(
        tenant_id=str(tenant_id), client_ids=map(str, clients), identity_provider_ids=map(str, providers)
    )
    return await call(AuthServiceStub(peers.channel("auth")).GetSignInResources, request)


def _require_all(field: str, wanted: Sequence[UUID], found: Sequence[str]) -> None:
    missing = {str(each) for each in wanted} - set(found)
    if missing:
        raise Invalid.field(field, f"Not of this tenant: {', '.join(sorted(missing)[:5])}.", "unknown_resource")
