"""HTTP: the licence in force, its limits, what is frozen, and what another licence would grant."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from vaultaris_directory.licences.frozen import Kind, page_frozen
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import COUNTED, COUNTED_ELSEWHERE, count
from vaultaris_directory.licences.schemas import (
    FrozenOut,
    LicenceOut,
    LimitOut,
    PreviewBody,
    PreviewOut,
    licence_out,
    preview_out,
)
from vaultaris_directory.licences.token import LicenceFault
from vaultaris_kit.errors import NotBuilt, NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.ids import now

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["license"], route_class=JsonRoute)
setup_router = APIRouter(prefix="/setup", tags=["setup"], route_class=JsonRoute)


@router.get("/license", operation_id="license-get", dependencies=[allow("licenses:read")])
async def read_licence_in_force(request: Request, tenant_id: UUID) -> One[LicenceOut]:
    """One licence serves the instance; its limits hold in each tenant. Expiry ends features, limits stay."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        usage = {resource: await count(session, tenant_id, resource) for resource in sorted(COUNTED)}
    return one(licence_out(tenant_id, runtime.get(Licences).in_force, now(), usage))


@router.get("/license/limits/{resource}", operation_id="license-limit", dependencies=[allow("licenses:read")])
async def read_limit(
    request: Request, tenant_id: UUID, resource: Annotated[str, Path(max_length=100)]
) -> One[LimitOut]:
    """501 for resources that other services count."""
    if resource in COUNTED_ELSEWHERE:
        raise NotBuilt(f"The number of {resource} is not counted in this version.")
    if resource not in COUNTED:
        raise NotFound
    runtime = runtime_of(request)
    limit = runtime.get(Licences).in_force.limits.get(resource)
    async with runtime.database.tenant(tenant_id) as session:
        used = await count(session, tenant_id, resource)
    remaining = None if limit is None else max(limit - used, 0)
    return one(LimitOut(resource=resource, limit=limit, used=used, remaining=remaining, allowed=remaining != 0))


@router.get("/frozen", operation_id="frozen-list", dependencies=[allow("licenses:read")])
async def list_frozen(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    resource_type: Annotated[Kind | None, Query()] = None,
) -> PageOf[FrozenOut]:
    """Sorts by frozen_at; searches names."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await page_frozen(session, query, tenant_id=tenant_id, kind=resource_type)
    return page_of(rows, total, query, FrozenOut.model_validate)


@setup_router.post("/preview-license", operation_id="setup-preview-license")
async def preview_licence(request: Request, body: PreviewBody) -> One[PreviewOut]:
    """What a licence would grant. Nothing is applied: that is what LICENSE_KEY does."""
    try:
        licence = runtime_of(request).get(Licences).read(body.license_key)
    except LicenceFault as fault:
        return one(PreviewOut(valid=False, error=str(fault)))
    return one(preview_out(licence, now()))
