"""HTTP: tenants."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.hosted.hosting import require_none_hosted
from vaultaris_directory.revoking import revoke_tenant
from vaultaris_directory.tenants import operations
from vaultaris_directory.tenants.repository import get_tenant, page_tenants
from vaultaris_directory.tenants.schemas import Status, TenantCreate, TenantOut, TenantUpdate, tenant_out
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"], route_class=JsonRoute)


@router.get("", operation_id="tenants-list")
async def list_tenants(
    request: Request,
    query: Paging,
    principal: Annotated[Principal, allow("tenants:read")],
    status: Annotated[Status | None, Query()] = None,
) -> PageOf[TenantOut]:
    """Administrators of the master tenant see all tenants; everybody else their own."""
    only = None if principal.in_master_tenant else principal.tenant_id
    database = runtime_of(request).database
    async with database.tenant(only) if only else database.instance() as session:
        rows, total = await page_tenants(session, query, only=only, status=status)
    return page_of(rows, total, query, tenant_out)


@router.post("", operation_id="tenants-create", status_code=201)
async def create_tenant(
    request: Request,
    response: Response,
    body: TenantCreate,
    principal: Annotated[Principal, allow("tenants:create")],
) -> One[TenantOut]:
    """Adds a tenant with its system roles and signing keys."""
    runtime, tenant_id = runtime_of(request), new_id()
    async with runtime.database.tenant(tenant_id) as session:
        tenant = await operations.create_tenant(
            session, principal, runtime.peers, tenant_id=tenant_id, fields=body.fields()
        )
    set_etag(response, tenant.version)
    return one(tenant_out(tenant))


@router.get("/{tenant_id}", operation_id="tenants-get", dependencies=[allow("tenants:read")])
async def read_tenant(
    request: Request,
    response: Response,
    tenant_id: UUID,
) -> One[TenantOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        tenant = await get_tenant(session, tenant_id)
    set_etag(response, tenant.version)
    return one(tenant_out(tenant))


@router.put("/{tenant_id}", operation_id="tenants-update")
async def update_tenant(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: TenantUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("tenants:update")],
) -> One[TenantOut]:
    """Merges. A status other than ``active`` ends every credential of the tenant before the answer."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        tenant = await operations.update_tenant(
            session, principal, tenant_id=tenant_id, changes=body.changes(), expected=expected
        )
    if body.status not in (None, "active"):
        await revoke_tenant(runtime.peers, tenant_id, f"tenant {body.status}")
    set_etag(response, tenant.version)
    return one(tenant_out(tenant))


@router.delete("/{tenant_id}", operation_id="tenants-delete", status_code=204)
async def delete_tenant(
    request: Request,
    tenant_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("tenants:delete")],
) -> None:
    """Marks the tenant as deleted and ends every credential of it before the answer. A host can't be deleted."""
    runtime = runtime_of(request)
    async with runtime.database.instance() as session:
        await operations.delete_tenant(session, principal, tenant_id=tenant_id, expected=expected)
        await require_none_hosted(session, tenant_id)
    await revoke_tenant(runtime.peers, tenant_id, "tenant deleted")
