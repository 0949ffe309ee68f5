"""HTTP: applications."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.application_links.elsewhere import require_deletable
from vaultaris_directory.applications import operations
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.applications.schemas import ApplicationCreate, ApplicationOut, ApplicationUpdate
from vaultaris_directory.licences.freezing import fill_places
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/applications", tags=["applications"], route_class=JsonRoute)

_out = ApplicationOut.model_validate


@router.get("", operation_id="apps-list", dependencies=[allow("applications:read")])
async def list_applications(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    is_active: Annotated[bool | None, Query()] = None,
) -> PageOf[ApplicationOut]:
    """Sorts by created_at, updated_at, name or slug."""
    conditions = [] if is_active is None else [Application.is_active == is_active]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await Applications(session, tenant_id).page(query, *conditions)
    return page_of(rows, total, query, _out)


@router.post("", operation_id="apps-create", status_code=201)
async def create_application(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: ApplicationCreate,
    principal: Annotated[Principal, allow("applications:create")],
) -> One[ApplicationOut]:
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        application = await operations.create_application(
            session, principal, tenant_id=tenant_id, fields=body.model_dump()
        )
        await stay_within(session, runtime.get(Licences), tenant_id, "applications")
    set_etag(response, application.version)
    return one(_out(application))


@router.get("/{application_id}", operation_id="apps-get", dependencies=[allow("applications:read")])
async def read_application(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
) -> One[ApplicationOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        application = await Applications(session, tenant_id).get(application_id)
    set_etag(response, application.version)
    return one(_out(application))


@router.put("/{application_id}", operation_id="apps-update")
async def update_application(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    body: ApplicationUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("applications:update")],
) -> One[ApplicationOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        application = await operations.update_application(
            session, principal,
            tenant_id=tenant_id, application_id=application_id, changes=body.changes(), expected=expected,
        )  # fmt: skip
    set_etag(response, application.version)
    return one(_out(application))


@router.delete("/{application_id}", operation_id="apps-delete", status_code=204)
async def delete_application(
    request: Request,
    tenant_id: UUID,
    application_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("applications:delete")],
) -> None:
    """Final. What was made inside the application goes with it (clients, identity providers and policies a moment
    later); what is only linked stays."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    await require_deletable(runtime.peers, held, tenant_id=tenant_id, application_id=application_id)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.delete_application(
            session, principal, held, tenant_id=tenant_id, application_id=application_id, expected=expected
        )
        await fill_places(session, runtime_of(request).get(Licences), tenant_id, "applications")
