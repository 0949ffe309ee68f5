"""HTTP: the licence in force, applying another, its limits, what is frozen, and what a licence would grant."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from vaultaris_directory.licences import by_hand, operations
from vaultaris_directory.licences.frozen import HandKind, Kind, page_frozen
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.licences.schemas import (
    FrozenOut,
    LicenceBody,
    LicenceOut,
    LimitOut,
    PreviewBody,
    PreviewOut,
    licence_out,
    limit_out,
    preview_out,
)
from vaultaris_directory.licences.settler import Settler
from vaultaris_directory.licences.token import LicenceFault
from vaultaris_directory.licences.usage import count_one, usage_of
from vaultaris_directory.revoking import revoke_user
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Caller, allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["license"], route_class=JsonRoute)
setup_router = APIRouter(prefix="/setup", tags=["setup"], route_class=JsonRoute)


@router.get("/license", operation_id="license-get", dependencies=[allow("licenses:read")])
async def read_licence_in_force(request: Request, tenant_id: UUID) -> One[LicenceOut]:
    """The tenant's own licence; else, for a hosted tenant, the tier that it was given; else the instance's.

    `usage` leaves out what can't be counted at this moment.
    """
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        terms = await terms_in(session, runtime.get(Licences), tenant_id)
    return one(licence_out(tenant_id, terms, await usage_of(runtime, tenant_id)))


@router.put("/license", operation_id="license-apply")
async def apply_licence(
    request: Request,
    tenant_id: UUID,
    body: LicenceBody,
    principal: Annotated[Principal, allow("licenses:update")],
) -> One[LicenceOut]:
    """Puts a licence in force: for the instance when applied to the master tenant, else for the tenant that it names.

    What lies beyond its limits freezes, the newest first; what lies within them thaws. Master administrators only.
    """
    runtime, licences = runtime_of(request), runtime_of(request).get(Licences)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.apply_licence(session, principal, licences, tenant_id=tenant_id, token=body.license_key)
    await runtime.get(Settler).follow(tenant_id)
    return await read_licence_in_force(request, tenant_id)


@router.delete("/license", operation_id="license-withdraw", status_code=204)
async def withdraw_licence(
    request: Request, tenant_id: UUID, principal: Annotated[Principal, allow("licenses:update")]
) -> None:
    """Takes an applied licence out of force; the instance then goes by LICENSE_KEY. Master administrators only."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.withdraw_licence(session, principal, runtime.get(Licences), tenant_id=tenant_id)
    await runtime.get(Settler).follow(tenant_id)


@router.get("/license/limits/{resource}", operation_id="license-limit", dependencies=[allow("licenses:read")])
async def read_limit(
    request: Request, tenant_id: UUID, resource: Annotated[str, Path(max_length=100)]
) -> One[LimitOut]:
    """Everything that is there counts, frozen or not. 503 while the service that counts it is away."""
    runtime = runtime_of(request)
    used = await count_one(runtime, tenant_id, resource)
    async with runtime.database.tenant(tenant_id) as session:
        terms = await terms_in(session, runtime.get(Licences), tenant_id)
    return one(limit_out(resource, terms.limits.get(resource), used))


@router.get("/frozen", operation_id="frozen-list", dependencies=[allow("licenses:read")])
async def list_frozen(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    resource_type: Annotated[Kind | None, Query()] = None,
) -> PageOf[FrozenOut]:
    """Sorts by frozen_at; searches names. A host also sees its frozen hosted tenants, as `tenant`."""
    rows, total = await page_frozen(runtime_of(request), query, tenant_id=tenant_id, kind=resource_type)
    return page_of(rows, total, query, FrozenOut.model_validate)


@router.put("/frozen/{resource_type}/{resource_id}", operation_id="frozen-add", status_code=204)
async def freeze_resource(
    request: Request, tenant_id: UUID, resource_type: HandKind, resource_id: UUID, principal: Caller
) -> None:
    """Takes a user, role, group, permission or application out of use until it is thawed by hand (`admin_action`).

    Needs the right to update it. A user's credentials end before the answer.
    """
    runtime = runtime_of(request)
    await runtime.access.require(principal, f"{resource_type}s:update", tenant_id)
    async with runtime.database.tenant(tenant_id) as session:
        await by_hand.freeze(session, principal, tenant_id=tenant_id, noun=resource_type, resource_id=resource_id)
    if resource_type == "user":
        await revoke_user(runtime.peers, tenant_id, resource_id, "user frozen")


@router.delete("/frozen/{resource_type}/{resource_id}", operation_id="frozen-remove", status_code=204)
async def thaw_resource(
    request: Request, tenant_id: UUID, resource_type: HandKind, resource_id: UUID, principal: Caller
) -> None:
    """Puts back into use what an administrator has frozen. What the licence has frozen can't be thawed by hand."""
    runtime = runtime_of(request)
    await runtime.access.require(principal, f"{resource_type}s:update", tenant_id)
    async with runtime.database.tenant(tenant_id) as session:
        await by_hand.thaw(
            session, principal, runtime.get(Licences),
            tenant_id=tenant_id, noun=resource_type, resource_id=resource_id,
        )  # fmt: skip


@setup_router.post("/preview-license", operation_id="setup-preview-license")
async def preview_licence(request: Request, body: PreviewBody) -> One[PreviewOut]:
    """What a licence would grant. Nothing is applied: `PUT …/license` and LICENSE_KEY do that."""
    try:
        licence = runtime_of(request).get(Licences).read(body.license_key)
    except LicenceFault as fault:
        return one(PreviewOut(valid=False, error=str(fault)))
    return one(preview_out(licence, now()))
