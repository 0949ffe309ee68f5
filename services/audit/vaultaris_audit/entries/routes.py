"""The trail over HTTP. Each row answers under its canonical path and under an alias."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_audit.entries.moments import Moment
from vaultaris_audit.entries.repository import AuditRepository, Filter
from vaultaris_audit.entries.schemas import AuditEntryOut, entry_out
from vaultaris_audit.reading import Reading
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["audit"], route_class=JsonRoute)

NEVER_CHANGES = 1
"""The version of an entry."""


@router.get("/audit", operation_id="audit-list")
@router.get("/audit-logs", operation_id="audit-logs-list")
async def list_entries(
    request: Request,
    tenant_id: UUID,
    paging: Paging,
    _principal: Annotated[Principal, allow("audit:read")],
    action: Annotated[str | None, Query(max_length=100, description="Such as `user.created`.")] = None,
    resource_type: Annotated[str | None, Query(max_length=100)] = None,
    resource_id: UUID | None = None,
    actor_id: UUID | None = None,
    actor_type: Annotated[
        str | None, Query(max_length=20, description="user, client, api_key, service, system.")
    ] = None,
    since: Annotated[Moment | None, Query(alias="from", description="Not before.")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Before.")] = None,
) -> PageOf[AuditEntryOut]:
    """Entries of a tenant, newest first.

    `search` looks into action, description, resource type, address and metadata.
    """
    narrowed = Filter(
        action=action, resource_type=resource_type, resource_id=resource_id,
        actor_id=actor_id, actor_type=actor_type, since=since, until=until,
    )  # fmt: skip
    async with runtime_of(request).get(Reading).database.tenant(tenant_id) as session:
        rows, total = await AuditRepository(session, tenant_id).page(paging, narrowed)
    return page_of(rows, total, paging, entry_out)


@router.get("/audit/{entry_id}", operation_id="audit-get")
@router.get("/audit-logs/{entry_id}", operation_id="audit-logs-get")
async def get_entry(
    request: Request,
    response: Response,
    tenant_id: UUID,
    entry_id: UUID,
    _principal: Annotated[Principal, allow("audit:read")],
) -> One[AuditEntryOut]:
    """One entry."""
    async with runtime_of(request).get(Reading).database.tenant(tenant_id) as session:
        row = await AuditRepository(session, tenant_id).get(entry_id)
    set_etag(response, NEVER_CHANGES)
    return one(entry_out(row))
