"""HTTP: templates."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request

from vaultaris_directory.templates.document import TemplateReport
from vaultaris_directory.templates.operations import export_template, import_template
from vaultaris_kit.errors import Detail, Forbidden, Invalid
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/templates", tags=["templates"], route_class=JsonRoute)


@router.get("/export", operation_id="template-export", dependencies=[allow("templates:export")])
async def export(request: Request, tenant_id: UUID) -> One[dict[str, Any]]:
    """Settings, permissions, roles, groups, applications, clients, identity providers and policies of a tenant.

    Everything by name and in a stable order, so that it can be kept in version control; no ids, no secrets, no users.
    """
    return one(await export_template(runtime_of(request), tenant_id))


@router.post("/import", operation_id="template-import")
async def import_(
    request: Request,
    tenant_id: UUID,
    principal: Annotated[Principal, allow("templates:import")],
    body: Annotated[dict[str, Any], Body(description="What an export gave.")],
    dry_run: Annotated[bool, Query(description="Only say what would happen.")] = False,
) -> One[TemplateReport]:
    """All or nothing; the same again changes nothing. What the template doesn't name stays as it is.

    Imports into one tenant take turns: one that waits in vain for a few seconds is refused with 409 `import_running`.

    A role that it names gets just the permissions and the composite roles that it lists, a group just its roles. Needs
    every right in the tenant, for a template may hand out any. Secrets aren't carried: new confidential clients need
    one from `clients/{client_id}/secret`. `pending` names services that could not be reached any more: the product
    goes on until their part is done.
    """
    runtime = runtime_of(request)
    if not (await runtime.access.rights_of(principal)).unlimited:
        raise Forbidden("Importing a template needs every right (*:*).")
    report, pending = await import_template(runtime, principal, tenant_id, body, dry_run=dry_run)
    if report.errors and not dry_run:
        raise Invalid(
            "Nothing has been imported.",
            details=[
                Detail(field=f"{each['section']}.{each['name']}", message=each["message"], code=each["code"])
                for each in report.errors
            ],
        )
    return one(TemplateReport(dry_run=dry_run, pending=pending, **report.as_json()))
